// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Each type by itself. INT [1] stands in front wherever a type is needed. */
#include "cases.h"

#define INT "INT int 4 : 32\n"
#define VMLINUX .profile = KBTF_PROFILE_VMLINUX, .rules = KBTF_RULES_6_18
#define VMLINUX_6_1 .profile = KBTF_PROFILE_VMLINUX, .rules = KBTF_RULES_6_1
#define VMLINUX_6_12 .profile = KBTF_PROFILE_VMLINUX, .rules = KBTF_RULES_6_12

/* a name of 512 bytes, the most, and one more */
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A512 A64 A64 A64 A64 A64 A64 A64 A64

const struct check_case meta_cases[] = {
	{ "all kinds", VMLINUX,
	  .types = INT "PTR - 1\n"
		       "ARRAY - 0 : 1 1 3\n"
		       "STRUCT s 8 vlen=2 : $a 1 0 $b 1 32\n"
		       "UNION u 4 vlen=1 kflag : $a 1 0x03000000\n"
		       "ENUM e 4 vlen=1 : $E 1\n"
		       "FWD f 0 kflag\n"
		       "TYPEDEF t 1\n"
		       "VOLATILE - 1\n"
		       "CONST - 1\n"
		       "RESTRICT - 2\n"
		       "FUNC_PROTO - 0 vlen=2 : $p 1 0 0\n"
		       "FUNC fn 12 vlen=1\n"
		       "VAR v 1 : 1\n"
		       "DATASEC .data 4 vlen=1 : 14 0 4\n"
		       "FLOAT double 8\n"
		       "DECL_TAG d 4 : -1\n"
		       "TYPE_TAG tt 1\n"
		       "ENUM64 e64 8 vlen=1 : $E64 0 1\n",
	  .findings = "" },
	{ "truncated tail", VMLINUX, .types = INT "INT x 4\n",
	  .findings = "+0x28: type [2] INT x: takes 16 bytes, the type section has 12 left "
		      "[type-truncated]\n" },
	{ "truncated members", VMLINUX, .types = "STRUCT s 4 vlen=2 : $a 1 0\n",
	  .findings = "+0x18: type [1] STRUCT s: takes 36 bytes, the type section has 24 left "
		      "[type-truncated]\n" },
	{ "truncated record", VMLINUX, .types = "PTR - 0\nPTR - 0 : 1 2\n",
	  .findings = "+0x38: type [3]: the type section ends within its first 12 bytes "
		      "[type-truncated]\n" },
	{ "vlen of 24 bits", VMLINUX, .types = INT "STRUCT s 4 vlen=0x10000\n",
	  .findings = "+0x28: type [2] STRUCT s: info is 0x04010000, the kernel knows the bits of "
		      "0x9f00ffff [info-bits]\n"
		      "+0x28: type [2] STRUCT s: takes 786444 bytes, the type section has 12 left "
		      "[type-truncated]\n" },
	{ "unknown kind", VMLINUX, .types = INT "20 k 0\n",
	  .findings = "+0x28: type [2] UNKNOWN k: kind is 20, the kernel knows 1 to 19 "
		      "[kind-unknown]\n" },
	{ "kind of 7 bits", VMLINUX, .types = INT "64 k 0\n",
	  .findings = "+0x28: type [2] UNKNOWN k: info is 0x40000000, the kernel knows the bits of "
		      "0x9f00ffff [info-bits]\n"
		      "+0x28: type [2] UNKNOWN k: kind is 64, the kernel knows 1 to 19 "
		      "[kind-unknown]\n" },
	{ "void", VMLINUX, .types = "VOID - 0\n",
	  .findings = "+0x18: type [1] VOID (anon): kind is 0, the kernel knows 1 to 19 "
		      "[kind-unknown]\n" },
	{ "string offset", VMLINUX, .types = "INT @1000 4 : 32\n",
	  .findings = "+0x18: type [1] INT (wild name): string offset 1000, but the strings end at "
		      "1 [string-range]\n" },
	{ "vlen of kinds without elements", VMLINUX,
	  .types = "INT int 4 vlen=1 : 32\nPTR - 1 vlen=2\nARRAY - 0 vlen=3 : 1 1 1\n"
		   "FWD f 0 vlen=4\nVAR v 1 vlen=5 : 0\nFLOAT f 4 vlen=6\nDECL_TAG d 1 vlen=7 : "
		   "-1\n",
	  .findings =
		  "+0x18: type [1] INT int: vlen is 1, this kind has no elements [vlen-used]\n"
		  "+0x28: type [2] PTR (anon): vlen is 2, this kind has no elements [vlen-used]\n"
		  "+0x34: type [3] ARRAY (anon): vlen is 3, this kind has no elements [vlen-used]\n"
		  "+0x4c: type [4] FWD f: vlen is 4, this kind has no elements [vlen-used]\n"
		  "+0x58: type [5] VAR v: vlen is 5, this kind has no elements [vlen-used]\n"
		  "+0x68: type [6] FLOAT f: vlen is 6, this kind has no elements [vlen-used]\n"
		  "+0x74: type [7] DECL_TAG d: vlen is 7, this kind has no elements "
		  "[vlen-used]\n" },
	{ "kind_flag without meaning", VMLINUX,
	  .types = "INT int 4 kflag : 32\nCONST - 1 kflag\nFUNC_PROTO - 0 kflag\n"
		   "FUNC f 3 kflag\nDATASEC .data 4 kflag\n",
	  .findings = "+0x18: type [1] INT int: kind_flag is set, which says nothing of this kind "
		      "[kflag-used]\n"
		      "+0x28: type [2] CONST (anon): kind_flag is set, which says nothing of this "
		      "kind [kflag-used]\n"
		      "+0x34: type [3] FUNC_PROTO (anon): kind_flag is set, which says nothing of "
		      "this kind [kflag-used]\n"
		      "+0x40: type [4] FUNC f: kind_flag is set, which says nothing of this kind "
		      "[kflag-used]\n"
		      "+0x4c: type [5] DATASEC .data: kind_flag is set, which says nothing of this "
		      "kind [kflag-used]\n" },
	{ "kind_flag of tags, 6.12", VMLINUX_6_12,
	  .types = INT "TYPE_TAG a 1 kflag\nTYPEDEF t 1\nDECL_TAG b 3 kflag : -1\n",
	  .findings = "+0x28: type [2] TYPE_TAG a: kind_flag is set, which kernel 6.12 does not "
		      "know of this kind [kflag-used]\n"
		      "+0x40: type [4] DECL_TAG b: kind_flag is set, which kernel 6.12 does not "
		      "know of this kind [kflag-used]\n" },
	{ "kind_flag of tags, 6.18", VMLINUX,
	  .types = INT "TYPE_TAG a 1 kflag\nTYPEDEF t 1\nDECL_TAG b 3 kflag : -1\n",
	  .findings = "" },
	{ "type id limit", VMLINUX,
	  .types = INT "PTR - 0x100000\nARRAY - 0 : 0x100000 0x100000 1\n"
		       "STRUCT s 4 vlen=1 : $m 0x100000 0\nVAR v 0x100000 : 0\n"
		       "DATASEC .data 4 vlen=1 : 0x100000 0 4\n",
	  .findings = "+0x28: type [2] PTR (anon): refers to type id 1048576, at most 1048575 are "
		      "taken [type-id-limit]\n"
		      "+0x34: type [3] ARRAY (anon): its elements are of type id 1048576, at most "
		      "1048575 are taken [type-id-limit]\n"
		      "+0x34: type [3] ARRAY (anon): its index is of type id 1048576, at most "
		      "1048575 are taken [type-id-limit]\n"
		      "+0x4c: type [4] STRUCT s: member 0 'm' is of type id 1048576, at most "
		      "1048575 are taken [type-id-limit]\n"
		      "+0x64: type [5] VAR v: refers to type id 1048576, at most 1048575 are taken "
		      "[type-id-limit]\n"
		      "+0x74: type [6] DATASEC .data: variable 0 is of type id 1048576, at most "
		      "1048575 are taken [type-id-limit]\n" },
	{ "no name", VMLINUX,
	  .types = INT "TYPEDEF - 1\nFWD - 0\nFUNC - 0\nVAR - 1 : 0\nDATASEC - 4\nTYPE_TAG - 1\n"
		       "DECL_TAG '' 2 : -1\nENUM e 4 vlen=1 : 0 0\n",
	  .findings = "+0x28: type [2] TYPEDEF (anon): has no name [name-missing]\n"
		      "+0x34: type [3] FWD (anon): has no name [name-missing]\n"
		      "+0x40: type [4] FUNC (anon): has no name [name-missing]\n"
		      "+0x4c: type [5] VAR (anon): has no name [name-missing]\n"
		      "+0x5c: type [6] DATASEC (anon): has no name [name-missing]\n"
		      "+0x68: type [7] TYPE_TAG (anon): has no text [name-missing]\n"
		      "+0x74: type [8] DECL_TAG (anon): has no text [name-missing]\n"
		      "+0x84: type [9] ENUM e: enumerator 0: has no name [name-missing]\n" },
	{ "a name too many", VMLINUX, .types = INT "PTR p 1\nARRAY a 0 : 1 1 1\nFUNC_PROTO f 0\n",
	  .findings = "+0x28: type [2] PTR p: has a name (string offset 5), this kind takes none "
		      "[name-unexpected]\n"
		      "+0x34: type [3] ARRAY a: has a name (string offset 7), this kind takes none "
		      "[name-unexpected]\n"
		      "+0x4c: type [4] FUNC_PROTO f: has a name (string offset 9), this kind takes "
		      "none [name-unexpected]\n" },
	{ "no identifier", VMLINUX,
	  .types = INT "TYPEDEF a-b 1\nSTRUCT 1st 4 vlen=2 : $x+ 1 0 $'' 1 0\nFWD '' 0\n"
		       "FWD " A512 " 0\nFWD " A512 "a 0\nFWD \xc3\xa9 0\nFWD .x_1 0\n",
	  .findings = "+0x28: type [2] TYPEDEF a-b: name 'a-b' is no identifier [name-invalid]\n"
		      "+0x34: type [3] STRUCT 1st: name '1st' is no identifier [name-invalid]\n"
		      "+0x34: type [3] STRUCT 1st: member 0: name 'x+' is no identifier "
		      "[name-invalid]\n"
		      "+0x34: type [3] STRUCT 1st: member 1: name at string offset 16 is empty, "
		      "but not offset 0 [name-invalid]\n"
		      "+0x58: type [4] FWD (anon): name at string offset 17 is empty, but not "
		      "offset 0 [name-invalid]\n"
		      "+0x70: type [6] FWD "
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...:"
		      " name of more than 512 bytes [name-invalid]\n"
		      "+0x7c: type [7] FWD \\xc3\\xa9: name '\\xc3\\xa9' is no identifier "
		      "[name-invalid]\n" },
	{ "section names, 6.1", VMLINUX_6_1,
	  .types = "DATASEC .data..x 4\nDATASEC a/b 4\nDATASEC a\x01 4\n",
	  .findings = "+0x24: type [2] DATASEC a/b: name 'a/b' is no identifier [section-name]\n"
		      "+0x30: type [3] DATASEC a\\x01: name 'a\\x01' is no identifier "
		      "[section-name]\n" },
	{ "section names, 6.18", VMLINUX,
	  .types = "DATASEC .data..x 4\nDATASEC a/b 4\nDATASEC a\x01 4\nDATASEC " A512 "a 4\n",
	  .findings = "+0x30: type [3] DATASEC a\\x01: name 'a\\x01' is no printable section name "
		      "[section-name]\n"
		      "+0x3c: type [4] DATASEC "
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...:"
		      " name of more than 512 bytes [section-name]\n" },
	{ "INT", VMLINUX,
	  .types = "INT a 4 : 0x10000020\nINT b 16 : 0x00010080\nINT c 4 : 0x00010020\n"
		   "INT d 4 : 0x03000020\nINT e 4 : 0x08000020\n",
	  .findings = "+0x18: type [1] INT a: the INT's word is 0x10000020, its upper 4 bits have "
		      "no meaning [int-word]\n"
		      "+0x28: type [2] INT b: offset 1 and 128 bits end at bit 129, beyond 128 "
		      "[int-width]\n"
		      "+0x38: type [3] INT c: offset 1 and 32 bits end at bit 33, beyond size 4 "
		      "[int-size]\n"
		      "+0x48: type [4] INT d: encoding is 3, neither signed (1), char (2), bool "
		      "(4) nor 0 [int-encoding]\n"
		      "+0x58: type [5] INT e: encoding is 8, neither signed (1), char (2), bool "
		      "(4) nor 0 [int-encoding]\n" },
	{ "FWD", VMLINUX, .types = INT "FWD f 1\n",
	  .findings = "+0x28: type [2] FWD f: refers to type id 1 where 0 has to be [fwd-type]\n" },
	{ "ARRAY", VMLINUX, .types = INT "ARRAY - 4 : 1 1 1\nARRAY - 0 : 0 0 1\n",
	  .findings = "+0x28: type [2] ARRAY (anon): its size word is 4 where 0 has to be "
		      "[array-size-used]\n"
		      "+0x40: type [3] ARRAY (anon): its elements are void [array-element]\n"
		      "+0x40: type [3] ARRAY (anon): its index is void [array-index]\n" },
	{ "STRUCT", VMLINUX,
	  .types = INT "STRUCT s 4 vlen=3 : $a 0 0 $b 1 40 $c 1 32\n"
		       "STRUCT t 4 vlen=2 kflag : $a 1 0x04000020 $b 1 0x04000021\n"
		       "STRUCT u 4 vlen=1 : 1000 1 0\n",
	  .findings = "+0x28: type [2] STRUCT s: member 0 'a' is void [member-void]\n"
		      "+0x28: type [2] STRUCT s: member 1 'b' is at bit 40, beyond size 4 "
		      "[member-offset]\n"
		      "+0x28: type [2] STRUCT s: member 2 'c' is at bit 32, the one before it at "
		      "bit 40 [member-order]\n"
		      "+0x58: type [3] STRUCT t: member 1 'b' is at bit 33, beyond size 4 "
		      "[member-offset]\n"
		      "+0x7c: type [4] STRUCT u: member 0: string offset 1000, but the strings end "
		      "at 17 [string-range]\n" },
	{ "UNION", VMLINUX, .types = INT "UNION u 4 vlen=1 : $a 1 8\n",
	  .findings =
		  "+0x28: type [2] UNION u: member 0 'a' is at bit 8 of a union [union-offset]\n" },
	{ "enums", VMLINUX,
	  .types = "ENUM a 0\nENUM b 3\nENUM64 c 16\nENUM d 8 vlen=2 : $D-1 1 5000 2\n",
	  .findings = "+0x18: type [1] ENUM a: size is 0, neither 1, 2, 4 nor 8 [enum-size]\n"
		      "+0x24: type [2] ENUM b: size is 3, neither 1, 2, 4 nor 8 [enum-size]\n"
		      "+0x30: type [3] ENUM64 c: size is 16, neither 1, 2, 4 nor 8 [enum-size]\n"
		      "+0x3c: type [4] ENUM d: enumerator 0: name 'D-1' is no identifier "
		      "[name-invalid]\n"
		      "+0x3c: type [4] ENUM d: enumerator 1: string offset 5000, but the strings "
		      "end at 13 [string-range]\n" },
	{ "FUNC", VMLINUX, .types = INT "FUNC_PROTO - 1\nFUNC f 2 vlen=2\n",
	  .findings = "+0x34: type [3] FUNC f: linkage is 2, neither static (0) nor global (1) "
		      "[func-linkage]\n" },
	{ "VAR", VMLINUX, .types = INT "VAR a 0 : 1\nVAR b 1 : 2\n",
	  .findings = "+0x28: type [2] VAR a: the variable is void [var-void]\n"
		      "+0x38: type [3] VAR b: linkage is 2, neither static (0) nor global (1) "
		      "[var-linkage]\n" },
	{ "DATASEC", VMLINUX,
	  .types = INT "VAR v 1 : 1\nDATASEC .a 0\nDATASEC .b 8 vlen=2 : 2 4 4 2 0 4\n"
		       "DATASEC .c 8 vlen=3 : 0 8 4 2 0 0 2 6 4\n"
		       "DATASEC .d 8 vlen=1 : 2 0 9\n",
	  .findings = "+0x38: type [3] DATASEC .a: size is 0 [datasec-empty]\n"
		      "+0x44: type [4] DATASEC .b: variable 1 is at byte 0, the one before it ends "
		      "at 8 [secinfo-order]\n"
		      "+0x68: type [5] DATASEC .c: variable 0 is void [secinfo-var]\n"
		      "+0x68: type [5] DATASEC .c: variable 0 is at byte 8, beyond size 8 "
		      "[secinfo-range]\n"
		      "+0x68: type [5] DATASEC .c: variable 1 is at byte 0, the one before it ends "
		      "at 12 [secinfo-order]\n"
		      "+0x68: type [5] DATASEC .c: variable 1 has a size of 0 [secinfo-size]\n"
		      "+0x68: type [5] DATASEC .c: variable 2 of 4 bytes at byte 6 ends beyond "
		      "size 8 [secinfo-range]\n"
		      "+0x98: type [6] DATASEC .d: variable 0 of 9 bytes is larger than size 8 "
		      "[secinfo-range]\n" },
	{ "DATASEC that wraps", VMLINUX,
	  .types = INT "VAR v 1 : 1\n"
		       "DATASEC .data 0xffffffff vlen=2 : 2 0xfffffff0 0x20 2 0x10 0xffffffef\n",
	  .findings = "+0x38: type [3] DATASEC .data: its variables take 4294967311 bytes, beyond "
		      "size 4294967295 [secinfo-sum]\n" },
	{ "FLOAT", VMLINUX, .types = "FLOAT f 10\n",
	  .findings = "+0x18: type [1] FLOAT f: size is 10, neither 2, 4, 8, 12 nor 16 "
		      "[float-size]\n" },
	{ "DECL_TAG", VMLINUX, .types = INT "DECL_TAG d 1 : -2\n",
	  .findings = "+0x28: type [2] DECL_TAG d: component index is -2, below -1 "
		      "[component-index]\n" },
	{ "chain of 32", VMLINUX,
	  .types = "CONST - 2\nCONST - 3\nCONST - 4\nCONST - 5\nCONST - 6\nCONST - 7\nCONST - 8\n"
		   "CONST - 9\nCONST - 10\nCONST - 11\nCONST - 12\nCONST - 13\nCONST - 14\nCONST - "
		   "15\n"
		   "CONST - 16\nCONST - 17\nCONST - 18\nCONST - 19\nCONST - 20\nCONST - 21\n"
		   "CONST - 22\nCONST - 23\nCONST - 24\nCONST - 25\nCONST - 26\nCONST - 27\n"
		   "CONST - 28\nCONST - 29\nCONST - 30\nCONST - 31\nCONST - 32\nCONST - 0\n",
	  .findings = "" },
	{ "chain of 33", VMLINUX,
	  .types = "CONST - 2\nCONST - 3\nCONST - 4\nCONST - 5\nCONST - 6\nCONST - 7\nCONST - 8\n"
		   "CONST - 9\nCONST - 10\nCONST - 11\nCONST - 12\nCONST - 13\nCONST - 14\nCONST - "
		   "15\n"
		   "CONST - 16\nCONST - 17\nCONST - 18\nCONST - 19\nCONST - 20\nCONST - 21\n"
		   "CONST - 22\nCONST - 23\nCONST - 24\nCONST - 25\nCONST - 26\nCONST - 27\n"
		   "CONST - 28\nCONST - 29\nCONST - 30\nCONST - 31\nCONST - 32\nCONST - 33\nCONST "
		   "- 0\n",
	  .findings = "+0x18: type [1] CONST (anon): more than 32 modifiers follow each other "
		      "[chain-length]\n" },
	{ "modifiers in a circle", VMLINUX, .types = "TYPEDEF a 2\nTYPEDEF b 1\n",
	  .findings = "+0x18: type [1] TYPEDEF a: more than 32 modifiers follow each other "
		      "[chain-length]\n" },
	{ "modifier to nowhere", VMLINUX, .types = "CONST - 5\n",
	  .findings = "+0x18: type [1] CONST (anon): leads to type id 5, but the last is 1 "
		      "[type-id-range]\n" },
	{ "tag behind a modifier", VMLINUX, .types = INT "TYPE_TAG t 1\nCONST - 2\n",
	  .findings = "+0x34: type [3] CONST (anon): TYPE_TAG [2] comes after another modifier "
		      "[tag-order]\n" },
	{ "members to nowhere are a kernel's own affair", VMLINUX,
	  .types = "STRUCT s 8 vlen=1 : $a 99 0\nPTR - 99\nFUNC f 99\n", .findings = "" },
	{ 0 },
};

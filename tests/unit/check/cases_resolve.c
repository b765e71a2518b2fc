// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What types of a program refer to. INT [1] stands in front. */
#include "cases.h"

#define INT "INT int 4 : 32\n"
#define PROGRAM .profile = KBTF_PROFILE_PROGRAM, .rules = KBTF_RULES_6_18

const struct check_case resolve_cases[] = {
	{ "list of itself", PROGRAM,
	  .types = INT "STRUCT list 16 vlen=2 : $next 3 0 $v 1 64\nPTR - 2\n", .findings = "" },
	{ "nowhere", PROGRAM,
	  .types = INT "PTR - 9\nARRAY - 0 : 9 1 1\nARRAY - 0 : 1 9 1\n"
		       "STRUCT s 4 vlen=1 : $m 9 0\nFUNC f 9\nDECL_TAG d 99 : -1\n"
		       "FUNC_PROTO - 99 vlen=1 : $p 99\nDATASEC .d 4 vlen=1 : 99 0 4\n",
	  .findings =
		  "+0x28: type [2] PTR (anon): refers to [9] DATASEC .d [ref-kind]\n"
		  "+0x34: type [3] ARRAY (anon): its element is of [9] DATASEC .d [array-element]\n"
		  "+0x4c: type [4] ARRAY (anon): its index is of [9] DATASEC .d [array-index]\n"
		  "+0x64: type [5] STRUCT s: member 0 is of [9] DATASEC .d, which has no size "
		  "[member-type]\n"
		  "+0x7c: type [6] FUNC f: its type is [9] DATASEC .d where a FUNC_PROTO has to be "
		  "[func-proto]\n"
		  "+0x88: type [7] DECL_TAG d: refers to type id 99, but the last is 9 "
		  "[type-id-range]\n"
		  "+0x98: type [8] FUNC_PROTO (anon): returns a value of type id 99, but the last "
		  "is 9 [type-id-range]\n"
		  "+0x98: type [8] FUNC_PROTO (anon): parameter 0 is of type id 99, but the last "
		  "is 9 [type-id-range]\n"
		  "+0xac: type [9] DATASEC .d: variable 0 is type id 99, but the last is 9 "
		  "[type-id-range]\n" },
	{ "source only", PROGRAM, .types = INT "VAR v 1 : 1\nPTR - 2\nCONST - 2\nVAR w 2 : 1\n",
	  .findings = "+0x38: type [3] PTR (anon): refers to [2] VAR v [ref-kind]\n"
		      "+0x44: type [4] CONST (anon): refers to [2] VAR v [ref-kind]\n"
		      "+0x50: type [5] VAR w: refers to [2] VAR v [ref-kind]\n" },
	{ "no size", PROGRAM,
	  .types = INT "FWD f 0\nVAR v 2 : 1\nVAR w 5 : 1\nTYPEDEF t 2\n"
		       "FUNC_PROTO - 0\nPTR - 9\nPTR - 6\nFUNC fn 6\n",
	  .findings =
		  "+0x34: type [3] VAR v: refers to [2] FWD f, which has no size [ref-no-size]\n"
		  "+0x44: type [4] VAR w: refers to [5] TYPEDEF t, which has no size "
		  "[ref-no-size]\n"
		  "+0x6c: type [7] PTR (anon): refers to [9] FUNC fn, which has no size "
		  "[ref-no-size]\n" },
	{ "PTR to a FUNC resolved before", PROGRAM,
	  .types = INT "FUNC_PROTO - 0\nFUNC fn 2\nPTR - 3\n", .findings = "" },
	{ "contains itself", PROGRAM,
	  .types = INT "STRUCT a 4 vlen=1 : $b 3 0\nSTRUCT b 4 vlen=2 : $a 2 0 $i 9 0\n"
		       "STRUCT c 4 vlen=1 : $a 2 0\n",
	  .findings =
		  "+0x40: type [3] STRUCT b: leads back to [2] STRUCT a, which leads to it [loop]\n"
		  "+0x40: type [3] STRUCT b: member 1 is of type id 9, but the last is 4 "
		  "[type-id-range]\n" },
	{ "PTR to itself", PROGRAM, .types = INT "PTR - 2\nTYPEDEF t 4\nPTR - 3\n",
	  .findings = "+0x28: type [2] PTR (anon): leads back to [2] PTR (anon), which leads to it "
		      "[loop]\n"
		      "+0x40: type [4] PTR (anon): leads back to [3] TYPEDEF t, which leads to it "
		      "[loop]\n" },
	{ "32 deep", PROGRAM,
	  .types = INT "PTR - 3\nPTR - 4\nPTR - 5\nPTR - 6\nPTR - 7\nPTR - 8\nPTR - 9\nPTR - 10\n"
		       "PTR - 11\nPTR - 12\nPTR - 13\nPTR - 14\nPTR - 15\nPTR - 16\nPTR - 17\n"
		       "PTR - 18\nPTR - 19\nPTR - 20\nPTR - 21\nPTR - 22\nPTR - 23\nPTR - 24\n"
		       "PTR - 25\nPTR - 26\nPTR - 27\nPTR - 28\nPTR - 29\nPTR - 30\nPTR - 31\n"
		       "PTR - 32\nPTR - 33\nPTR - 1\n",
	  .findings = "" },
	{ "33 deep", PROGRAM,
	  .types = INT "PTR - 3\nPTR - 4\nPTR - 5\nPTR - 6\nPTR - 7\nPTR - 8\nPTR - 9\nPTR - 10\n"
		       "PTR - 11\nPTR - 12\nPTR - 13\nPTR - 14\nPTR - 15\nPTR - 16\nPTR - 17\n"
		       "PTR - 18\nPTR - 19\nPTR - 20\nPTR - 21\nPTR - 22\nPTR - 23\nPTR - 24\n"
		       "PTR - 25\nPTR - 26\nPTR - 27\nPTR - 28\nPTR - 29\nPTR - 30\nPTR - 31\n"
		       "PTR - 32\nPTR - 33\nPTR - 34\nPTR - 1\n",
	  .findings = "+0x19c: type [33] PTR (anon): is the last of 32 types that each wait for "
		      "the next, and still leads to [34] PTR (anon) [too-deep]\n" },
	{ "ARRAY", PROGRAM,
	  .types = INT "INT bits 4 : 0x00000003\nFWD f 0\nFLOAT float 4\n"
		       "ARRAY - 0 : 1 4 1\nARRAY - 0 : 1 2 1\nARRAY - 0 : 1 3 1\n"
		       "ARRAY - 0 : 3 1 1\nARRAY - 0 : 2 1 1\nARRAY - 0 : 1 1 0x40000000\n"
		       "TYPEDEF t 3\nARRAY - 0 : 11 1 1\n",
	  .findings = "+0x50: type [5] ARRAY (anon): its index is of [4] FLOAT float, no whole INT "
		      "[array-index]\n"
		      "+0x68: type [6] ARRAY (anon): its index is of [2] INT bits, no whole INT "
		      "[array-index]\n"
		      "+0x80: type [7] ARRAY (anon): its index is of [3] FWD f [array-index]\n"
		      "+0x98: type [8] ARRAY (anon): its element is of [3] FWD f [array-element]\n"
		      "+0xb0: type [9] ARRAY (anon): its element is of [2] INT bits: 3 bits from "
		      "bit 0 on [array-int]\n"
		      "+0xc8: type [10] ARRAY (anon): 1073741824 elements of 4 bytes take more "
		      "than 4 GiB [array-overflow]\n"
		      "+0xec: type [12] ARRAY (anon): its element is of [11] TYPEDEF t, which has "
		      "no size [array-element]\n" },
	{ "ARRAY of nothing", PROGRAM,
	  .types = INT "ARRAY - 0 : 1 1 0x3fffffff\nARRAY - 0 : 2 1 0\n", .findings = "" },
	{ "member's type", PROGRAM,
	  .types = INT
	  "FWD f 0\nVAR v 1 : 1\nTYPEDEF t 2\nSTRUCT s 4 vlen=3 : $a 2 0 $b 3 0 $c 4 0\n",
	  .findings = "+0x50: type [5] STRUCT s: member 0 is of [2] FWD f, which has no size "
		      "[member-type]\n"
		      "+0x50: type [5] STRUCT s: member 1 is of [3] VAR v, which has no size "
		      "[member-type]\n"
		      "+0x50: type [5] STRUCT s: member 2 'c' is of [4] TYPEDEF t, which has no "
		      "size [member-type]\n" },
	{ "INT members", PROGRAM,
	  .types = INT "INT odd 16 : 0x00040079\nINT u128 16 : 128\n"
		       "STRUCT a 4 vlen=2 : $x 1 8 $y 1 32\n"
		       "STRUCT b 32 vlen=1 : $x 2 4\n"
		       "STRUCT c 0x20000000 vlen=1 : $x 2 0xffffffff\n"
		       "STRUCT d 16 vlen=4 kflag : $w 1 0x21000000 $x 1 0x00000001 $y 2 0x00000010 "
		       "$z 3 0x80000019\n"
		       "STRUCT e 4 vlen=1 kflag : $x 1 0x04000019\n"
		       "STRUCT f 4 vlen=1 kflag : $x 1 0x0800001a\n",
	  .findings = "+0x48: type [4] STRUCT a: member 0 'x' at bit 8 ends at bit 40, beyond size "
		      "4 [member-beyond-size]\n"
		      "+0x48: type [4] STRUCT a: member 1 'y' at bit 32 ends at bit 64, beyond "
		      "size 4 [member-beyond-size]\n"
		      "+0x84: type [6] STRUCT c: member 0 'x' at bit 4294967295 is an INT that "
		      "begins 4 bits later, beyond 2^32 [member-overflow]\n"
		      "+0x9c: type [7] STRUCT d: member 0 'w' is a bitfield of 33 bits of [1] INT "
		      "int of 32 [member-bitfield]\n"
		      "+0x9c: type [7] STRUCT d: member 1 'x' of [1] INT int is at bit 1, which "
		      "begins no byte [member-align]\n"
		      "+0x9c: type [7] STRUCT d: member 2 'y' is of [2] INT odd of 121 bits from "
		      "bit 4 on, where kind_flag asks for a whole INT [member-int]\n"
		      "+0x9c: type [7] STRUCT d: member 3 'z' of 128 bits is at bit 25: with the 1 "
		      "before it in its byte they are more than 128 [member-copy]\n"
		      "+0xf0: type [9] STRUCT f: member 0 'x' at bit 26 ends at bit 34, beyond "
		      "size 4 [member-beyond-size]\n" },
	{ "enum members", PROGRAM,
	  .types = INT "ENUM e 4\nENUM64 e64 8\nSTRUCT a 8 vlen=2 : $x 2 1 $y 3 32\n"
		       "STRUCT b 8 vlen=3 kflag : $w 2 0x00000001 $x 2 0x21000008 $y 3 0x10000038\n"
		       "STRUCT c 4 vlen=1 kflag : $x 3 0\n",
	  .findings = "+0x40: type [4] STRUCT a: member 0 'x' of [2] ENUM e is at bit 1, which "
		      "begins no byte [member-align]\n"
		      "+0x40: type [4] STRUCT a: member 1 'y' at bit 32 ends at bit 96, beyond "
		      "size 8 [member-beyond-size]\n"
		      "+0x64: type [5] STRUCT b: member 0 'w' of [2] ENUM e is at bit 1, which "
		      "begins no byte [member-align]\n"
		      "+0x64: type [5] STRUCT b: member 1 'x' is a bitfield of 33 bits of [2] ENUM "
		      "e, at most 32 are taken [member-bitfield]\n"
		      "+0x64: type [5] STRUCT b: member 2 'y' at bit 56 ends at bit 72, beyond "
		      "size 8 [member-beyond-size]\n" },
	{ "members of whole bytes", PROGRAM,
	  .types = INT "PTR - 1\nARRAY - 0 : 1 1 3\nSTRUCT in 12\nFLOAT float 4\nFLOAT ld 16\n"
		       "STRUCT a 12 vlen=4 : $p 2 1 $q 2 40 $r 3 48 $s 4 64\n"
		       "STRUCT b 24 vlen=3 : $f 5 16 $g 6 64 $h 6 128\n"
		       "STRUCT c 24 vlen=3 kflag : $f 5 0x04000000 $g 2 0x01000000 $h 2 0\n",
	  .findings = "+0x70: type [7] STRUCT a: member 0 'p' of [2] PTR (anon) is at bit 1, which "
		      "begins no byte [member-align]\n"
		      "+0x70: type [7] STRUCT a: member 1 'q' at bit 40 ends at bit 104, beyond "
		      "size 12 [member-beyond-size]\n"
		      "+0x70: type [7] STRUCT a: member 2 'r' at bit 48 ends at bit 144, beyond "
		      "size 12 [member-beyond-size]\n"
		      "+0x70: type [7] STRUCT a: member 3 's' at bit 64 ends at bit 160, beyond "
		      "size 12 [member-beyond-size]\n"
		      "+0xac: type [8] STRUCT b: member 0 'f' of [5] FLOAT float is at bit 16, no "
		      "multiple of 32 [member-align]\n"
		      "+0xac: type [8] STRUCT b: member 2 'h' at bit 128 ends at bit 256, beyond "
		      "size 24 [member-beyond-size]\n"
		      "+0xdc: type [9] STRUCT c: member 0 'f' is a bitfield of 4 bits of [5] FLOAT "
		      "float [member-bitfield]\n"
		      "+0xdc: type [9] STRUCT c: member 1 'g' is a bitfield of 1 bits of [2] PTR "
		      "(anon) [member-bitfield]\n" },
	{ "members behind modifiers", PROGRAM,
	  .types = INT "CONST - 1\nTYPEDEF t 2\nSTRUCT s 4 vlen=2 : $a 3 0 $b 3 8\n",
	  .findings = "+0x40: type [4] STRUCT s: member 1 'b' at bit 8 ends at bit 40, beyond size "
		      "4 [member-beyond-size]\n" },
	{ "FUNC", PROGRAM,
	  .types = INT "FUNC_PROTO - 0 vlen=2 : $a 1 0 1\nFUNC f 2\nFUNC g 1\nFUNC h 3\n",
	  .findings = "+0x44: type [3] FUNC f: parameter 1 of its prototype [2] has no name "
		      "[param-anonymous]\n"
		      "+0x50: type [4] FUNC g: its type is [1] INT int where a FUNC_PROTO has to "
		      "be [func-proto]\n"
		      "+0x5c: type [5] FUNC h: its type is [3] FUNC f where a FUNC_PROTO has to be "
		      "[func-proto]\n" },
	{ "FUNC_PROTO", PROGRAM,
	  .types = INT "FWD f 0\nVAR v 1 : 1\nFUNC_PROTO - 2\nFUNC_PROTO - 3\n"
		       "FUNC_PROTO - 0 vlen=4 : $a 2 $b 3 $c 0 $d+ 1\n"
		       "FUNC_PROTO - 0 vlen=2 : 4000 1 $d 0\nFUNC_PROTO - 0 vlen=1 : 0 0\n",
	  .findings =
		  "+0x44: type [4] FUNC_PROTO (anon): returns a value of [2] FWD f, which has no "
		  "size [return-type]\n"
		  "+0x50: type [5] FUNC_PROTO (anon): returns a value of [3] VAR v [return-type]\n"
		  "+0x5c: type [6] FUNC_PROTO (anon): parameter 0 is of [2] FWD f, which has no "
		  "size [param-type]\n"
		  "+0x5c: type [6] FUNC_PROTO (anon): parameter 1 is of [3] VAR v [param-type]\n"
		  "+0x5c: type [6] FUNC_PROTO (anon): parameter 2 is of void, which has no size "
		  "[param-type]\n"
		  "+0x5c: type [6] FUNC_PROTO (anon): parameter 3: name 'd+' is no identifier "
		  "[name-invalid]\n"
		  "+0x88: type [7] FUNC_PROTO (anon): parameter 1 is void, a vararg, but has a "
		  "name (string offset 18) [param-name]\n"
		  "+0x88: type [7] FUNC_PROTO (anon): parameter 0: string offset 4000, but the "
		  "strings end at 20 [string-range]\n" },
	{ "DECL_TAG", PROGRAM,
	  .types = INT
	  "STRUCT s 4 vlen=1 : $a 1 0\nTYPEDEF t 1\nFUNC_PROTO - 0 vlen=1 : $p 1\nFUNC f 4\n"
	  "DECL_TAG a 1 : -1\nDECL_TAG b 2 : 0\nDECL_TAG c 2 : 1\nDECL_TAG d 3 : 0\n"
	  "DECL_TAG e 5 : 0\nDECL_TAG f 5 : 1\n",
	  .findings = "+0x6c: type [6] DECL_TAG a: is for [1] INT int [tag-target]\n"
		      "+0x8c: type [8] DECL_TAG c: is for component 1 of [2] STRUCT s, which has 1 "
		      "[component-index]\n"
		      "+0x9c: type [9] DECL_TAG d: is for component 0 of [3] TYPEDEF t, which has "
		      "none [component-index]\n"
		      "+0xbc: type [11] DECL_TAG f: is for component 1 of [5] FUNC f, which has 1 "
		      "[component-index]\n" },
	{ "DATASEC", PROGRAM,
	  .types = INT "VAR v 1 : 1\nDATASEC .a 4 vlen=1 : 1 0 4\nDATASEC .b 4 vlen=1 : 2 0 2\n",
	  .findings = "+0x38: type [3] DATASEC .a: variable 0 is [1] INT int [secinfo-var]\n"
		      "+0x50: type [4] DATASEC .b: variable 0 has a size of 2, but is of [1] INT "
		      "int, of 4 [secinfo-size]\n" },
	{ "DATASEC before its VAR is not compared with it", PROGRAM,
	  .types = INT "DATASEC .b 4 vlen=1 : 3 0 2\nVAR v 1 : 1\n", .findings = "" },
	{ "a bad type is told of once", PROGRAM,
	  .types = "INT int 4 : 64\nPTR - 1\nSTRUCT s 4 vlen=1 : $a 1 0\nARRAY - 0 : 1 1 1\nVAR v "
		   "3 : 1\n",
	  .findings = "+0x18: type [1] INT int: offset 0 and 64 bits end at bit 64, beyond size 4 "
		      "[int-size]\n" },
	{ 0 },
};

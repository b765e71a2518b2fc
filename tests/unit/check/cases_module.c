// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Modules, on a kernel whose types are [1] to [3]; the module's own begin at [4]. */
#include "cases.h"

#define MODULE .profile = KBTF_PROFILE_MODULE, .rules = KBTF_RULES_6_18, .base = KERNEL
#define MODULE_6_1 .profile = KBTF_PROFILE_MODULE, .rules = KBTF_RULES_6_1, .base = KERNEL
#define KERNEL "INT int 4 : 32\nSTRUCT device 8\nCONST - 1\n"

const struct check_case module_cases[] = {
	{ "on its kernel", MODULE,
	  .types = "STRUCT dev 12 vlen=2 : $d 2 0 0 3 64\nPTR - 4\nTYPEDEF t 3\n", .findings = "" },
	{ "empty", MODULE, .types = "", .findings = "" },
	{ "strings of both", MODULE, .types = "TYPEDEF @1 1\nTYPEDEF own 1\nTYPEDEF @99 1\n",
	  .findings = "+0x30: type [6] TYPEDEF (wild name): string offset 99, but the strings end "
		      "at 16 [string-range]\n" },
	{ "ids out of range are taken", MODULE,
	  .types = "STRUCT s 8 vlen=1 : $a 99 0\nPTR - 99\nARRAY - 0 : 6 1 1\n", .findings = "" },
	{ "modifiers are followed", MODULE, .types = "CONST - 99\nTYPE_TAG t 1\nCONST - 5\n",
	  .findings = "+0x18: type [4] CONST (anon): leads to type id 99, but the last is 6 "
		      "[type-id-range]\n"
		      "+0x30: type [6] CONST (anon): TYPE_TAG [5] comes after another modifier "
		      "[tag-order]\n" },
	{ "checked by itself", MODULE, .types = "STRUCT s 4 vlen=1 : $a 0 0\nFLOAT f 3\n",
	  .findings =
		  "+0x18: type [4] STRUCT s: member 0 'a' is void [member-void]\n"
		  "+0x30: type [5] FLOAT f: size is 3, neither 2, 4, 8, 12 nor 16 [float-size]\n" },
	{ "with .BTF.base", MODULE, .distilled = "INT int 4 : 32\nSTRUCT device 8\n",
	  .types = "STRUCT s 12 vlen=2 : $d 2 0 $i 1 64\n", .findings = "" },
	{ ".BTF.base is checked like a kernel's", MODULE,
	  .distilled = "INT int 4 : 64\nFLOAT f 3\n", .types = "STRUCT s 4 vlen=1 : $i 0 0\n",
	  .findings = ".BTF.base+0x18: type [1] INT int: offset 0 and 64 bits end at bit 64, "
		      "beyond size 4 [int-size]\n"
		      ".BTF.base+0x28: type [2] FLOAT f: size is 3, neither 2, 4, 8, 12 nor 16 "
		      "[float-size]\n"
		      ".BTF+0x18: type [3] STRUCT s: member 0 'i' is void [member-void]\n" },
	{ ".BTF.base is of little", MODULE, .distilled = "INT - 4 : 32\nPTR - 1\nSTRUCT device 8\n",
	  .types = "PTR - 3\n",
	  .findings = ".BTF.base+0x18: type [1] INT (anon): a distilled base has no types without "
		      "names [distilled-base]\n"
		      ".BTF.base+0x28: type [2] PTR (anon): a distilled base has no PTR "
		      "[distilled-base]\n" },
	{ ".BTF.base without types", MODULE, .distilled = "", .types = "INT int 4 : 32\nPTR - 1\n",
	  .findings =
		  ".BTF.base: it has no types; the kernel counts the module's from 0 instead of 1 "
		  "[base-empty]\n" },
	{ "6.1 does not look at .BTF.base", MODULE_6_1, .distilled = "INT - 4 : 64\n",
	  .types = "PTR - 3\n", .findings = "" },
	{ "ids that relocation follows", MODULE, .distilled = "INT int 4 : 32\n",
	  .types = "PTR - 9\nSTRUCT s 8 vlen=2 : $a 1 0 $b 9 32\nFUNC_PROTO - 0 vlen=1 : $p "
		   "0xfffff\n",
	  .findings = ".BTF+0x18: type [2] PTR (anon): refers to type id 9, but the last is 4; the "
		      "kernel reads beyond its tables [wild-id]\n"
		      ".BTF+0x24: type [3] STRUCT s: refers to type id 9, but the last is 4; the "
		      "kernel reads beyond its tables [wild-id]\n"
		      ".BTF+0x48: type [4] FUNC_PROTO (anon): refers to type id 1048575, but the "
		      "last is 4; the kernel reads beyond its tables [wild-id]\n" },
	{ "an array of itself", MODULE, .distilled = "INT int 4 : 32\n",
	  .types = "ARRAY - 0 : 2 1 1\nSTRUCT s 8 vlen=2 : $a 1 0 $b 2 32\nTYPEDEF t 5\n"
		   "ARRAY - 0 : 4 1 1\nUNION u 4 vlen=1 : $t 4 0\n",
	  .findings = ".BTF+0x30: type [3] STRUCT s: member 1 is of [2] ARRAY (anon), which is "
		      "made of itself in the end; the kernel never comes back [endless-embedding]\n"
		      ".BTF+0x78: type [6] UNION u: member 0 is of [4] TYPEDEF t, which is made of "
		      "itself in the end; the kernel never comes back [endless-embedding]\n" },
	{ 0 },
};

#define SOUND .profile = KBTF_PROFILE_SOUND

/* What kbtf demands; every reason has its test with lib/core, here it is that all are told. */
const struct check_case sound_cases[] = {
	{ "sound", SOUND, .types = KERNEL, .findings = "" },
	{ "sound, split", SOUND, .base = KERNEL, .types = "STRUCT s 4 vlen=1 : $m 3 0\n",
	  .findings = "" },
	{ "all that is out of range", SOUND,
	  .types = "PTR - 9\nINT @99 4 : 32\nFUNC f 2\nSTRUCT s 8 vlen=2 : $a 8 0 $b 7 0\n",
	  .findings = "+0x20: type [1] PTR (anon): refers to type id 9, but the last is 4 "
		      "[type-id-range]\n"
		      "+0x24: type [2] INT (anon): string offset 99, but the strings end at 9 "
		      "[string-range]\n"
		      "+0x34: type [3] FUNC f: its type [2] is a INT where a FUNC_PROTO has to be "
		      "[func-proto]\n"
		      "+0x50: type [4] STRUCT s: refers to type id 8, but the last is 4 "
		      "[type-id-range]\n" },
	{ "the first chain", SOUND, .types = "CONST - 2\nCONST - 1\nSTRUCT s 4 vlen=1 : $m 3 0\n",
	  .findings = "+0x18: type [1] CONST (anon): following its references does not end within "
		      "250 steps [endless-chain]\n" },
	{ "not told apart", SOUND, .types = "PTR - 9\nSTRUCT s 4 vlen=2 : $a 1 0\n",
	  .findings = "+0x24: type [2]: runs beyond the end of the type section; its length is 36 "
		      "[type-truncated]\n" },
	{ 0 },
};

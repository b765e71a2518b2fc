// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Special fields of programs. [1] to [7] are the types that make them: lock,
 * refcount, list head and node, tree and its node, and the lock of 6.18.
 */
#include "cases.h"

#define PROGRAM .profile = KBTF_PROFILE_PROGRAM, .rules = KBTF_RULES_6_18
#define PROGRAM_6_12 .profile = KBTF_PROFILE_PROGRAM, .rules = KBTF_RULES_6_12
#define PROGRAM_6_1 .profile = KBTF_PROFILE_PROGRAM, .rules = KBTF_RULES_6_1

#define SPECIAL                                                                                    \
	"STRUCT bpf_spin_lock 4\nSTRUCT bpf_refcount 4\nSTRUCT bpf_list_head 16\n"                 \
	"STRUCT bpf_list_node 24\nSTRUCT bpf_rb_root 16\nSTRUCT bpf_rb_node 32\n"                  \
	"STRUCT bpf_res_spin_lock 4\n"
/* [8] a kptr's target, [9] its tag, [10] the kptr, which is what is kept */
#define KPTR(tag) SPECIAL "STRUCT own 4\nTYPE_TAG " tag " 8\nPTR - 9\n"

/* [8] what a list holds: a node */
#define NODE SPECIAL "STRUCT node 24 vlen=1 : $n 4 0\n"
/* [9] a lock and the list */
#define LIST NODE "STRUCT list 24 vlen=2 : $l 1 0 $h 3 64\n"

/* a holds b, b holds c, and both may be held */
#define THREE_DEEP                                                                                 \
	SPECIAL "STRUCT a 48 vlen=3 : $l 1 0 $h 3 64 $n 4 192\nDECL_TAG contains:b:n 8 : 1\n"      \
		"STRUCT b 48 vlen=3 : $l 1 0 $h 3 64 $n 4 192\nDECL_TAG contains:c:n 10 : 1\n"     \
		"STRUCT c 24 vlen=1 : $n 4 0\n"

const struct check_case field_cases[] = {
	{ "a list, a lock and what is held", PROGRAM,
	  .types = LIST "DECL_TAG contains:node:n 9 : 1\n", .findings = "" },
	{ "6.1 does not look", PROGRAM_6_1, .types = SPECIAL "STRUCT s 16 vlen=1 : $h 3 0\n",
	  .findings = "" },
	{ "at a bit", PROGRAM, .types = SPECIAL "INT i 4 : 3\nSTRUCT s 8 vlen=2 : $l 1 0 $b 8 33\n",
	  .findings = "+0x7c: type [9] STRUCT s: member 1 is at bit 33, which begins no byte, of a "
		      "STRUCT with special fields [field-byte]\n" },
	{ "two locks", PROGRAM, .types = SPECIAL "STRUCT s 8 vlen=2 : $l 1 0 $m 1 32\n",
	  .findings = "+0x6c: type [8] STRUCT s: member 1 is the second bpf_spin_lock "
		      "[field-twice]\n" },
	{ "two locks at two depths, 6.12", PROGRAM_6_12,
	  .types = SPECIAL "STRUCT in 4 vlen=1 : $l 1 0\nSTRUCT s 8 vlen=2 : $l 1 0 $m 8 32\n",
	  .findings = "+0x6c: type [8] STRUCT in: has a lock or refcount, and is nested beside "
		      "another [field-twice]\n" },
	{ "two locks at two depths, 6.18", PROGRAM,
	  .types = SPECIAL "STRUCT in 4 vlen=1 : $l 1 0\nSTRUCT s 8 vlen=2 : $l 1 0 $m 8 32\n",
	  .findings = "" },
	{ "two refcounts, 6.12", PROGRAM_6_12,
	  .types = SPECIAL "STRUCT s 8 vlen=2 : $l 2 0 $m 2 32\n",
	  .findings =
		  "+0x6c: type [8] STRUCT s: member 1 is the second bpf_refcount [field-twice]\n" },
	{ "twelve kptrs", PROGRAM,
	  .types = KPTR("kptr") "STRUCT s 96 vlen=12 : $a 10 0 $b 10 64 $c 10 128 $d 10 192 $e 10 "
				"256 $f 10 320 "
				"$g 10 384 $h 10 448 $i 10 512 $j 10 576 $k 10 640 $l 10 704\n",
	  .findings = "+0x90: type [11] STRUCT s: member 11 is special field 12, at most 11 are "
		      "taken [field-count]\n" },
	{ "eleven and two kptrs in arrays", PROGRAM,
	  .types = KPTR("kptr") "INT i 4 : 32\nARRAY - 0 : 10 11 10\nARRAY - 0 : 10 11 2\n"
				"STRUCT s 88 vlen=2 : $a 12 0 $b 10 640\n"
				"STRUCT t 96 vlen=2 : $a 12 0 $b 13 640\n",
	  .findings = "" },
	{ "array of STRUCTs with kptrs", PROGRAM,
	  .types = KPTR("kptr") "INT i 4 : 32\nSTRUCT in 16 vlen=2 : $a 10 0 $b 11 64\n"
				"ARRAY - 0 : 12 11 3\nSTRUCT s 56 vlen=2 : $k 10 0 $a 13 64\n",
	  .findings = "" },
	{ "array of locks", PROGRAM,
	  .types = SPECIAL "INT i 4 : 32\nARRAY - 0 : 1 8 2\nSTRUCT s 12 vlen=2 : $r 2 0 $l 9 32\n",
	  .findings =
		  "+0x94: type [10] STRUCT s: member 1 is an array of 2, with what may be there "
		  "once: only kptrs, list heads and trees may be in arrays [field-repeat]\n" },
	{ "32 deep", PROGRAM,
	  .types = SPECIAL
	  "STRUCT - 4\n"
	  "STRUCT - 4 vlen=1 : $m 8 0\nSTRUCT - 4 vlen=1 : $m 9 0\nSTRUCT - 4 vlen=1 : $m 10 0\n"
	  "STRUCT - 4 vlen=1 : $m 11 0\nSTRUCT - 4 vlen=1 : $m 12 0\nSTRUCT - 4 vlen=1 : $m 13 0\n"
	  "STRUCT - 4 vlen=1 : $m 14 0\nSTRUCT - 4 vlen=1 : $m 15 0\nSTRUCT - 4 vlen=1 : $m 16 0\n"
	  "STRUCT - 4 vlen=1 : $m 17 0\nSTRUCT - 4 vlen=1 : $m 18 0\nSTRUCT - 4 vlen=1 : $m 19 0\n"
	  "STRUCT - 4 vlen=1 : $m 20 0\nSTRUCT - 4 vlen=1 : $m 21 0\nSTRUCT - 4 vlen=1 : $m 22 0\n"
	  "STRUCT - 4 vlen=1 : $m 23 0\nSTRUCT - 4 vlen=1 : $m 24 0\nSTRUCT - 4 vlen=1 : $m 25 0\n"
	  "STRUCT - 4 vlen=1 : $m 26 0\nSTRUCT - 4 vlen=1 : $m 27 0\nSTRUCT - 4 vlen=1 : $m 28 0\n"
	  "STRUCT - 4 vlen=1 : $m 29 0\nSTRUCT - 4 vlen=1 : $m 30 0\nSTRUCT - 4 vlen=1 : $m 31 0\n"
	  "STRUCT - 4 vlen=1 : $m 32 0\nSTRUCT - 4 vlen=1 : $m 33 0\nSTRUCT - 4 vlen=1 : $m 34 0\n"
	  "STRUCT - 4 vlen=1 : $m 35 0\nSTRUCT - 4 vlen=1 : $m 36 0\nSTRUCT - 4 vlen=1 : $m 37 0\n"
	  "STRUCT - 4 vlen=1 : $m 38 0\n"
	  "STRUCT s 8 vlen=2 : $l 1 0 $m 38 32\n"
	  "STRUCT t 8 vlen=2 : $l 1 0 $m 39 32\n",
	  .findings = "+0x78: type [9] STRUCT (anon): is nested 32 deep in a STRUCT with special "
		      "fields [field-depth]\n" },
	{ "overlap", PROGRAM, .types = SPECIAL "STRUCT s 8 vlen=2 : $l 1 0 $r 2 0\n",
	  .findings = "+0x6c: type [8] STRUCT s: has a special field at byte 0, but the one before "
		      "it ends at 4 [field-overlap]\n" },
	{ "of another size", PROGRAM,
	  .types = "STRUCT bpf_spin_lock 8\nSTRUCT s 8 vlen=1 : $l 1 0\n",
	  .findings =
		  "+0x24: type [2] STRUCT s: member 0 is of [1] STRUCT bpf_spin_lock, of 8 bytes "
		  "at byte 0; the kernel takes 4 bytes at a multiple of 4 [field-none]\n" },
	{ "at no multiple", PROGRAM, .types = SPECIAL "STRUCT s 24 vlen=1 : $h 3 32\n",
	  .findings =
		  "+0x6c: type [8] STRUCT s: member 0 is of [3] STRUCT bpf_list_head, of 16 bytes "
		  "at byte 4; the kernel takes 16 bytes at a multiple of 8 [field-none]\n" },
	{ "locks of both kinds", PROGRAM, .types = SPECIAL "STRUCT s 8 vlen=2 : $l 1 0 $m 7 32\n",
	  .findings = "+0x6c: type [8] STRUCT s: has both a bpf_spin_lock and a bpf_res_spin_lock "
		      "[field-locks]\n" },
	{ "list without a lock", PROGRAM,
	  .types = NODE "STRUCT list 16 vlen=1 : $h 3 0\nDECL_TAG contains:node:n 9 : 0\n",
	  .findings = "+0x84: type [9] STRUCT list: has a list head or tree and no lock for it "
		      "[field-unlocked]\n" },
	{ "two nodes without a refcount", PROGRAM,
	  .types = SPECIAL "STRUCT s 56 vlen=2 : $l 4 0 $t 6 192\n",
	  .findings = "+0x6c: type [8] STRUCT s: has nodes of both a list and a tree and no "
		      "bpf_refcount [field-uncounted]\n" },
	{ "unknown tag", PROGRAM,
	  .types = KPTR(
		  "kptr") "TYPE_TAG other 8\nPTR - 11\nSTRUCT s 16 vlen=2 : $a 10 0 $b 12 64\n",
	  .findings = "+0xa8: type [13] STRUCT s: member 1 is a pointer with the tag 'other', "
		      "which kernel 6.18 does not know [kptr-tag]\n" },
	{ "two tags", PROGRAM,
	  .types =
		  KPTR("kptr") "TYPE_TAG kptr 9\nPTR - 11\nSTRUCT s 16 vlen=2 : $a 10 0 $b 12 64\n",
	  .findings =
		  "+0xa8: type [13] STRUCT s: member 1 is a pointer with two tags [kptr-tag]\n" },
	{ "uptr, 6.12", PROGRAM_6_12,
	  .types = KPTR("uptr") "STRUCT s 16 vlen=2 : $a 1 0 $b 10 64\n",
	  .findings = "+0x90: type [11] STRUCT s: member 1 is a pointer with the tag 'uptr', which "
		      "kernel 6.12 does not know [kptr-tag]\n" },
	{ "uptr, 6.18", PROGRAM, .types = KPTR("uptr") "STRUCT s 16 vlen=2 : $a 1 0 $b 10 64\n",
	  .findings = "" },
	{ "kptr to no STRUCT", PROGRAM,
	  .types = SPECIAL
	  "INT i 4 : 32\nTYPE_TAG kptr 8\nPTR - 9\nSTRUCT s 16 vlen=2 : $l 1 0 $k 10 64\n",
	  .findings = "+0x94: type [11] STRUCT s: member 1 is a kptr that points to no STRUCT "
		      "[kptr-target]\n" },
	{ "kptrs to a kernel's STRUCTs", PROGRAM,
	  .base = "STRUCT sk_buff 4\nSTRUCT task_struct 4\n",
	  .types = SPECIAL
	  "STRUCT sk_buff 4\nTYPE_TAG kptr 8\nPTR - 9\nSTRUCT s 8 vlen=1 : $k 10 0\n"
	  "STRUCT task_struct 4\nTYPE_TAG kptr 12\nPTR - 13\nSTRUCT t 8 vlen=1 : $k 14 0\n",
	  .findings = "+0x90: type [11] STRUCT s: has a kptr to struct sk_buff of vmlinux, for "
		      "which kernels have no destructor [kptr-destructor]\n" },
	{ "no contains tag", PROGRAM, .types = LIST "DECL_TAG contains:node:n 9 : 0\n",
	  .findings = "+0x84: type [9] STRUCT list: member 1 is a list head or tree without a "
		      "DECL_TAG contains:STRUCT:NODE [contains-tag]\n" },
	{ "two contains tags", PROGRAM,
	  .types = LIST "DECL_TAG contains:node:n 9 : 1\nDECL_TAG contains: 9 : 1\n",
	  .findings = "+0x84: type [9] STRUCT list: member 1 has two DECL_TAGs of what it contains "
		      "[contains-tag]\n" },
	{ "contains tag without a node", PROGRAM, .types = LIST "DECL_TAG contains:node 9 : 1\n",
	  .findings = "+0x84: type [9] STRUCT list: member 1 has DECL_TAG [10] without a colon "
		      "before the node's name [contains-tag]\n" },
	{ "contains tag with an empty node", PROGRAM,
	  .types = LIST "DECL_TAG contains:node: 9 : 1\n",
	  .findings = "+0x84: type [9] STRUCT list: member 1 has DECL_TAG [10] without a node's "
		      "name [contains-tag]\n" },
	{ "contains what is not there", PROGRAM, .types = LIST "DECL_TAG contains:nod:n 9 : 1\n",
	  .findings = "+0x84: type [9] STRUCT list: member 1 contains a struct 'nod' that is not "
		      "there [contains-struct]\n" },
	{ "contains a node that is not there", PROGRAM,
	  .types = LIST "DECL_TAG contains:node:m 9 : 1\n",
	  .findings = "+0x84: type [9] STRUCT list: contains [8] STRUCT node, which has no member "
		      "'m' [contains-missing]\n" },
	{ "contains a node that is none", PROGRAM, .types = LIST "DECL_TAG contains:list:l 9 : 1\n",
	  .findings = "+0x84: type [9] STRUCT list: contains [9] STRUCT list, whose member 0 'l' "
		      "is no bpf_list_node at a multiple of 64 bits [contains-node]\n" },
	{ "contains a node of the second name", PROGRAM,
	  .types = SPECIAL
	  "STRUCT bpf_list_node 24\nSTRUCT node 24 vlen=1 : $n 8 0\n"
	  "STRUCT list 24 vlen=2 : $l 1 0 $h 3 64\nDECL_TAG contains:node:n 10 : 1\n",
	  .findings = "+0x90: type [10] STRUCT list: contains [9] STRUCT node, whose node is not "
		      "of the first struct of its name [contains-plain]\n" },
	{ "owner of an owner, 6.18", PROGRAM,
	  .types = SPECIAL
	  "STRUCT a 48 vlen=3 : $l 1 0 $h 3 64 $n 4 192\nDECL_TAG contains:a:n 8 : 1\n",
	  .findings = "+0x6c: type [8] STRUCT a: is held by a list or tree and holds [8] STRUCT a, "
		      "which holds others in turn [ownership-depth]\n" },
	{ "owner of an owner, 6.12", PROGRAM_6_12,
	  .types = SPECIAL
	  "STRUCT a 48 vlen=3 : $l 1 0 $h 3 64 $n 4 192\nDECL_TAG contains:b:n 8 : 1\n"
	  "STRUCT b 24 vlen=1 : $n 4 0\n"
	  "STRUCT c 48 vlen=3 : $l 1 0 $h 3 64 $n 4 192\nDECL_TAG contains:c:n 11 : 1\n",
	  .findings = "+0xc4: type [11] STRUCT c: owns others that own others, more than 8 deep "
		      "[ownership-depth]\n" },
	{ "owners three deep, 6.12", PROGRAM_6_12, .types = THREE_DEEP, .findings = "" },
	{ "owners three deep, 6.18", PROGRAM, .types = THREE_DEEP,
	  .findings = "+0x6c: type [8] STRUCT a: is held by a list or tree and holds [10] STRUCT "
		      "b, which holds others in turn [ownership-depth]\n" },
	{ 0 },
};

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What differs: rows of old types, new types, and all that is told of them. */
#include "told.h"

#include <errno.h>

struct row {
	const char *old_text, *new_text, *told;
};

static void check_rows(const struct row *rows, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		struct kbtf *old = typed(rows[i].old_text, NULL, "old");
		struct kbtf *new = typed(rows[i].new_text, NULL, "new");

		assert_told(old, new, NULL, rows[i].told);
		kbtf_free(new);
		kbtf_free(old);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(*rows))

/* clang-format off */
static const struct row members[] = {
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "" },
	/* ids and the order of types mean nothing */
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "struct s 8 (a 2 0) (b 2 32); int i 4 1", "" },
	/* nor does the order of members, or how an offset is stored */
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "int i 4 1; bstruct s 8 (b 1 32 0) (a 1 0 0)", "" },
	{ "int i 4 1; struct s 8 (a 1 0)", "int i 4 1; struct s 8 (a 1 0) (b 1 32)",
	  "struct s: size 8, members added where there was room|+ 4 4 i b|" },
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32)", "int i 4 1; struct s 8 (b 1 32)",
	  "struct s: size 8, members renamed or removed|- 0 4 i a|" },
	{ "int i 4 1; struct s 4 (a 1 0)", "int i 4 1; struct s 4 (b 1 0)",
	  "struct s: size 4, members renamed or removed|- 0 4 i a|+ 0 4 i b|" },
	{ "int i 4 1; struct s 8 (a 1 0)", "int i 4 1; struct s 8 (a 1 32)",
	  "struct s: size 8, members moved or resized|~ 0 -> 4 i a|" },
	/* moves by one distance are one line, others are not of it */
	{ "int i 4 1; struct s 16 (a 1 0) (b 1 32) (c 1 64)",
	  "int i 4 1; struct s 16 (x 1 0) (a 1 32) (b 1 64) (c 1 96)",
	  "struct s: size 16, members moved or resized|+ 0 4 i x|~ 0 -> 4 a ... c (3 members moved by +4)|" },
	{ "int i 4 1; struct s 16 (a 1 64) (b 1 96)", "int i 4 1; struct s 16 (a 1 32) (b 1 0)",
	  "struct s: size 16, members moved or resized|~ 8 -> 4 i a|~ 12 -> 0 i b|" },
	{ "int i 4 1; struct s 4 (a 1 0)", "int i 4 1; struct s 8 (a 1 0)",
	  "struct s: size 4 -> 8|" },
	{ "int i 4 1; struct s 8 (a 1 0)", "int l 8 1; int i 4 1; struct s 8 (a 1 0)",
	  "struct s: size 8, members moved or resized|- 0 4 i a|+ 0 8 l a|+int l, size 8|" },
	{ "int i 4 1; int j 4 1; struct s 8 (a 1 0)", "int i 4 1; int j 4 1; struct s 8 (a 2 0)",
	  "struct s: size 8, layout as it was|- 0 4 i a|+ 0 4 j a|" },
	/* a type of one name and another size is another size of the member */
	{ "struct in 4; struct s 8 (a 1 0)", "struct in 8; struct s 8 (a 1 0)",
	  "struct in: size 4 -> 8|struct s: size 8, members moved or resized|- 0 4 struct in a|+ 0 8 struct in a|" },
	/* what changed inside a named type is told there alone */
	{ "int i 4 1; struct in 8 (x 1 0); struct s 8 (a 2 0)", "int i 4 1; struct in 8 (x 1 32); struct s 8 (a 2 0)",
	  "struct in: size 8, members moved or resized|~ 0 -> 4 i x|" },
	{ "struct in 4; ptr 1; struct s 8 (a 2 0)", "struct in 8; ptr 1; struct s 8 (a 2 0)",
	  "struct in: size 4 -> 8|" },
	/* bitfields */
	{ "int i 4 1; bstruct s 4 (a 1 0 3) (b 1 3 5)", "int i 4 1; bstruct s 4 (a 1 0 5) (b 1 5 5)",
	  "struct s: size 4, members moved or resized|- 0:0 i a:3|+ 0:0 i a:5|~ 0:3 -> 0:5 i b:5|" },
	{ "int i 4 1; struct s 4 (a 1 0)", "int i 4 1; bstruct s 4 (a 1 0 32)",
	  "struct s: size 4, members moved or resized|- 0 4 i a|+ 0:0 i a:32|" },
	{ "int i 4 1; bstruct s 4 (a 1 0 3) (b 1 3 1) (c 1 4 1)", "int i 4 1; bstruct s 4 (a 1 0 3) (b 1 4 1) (c 1 5 1)",
	  "struct s: size 4, members moved or resized|~ 0:3 -> 0:4 b ... c (2 members moved by +1 bits)|" },
	/* bitfields of old compilers: the INT has the width, and an offset */
	{ "kind 1 i 4 (0x01000003); struct s 4 (a 1 0)", "kind 1 i 4 (0x01000005); struct s 4 (a 1 0)",
	  "struct s: size 4, members moved or resized|- 0 i a|+ 0 i a|int i|- bits 3|+ bits 5|" },
	/* of one name the first is matched with the first */
	{ "int i 4 1; struct s 8 (a 1 0) (a 1 32)", "int i 4 1; struct s 12 (a 1 0) (a 1 32) (a 1 64)",
	  "struct s: size 8 -> 12|+ 8 4 i a|" },
	{ "int i 4 1; struct s 4 (- 1 0)", "int i 4 1; struct s 4 (- 1 8)",
	  "struct s: size 4, members moved or resized|~ 0 -> 1 i|" },
	/* a union is another kind of type, and a tag is not a typedef */
	{ "struct s 4", "union s 4", "-struct s, size 4|+union s, size 4|" },
	{ "int i 4 1; typedef s 1", "int i 4 1; struct s 4", "+struct s, size 4|-typedef i s|" },
	{ "struct s 4", "", "-struct s, size 4|" },
};

static const struct row unnamed[] = {
	/* members of anonymous types are the outer one's */
	{ "int i 4 1; struct s 4 (a 1 0)", "int i 4 1; union - 4 (a 1 0); struct s 4 (- 2 0)",
	  "struct s: size 4, layout as it was|- 0 4 i a|+ 0 4 i a (<anonymous union>.a)|" },
	{ "int i 4 1; struct - 4 (a 1 0); struct s 4 (- 2 0)", "int i 4 1; union - 4 (a 1 0); struct s 4 (- 2 0)",
	  "struct s: size 4, layout as it was|- 0 4 i a (<anonymous struct>.a)|+ 0 4 i a (<anonymous union>.a)|" },
	{ "int i 4 1; union - 4 (a 1 0); struct - 8 (- 2 32); struct s 8 (- 3 0)",
	  "int i 4 1; union - 8 (a 1 0) (b 1 0); struct - 8 (- 2 0); struct s 8 (- 3 0)",
	  "struct s: size 8, members moved or resized|"
	  "~ 4 -> 0 i a|+ 0 4 i b (<anonymous struct>.<anonymous union>.b)|" },
	/* a named member of an unnamed type is gone into */
	{ "int i 4 1; struct - 8 (x 1 0); struct s 12 (a 1 0) (u 2 32)", "int i 4 1; struct - 8 (x 1 0) (y 1 32); struct s 12 (a 1 0) (u 2 32)",
	  "struct s: size 12, members added where there was room|+ 8 4 i u.y|" },
	{ "int i 4 1; struct - 4 (x 1 0); array 2 1 2; struct s 8 (u 3 0)", "int i 4 1; struct - 4 (y 1 0); array 2 1 2; struct s 8 (u 3 0)",
	  "struct s: size 8, members renamed or removed|- 0 4 i u[].x|+ 0 4 i u[].y|" },
	/* what moved with it did not move in it */
	{ "int i 4 1; struct - 4 (x 1 0); struct s 12 (u 2 0)", "int i 4 1; struct - 8 (x 1 0) (y 1 32); struct s 12 (u 2 32)",
	  "struct s: size 12, members moved or resized|"
	  "- 0 4 struct { i x; } u|+ 4 8 struct { i x; i y; } u|+ 8 4 i u.y|" },
	{ "int i 4 1; struct - 4 (x 1 0); const 2; struct s 4 (u 2 0)", "int i 4 1; struct - 4 (x 1 0); const 2; struct s 4 (u 3 0)",
	  "struct s: size 4, layout as it was|- 0 4 struct { i x; } u|+ 0 4 const struct { i x; } u|" },
	{ "int i 4 1; struct - 4 (x 1 0); struct s 4 (u 2 0)", "int i 4 1; union - 4 (x 1 0); struct s 4 (u 2 0)",
	  "struct s: size 4, layout as it was|- 0 4 struct { i x; } u|+ 0 4 union { i x; } u|" },
	{ "enum - 4 (A 0); struct s 4 (e 1 0)", "enum - 4 (A 0) (B 1); struct s 4 (e 1 0)",
	  "struct s: size 4, layout as it was|+ B = 1|" },
	/* behind a pointer its whole type is another one */
	{ "int i 4 1; struct - 4 (x 1 0); ptr 2; struct s 8 (p 3 0)", "int i 4 1; struct - 4 (y 1 0); ptr 2; struct s 8 (p 3 0)",
	  "struct s: size 8, layout as it was|- 0 8 struct { i x; } *p|+ 0 8 struct { i y; } *p|" },
	/* what a typedef gives a name to is its own */
	{ "int i 4 1; struct - 4 (x 1 0); typedef t 2; struct s 4 (a 3 0)", "int i 4 1; struct - 8 (x 1 0) (y 1 32); typedef t 2; struct s 8 (a 3 0)",
	  "struct s: size 4 -> 8|- 0 4 t a|+ 0 8 t a|typedef t: size 4 -> 8|+ 4 4 i y|" },
	{ "enum - 4 (A 0); typedef t 1", "enum - 4 (A 1); typedef t 1", "typedef t|~ A = 0 -> 1|" },
	{ "enum - 4 (A 0) (B 1); typedef t 1", "enum - 4 (B 1) (A 0); typedef t 1", "" },
	{ "struct - 4; typedef t 1", "union - 4; typedef t 1",
	  "typedef t|- typedef struct { } t|+ typedef union { } t|" },
	/* types that lead to themselves through what has no name */
	{ "struct - 8 (p 2 0); ptr 1; struct s 8 (q 2 0)", "ptr 2; struct - 8 (p 1 0); struct s 8 (q 1 0)", "" },
	{ "int i 4 1; struct - 16 (p 3 0) (a 1 64); ptr 2; struct s 8 (q 3 0)",
	  "int i 4 1; struct - 16 (p 3 0) (b 1 64); ptr 2; struct s 8 (q 3 0)",
	  "struct s: size 8, layout as it was|"
	  "- 0 8 struct { struct { struct { struct { struct { ... } *p; i a; } *p; i a; } *p; i a; } *p; i a; } *q|"
	  "+ 0 8 struct { struct { struct { struct { struct { ... } *p; i b; } *p; i b; } *p; i b; } *p; i b; } *q|" },
};

static const struct row others[] = {
	{ "enum e 4 (A 0) (B 1)", "enum e 4 (B 1) (A 0)", "" },
	{ "enum e 4 (A 0)", "enum64 e 4 (A 0)", "" },
	{ "enum e 4 (A 0) (Z 1)", "enum e 4 (A 0) (B 1) (Z 2)", "enum e|+ B = 1|~ Z = 1 -> 2|" },
	{ "enum e 4 (A 0) (B 1) (C 2) (D 9)", "enum e 4 (A 5) (B 6) (D 9)",
	  "enum e|~ A ... B = 0 ... 1 -> 5 ... 6 (2 values)|- C = 2|" },
	{ "enum e 4 (A 0)", "enum64 e 8 (A 0x100000000)", "enum e: size 4 -> 8|~ A = 0 -> 4294967296|" },
	{ "enum e 4 (A -1)", "enum e 4", "enum e|- A = 4294967295|" },
	{ "typedef t 0", "ptr 0; typedef t 1", "typedef t|- typedef void t|+ typedef void *t|" },
	{ "struct s 4; typedef t 1", "struct s 8; typedef t 1", "struct s: size 4 -> 8|" },
	{ "int i 4 1; proto 1 (a 1); func f 2 1", "int i 4 1; proto 1 (a 1); func f 2 1", "" },
	{ "int i 4 1; proto 1 (a 1); func f 2 1", "int i 4 1; proto 1 (x 1) (a 1); func f 2 1",
	  "function f|- i f(i a)|+ i f(i x, i a)|" },
	{ "int i 4 1; proto 1 (a 1); func f 2 1", "int i 4 1; proto 0 (a 1); func f 2 1",
	  "function f|- i f(i a)|+ void f(i a)|" },
	{ "int i 4 1; proto 1 (a 1); func f 2 1", "int i 4 1; proto 1 (b 1); func f 2 1",
	  "function f|- i f(i a)|+ i f(i b)|" },
	{ "proto 0 (- 0); func f 1 1", "proto 0; func f 1 1", "function f|- void f(...)|+ void f(void)|" },
	{ "proto 0; func f 1 0", "proto 0; func f 1 1", "function f|- linkage static|+ linkage global|" },
	{ "proto 0; func f 1 4", "proto 0; func f 1 5", "function f|- linkage 4|+ linkage 5|" },
	{ "proto 0; ptr 1; proto 0 (cb 2); func f 3 1", "int i 4 1; proto 0 (- 1); ptr 2; proto 0 (cb 3); func f 4 1",
	  "function f|- void f(void (*cb)(void))|+ void f(void (*cb)(i))|+int i, size 4|" },
	{ "struct s 4; ptr 1; proto 0 (p 2); func f 3 1", "fwd s; ptr 1; proto 0 (p 2); func f 3 1",
	  "struct s|- definition defined|+ definition only declared|" },
	{ "int i 4 1; var v 1 0; datasec .data 4 (2 0 4)", "int i 4 1; var v 1 1; datasec .bss 4 (2 0 4)",
	  "variable v|- linkage static|+ linkage global|- section .data|+ section .bss|-section .data|+section .bss|" },
	{ "int i 4 1; var v 1 0; datasec .data 4 (2 0 4)", "int i 4 1; var v 1 0; datasec .data 64 (2 32 4)", "" },
	{ "int i 4 1; var v 1 0", "int i 4 1; ptr 1; var v 2 0", "variable v|- i v|+ i *v|" },
	{ "int i 4 1", "int i 4 2", "int i|- encoding SIGNED|+ encoding CHAR|" },
	{ "int i 4 3", "int i 4 5", "int i|- encoding 3|+ encoding 5|" },
	{ "float f 4", "float f 8", "float f: size 4 -> 8|" },
	/* modifiers and tags are part of a type */
	{ "int i 4 1; ptr 1; struct s 8 (a 2 0)", "int i 4 1; ttag user 1; ptr 2; struct s 8 (a 3 0)",
	  "struct s: size 8, layout as it was|- 0 8 i *a|+ 0 8 i __user *a|" },
	{ "int i 4 1; ptr 1; struct s 8 (a 2 0)", "int i 4 1; const 1; volatile 2; ptr 3; const 4; struct s 8 (a 5 0)",
	  "struct s: size 8, layout as it was|- 0 8 i *a|+ 0 8 volatile const i *const a|" },
	/* declaration tags; those of members go by the members' names */
	{ "proto 0; func f 1 1", "proto 0; func f 1 1; dtag bpf_kfunc 2 -1", "function f|+ tag bpf_kfunc|" },
	{ "int i 4 1; struct s 4 (a 1 0); dtag x 2 0", "int i 4 1; struct s 8 (b 1 0) (a 1 32); dtag x 2 1",
	  "struct s: size 4 -> 8|+ 0 4 i b|~ 0 -> 4 i a|" },
	{ "int i 4 1; struct s 4 (a 1 0); dtag x 2 0", "int i 4 1; struct s 4 (a 1 0); dtag y 2 0",
	  "struct s: size 4, layout as it was|- tag x of a|+ tag y of a|" },
	{ "proto 0 (a 0); func f 1 1; dtag x 2 0; dtag x 2 7", "proto 0 (a 0); func f 1 1",
	  "function f|- tag x of #7|- tag x of a|" },
	/* dimensions are parts of a type too */
	{ "int i 4 1; array 1 1 6; array 2 1 1; struct s 24 (a 3 0)", "int i 4 1; array 1 1 3; array 2 1 2; struct s 24 (a 3 0)",
	  "struct s: size 24, layout as it was|- 0 24 i a[1][6]|+ 0 24 i a[2][3]|" },
};

/* Several types of one name. */
static const struct row several[] = {
	/* the same ones, in another order, and once more */
	{ "int i 4 1; struct s 4 (a 1 0); struct s 8 (b 1 0)", "int i 4 1; struct s 8 (b 1 0); struct s 4 (a 1 0); struct s 4 (a 1 0)", "" },
	/* what changed is what is left over */
	{ "int i 4 1; struct s 4 (a 1 0); struct s 8 (b 1 0)", "int i 4 1; struct s 8 (b 1 0) (c 1 32); struct s 4 (a 1 0)",
	  "struct s: size 8, members added where there was room|+ 4 4 i c|" },
	/* most names in common; here neither has its equal */
	{ "int i 4 1; struct s 8 (a 1 0) (b 1 32); struct s 8 (c 1 0) (d 1 32)",
	  "int i 4 1; struct s 12 (c 1 0) (d 1 32) (x 1 64); struct s 12 (a 1 0) (b 1 32) (y 1 64)",
	  "struct s: size 8 -> 12|+ 8 4 i y|struct s: size 8 -> 12|+ 8 4 i x|" },
	{ "int i 4 1; struct s 4 (a 1 0); struct s 4 (b 1 0)", "int i 4 1; struct s 4 (a 1 0)", "-struct s, size 4|" },
	/* nothing in common: not one that changed */
	{ "int i 4 1; struct s 4 (a 1 0); struct s 4 (b 1 0)", "int i 4 1; struct s 4 (c 1 0); struct s 4 (d 1 0)",
	  "-struct s, size 4|-struct s, size 4|+struct s, size 4|+struct s, size 4|" },
	/* forwards are passed over where there is a definition, ... */
	{ "struct s 4; fwd s", "fwd s; struct s 4", "" },
	{ "struct s 4", "fwd s; struct s 4", "" },
	{ "struct s 4; fwd s; fwd s", "struct s 8", "struct s: size 4 -> 8|" },
	/* and are types where there is none */
	{ "fwd s; fwd s", "fwd s", "" },
	{ "fwd s", "", "-struct s, only declared|" },
	{ "", "ufwd s", "+union s, only declared|" },
	{ "fwd s", "ufwd s", "-struct s, only declared|+union s, only declared|" },
	/* types without parts are paired in order */
	{ "typedef t 0; ptr 0; typedef t 2", "int i 4 1; typedef t 1; ptr 0; typedef t 3",
	  "typedef t|- typedef void t|+ typedef i t|+int i, size 4|" },
	/* enums that are nothing but constants, by the constants they have in common */
	{ "enum - 4 (A 0) (B 1); enum - 4 (X 0) (Y 1)", "enum - 4 (X 0) (Y 2); enum - 4 (A 0) (B 1)", "enum { X, ... }|~ Y = 1 -> 2|" },
	{ "enum - 4 (A 0)", "enum - 4 (B 0)", "-enum { A }|+enum { B }|" },
	{ "enum - 4 (A 0); enum - 4 (A 0)", "enum - 4 (A 0)", "" },
};
/* clang-format on */

static void test_members(void **state)
{
	(void)state;
	CHECK_ROWS(members);
}

static void test_unnamed(void **state)
{
	(void)state;
	CHECK_ROWS(unnamed);
}

static void test_others(void **state)
{
	(void)state;
	CHECK_ROWS(others);
}

static void test_several(void **state)
{
	(void)state;
	CHECK_ROWS(several);
}

static void test_names_asked_for(void **state)
{
	static const char *const names[] = { "b", "t" }, *const unknown[] = { "b", "nobody" };
	struct kbtf_diff_opts opts = { .names = names, .nr_names = 2 };
	struct kbtf *old = typed("struct a 4; struct b 4; enum - 4 (A 0)", NULL, "old");
	struct kbtf *new = typed("struct a 8; struct b 8; union b 4; typedef t 0", NULL, "new");
	struct kbtf_diff *diff;
	struct kbtf_diag diag;

	(void)state;
	assert_told(old, new, &opts, "struct b: size 4 -> 8|+union b, size 4|+typedef void t|");
	opts.names = unknown;
	assert_int_equal(kbtf_diff_new(old, new, &opts, &diff, &diag), -ENOENT);
	assert_diag(&diag, "neither has a type named nobody [no-type]");
	kbtf_free(new);
	kbtf_free(old);
}

/* Own types of split BTF; what one side has in its base it has. */
static void test_split(void **state)
{
	struct kbtf *old_base = typed("int i 4 1; struct k 4 (x 1 0)", NULL, "old base");
	struct kbtf *new_base =
		typed("int i 4 1; struct m 8 (x 1 0); struct k 8 (x 1 0)", NULL, "new base");
	struct kbtf *old = typed("struct m 4 (x 1 0); struct s 4 (a 2 0); proto 0; func i 5 0",
				 old_base, "old");
	struct kbtf *new = typed("struct s 8 (a 3 0); struct n 4", new_base, "new");

	(void)state;
	assert_told(old, new, NULL,
		    "+struct n, size 4|struct m: size 4 -> 8|"
		    "struct s: size 4 -> 8|- 0 4 struct k a|+ 0 8 struct k a|"
		    "-function void i(void)|");
	assert_told(old, old, NULL, "");
	kbtf_free(new);
	kbtf_free(old);
	kbtf_free(new_base);
	kbtf_free(old_base);
}

/* Pointers of 4 bytes, as the size of long tells. */
static void test_32_bits(void **state)
{
	struct kbtf_builder *b;
	struct kbtf *sides[2];
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		b = kbtf_builder_new(NULL);
		kbtf_builder_int(b, "long int", 4, KBTF_INT_SIGNED);
		kbtf_builder_type(b, KBTF_PTR, NULL, 0, 1);
		kbtf_builder_type(b, KBTF_STRUCT, "s", 0, 8);
		kbtf_builder_member(b, "p", i ? 2 : 1, 0, 0);
		sides[i] = made(b, "t");
	}
	assert_told(sides[0], sides[1], NULL,
		    "struct s: size 8, layout as it was|- 0 4 long int p|+ 0 4 long int *p|");
	kbtf_free(sides[0]);
	kbtf_free(sides[1]);
}

/* Many ways to get from one unnamed type to another: compared once each, or refused. */
static void test_entangled(void **state)
{
	enum { NR = 90 };
	struct kbtf_diff *diff;
	struct kbtf_diag diag;
	unsigned int i, n;
	struct kbtf *btf[3];

	(void)state;
	for (n = 0; n < 3; n++) {
		char *text = malloc(NR * 64), *at = text;

		assert_non_null(text);
		at += sprintf(at, "struct - 16 (a 3 0) (b 3 64); ptr %u", n == 1 ? 0 : 1);
		for (i = 1; i < NR; i++)
			at += sprintf(at, "; struct - 16 (a %u 0) (b %u 64); ptr %u",
				      i == NR - 1 ? 2 : 2 * i + 4, i == NR - 1 ? 2 : 2 * i + 4,
				      2 * i + 1);
		sprintf(at, "; struct s 8 (p 4 0)");
		btf[n] = typed(text, NULL, "t");
		free(text);
	}
	assert_told(btf[0], btf[2], NULL, "");
	assert_int_equal(kbtf_diff_new(btf[0], btf[1], NULL, &diff, &diag), 0);
	kbtf_diff_free(diff);
	for (n = 0; n < 3; n++)
		kbtf_free(btf[n]);

	/* A chain of unnamed types longer than any compiler makes. */
	for (n = 0; n < 2; n++) {
		char *text = malloc(400 * 64), *at = text;

		assert_non_null(text);
		at += sprintf(at, "struct s 8 (p 2 0); ptr 3");
		for (i = 1; i < 200; i++)
			at += sprintf(at, "; struct - 8 (p %u 0); ptr %u", 2 * i + 2, 2 * i + 3);
		sprintf(at, "; struct - %u", 4 + n);
		btf[n] = typed(text, NULL, "t");
		free(text);
	}
	assert_int_equal(kbtf_diff_new(btf[0], btf[1], NULL, &diff, &diag), -E2BIG);
	assert_diag(&diag, "types without names refer to each other in more ways than can be "
			   "compared [too-entangled]");
	kbtf_free(btf[0]);
	kbtf_free(btf[1]);
}

/* 2^40 members by value are not looked at one by one. */
static void test_too_many_members(void **state)
{
	char old_text[4000] = "int i 4 1; struct - 8 (x 1 0)", new_text[4000];
	struct kbtf *old, *new;
	unsigned int i;

	(void)state;
	for (i = 2; i < 40; i++)
		sprintf(old_text + strlen(old_text), "; struct - 8 (- %u 0) (- %u 0)", i, i);
	strcpy(new_text, old_text);
	strcat(old_text, "; struct s 8 (- 40 0)");
	strcat(new_text, "; struct s 8 (- 40 0) (y 1 0)");
	old = typed(old_text, NULL, "old");
	new = typed(new_text, NULL, "new");
	assert_told(old, new, NULL,
		    "struct s: size 8, layout as it was|- members too many|"
		    "+ members too many to compare|");
	kbtf_free(new);
	kbtf_free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),		 cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_others),		 cmocka_unit_test(test_several),
		cmocka_unit_test(test_names_asked_for),	 cmocka_unit_test(test_split),
		cmocka_unit_test(test_32_bits),		 cmocka_unit_test(test_entangled),
		cmocka_unit_test(test_too_many_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

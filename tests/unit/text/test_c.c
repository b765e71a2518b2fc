// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* C: declarations of each form, order, layout, names, notes, and writers that fail. */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/text.h>

struct text {
	char *data;
	size_t size, nr_writes;
	size_t fail_at; /* the write that fails; 0: none */
};

static int collect(void *ctx, const char *text, size_t n)
{
	struct text *t = ctx;

	if (++t->nr_writes == t->fail_at)
		return -ENOSPC;
	t->data = realloc(t->data, t->size + n + 1);
	assert_non_null(t->data);
	memcpy(t->data + t->size, text, n);
	t->size += n;
	t->data[t->size] = '\0';
	return 0;
}

/* Notes, a line each. */
static void on_note(void *ctx, const struct kbtf_diag *diag)
{
	char line[1024];
	int len = kbtf_diag_format(diag, line, sizeof(line));

	collect(ctx, line, (size_t)len);
	collect(ctx, "\n", 1);
}

static void assert_c(const struct kbtf *btf, const struct kbtf_c_opts *opts, const char *expected)
{
	struct kbtf_diag diag;
	struct text t = { 0 };

	assert_ok(kbtf_text_c(btf, opts, collect, &t, &diag), &diag);
	assert_string_equal(t.data ? t.data : "", expected);
	free(t.data);
}

/* Types that all cases have; those of a case begin with type 7. */
#define INT "1"
#define CHAR "2"
#define LONG "3"
#define BOOL "4"
#define INT128 "5"
#define POINTER "6"
#define COMMON "int int 4 1; int char 1 0; int long 8 1; int _Bool 1 4; int __int128 16 1; ptr 0; "

struct c_case {
	const char *types, *text, *notes;
};

static void assert_cases(const struct c_case *cases, size_t nr)
{
	char types[2048];
	size_t i;

	for (i = 0; i < nr; i++) {
		struct text notes = { 0 };
		struct kbtf_c_opts opts = { .note = on_note, .note_ctx = &notes };
		struct kbtf *btf;

		snprintf(types, sizeof(types), COMMON "%s", cases[i].types);
		btf = typed(types, NULL, "made");
		assert_c(btf, &opts, cases[i].text);
		assert_string_equal(notes.data ? notes.data : "",
				    cases[i].notes ? cases[i].notes : "");
		free(notes.data);
		kbtf_free(btf);
	}
}

/* What stands around types. */
#define HEAD "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n"
#define TAGS                                                                                       \
	"\n#ifndef __btf_type_tag\n#if __has_attribute(btf_type_tag)\n"                            \
	"#define __btf_type_tag(tag) __attribute__((btf_type_tag(tag)))\n#else\n"                  \
	"#define __btf_type_tag(tag)\n#endif\n#endif\n\n"                                          \
	"#ifndef __btf_decl_tag\n#if __has_attribute(btf_decl_tag)\n"                              \
	"#define __btf_decl_tag(tag) __attribute__((btf_decl_tag(tag)))\n#else\n"                  \
	"#define __btf_decl_tag(tag)\n#endif\n#endif\n"
#define FOR_BPF                                                                                    \
	"#if defined(__clang__) && defined(__bpf__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)\n"
#define RELOCATABLE                                                                                \
	"\n" FOR_BPF "#pragma clang attribute push(__attribute__((preserve_access_index)), "       \
	"apply_to = record)\n"                                                                     \
	"#endif\n"
#define TAIL "\n" FOR_BPF "#pragma clang attribute pop\n#endif\n\n#endif /* __VMLINUX_H__ */\n"
#define KFUNCS                                                                                     \
	"\n#ifndef __ksym\n#define __ksym __attribute__((section(\".ksyms\")))\n#endif\n\n"        \
	"#ifndef __weak\n#define __weak __attribute__((weak))\n#endif\n\n"                         \
	"#ifndef __bpf_fastcall\n#if __has_attribute(bpf_fastcall)\n"                              \
	"#define __bpf_fastcall __attribute__((bpf_fastcall))\n#else\n"                            \
	"#define __bpf_fastcall\n#endif\n#endif\n\n#ifndef BPF_NO_KFUNC_PROTOTYPES\n"

#define CASES(cases) assert_cases(cases, sizeof(cases) / sizeof(*cases))

static void test_declarations(void **state)
{
	static const struct c_case cases[] = {
		{ "typedef t " INT, "typedef int t;\n", NULL },
		{ "typedef t " POINTER, "typedef void *t;\n", NULL },
		{ "const " INT "; ptr 7; const 8; typedef t 9", "typedef const int *const t;\n",
		  NULL },
		{ "volatile 8; const " INT "; typedef t 7", "typedef const volatile int t;\n",
		  NULL },
		{ "restrict " POINTER "; typedef t 7", "typedef void *__restrict t;\n", NULL },
		/* arrays: of arrays, of pointers, pointed to, qualified */
		{ "array " INT " 1 3; array 7 1 2; typedef t 8", "typedef int t[2][3];\n", NULL },
		{ "array " POINTER " 1 3; typedef t 7", "typedef void *t[3];\n", NULL },
		{ "array " INT " 1 3; ptr 7; typedef t 8", "typedef int (*t)[3];\n", NULL },
		{ "array " INT " 1 3; const 7; typedef t 8", "typedef const int t[3];\n", NULL },
		{ "array " INT " 1 0; typedef t 7", "typedef int t[0];\n", NULL },
		/* functions */
		{ "proto 0; typedef t 7", "typedef void t(void);\n", NULL },
		{ "proto " INT " (a " INT ") (- " POINTER "); ptr 7; typedef t 8",
		  "typedef int (*t)(int a, void *);\n", NULL },
		{ "proto " INT " (a " INT ") (- 0); ptr 7; typedef t 8",
		  "typedef int (*t)(int a, ...);\n", NULL },
		{ "proto " INT " (- 0); ptr 7; typedef t 8", "typedef int (*t)();\n", NULL },
		{ "proto 8 (- " LONG "); ptr 9; proto " INT " (- " CHAR "); ptr 7; typedef t 10",
		  "typedef int (*(*t)(long))(char);\n", NULL },
		{ "proto 8; ptr 9; array " INT " 1 4; array 12 1 2; ptr 7; const 11; "
		  "typedef t 10",
		  "typedef int (*(*const t[2])(void))[4];\n", NULL },
		{ "proto 0; ptr 7; proto 0 (cb 8); ptr 9; typedef t 10",
		  "typedef void (*t)(void (*cb)(void));\n", NULL },
	};

	(void)state;
	CASES(cases);
}

static void test_order(void **state)
{
	static const struct c_case cases[] = {
		/* a contains b, which points to a */
		{ "struct a 24 (x " INT " 0) (b 8 64); struct b 16 (up 9 0) (fn 10 64); ptr 7; "
		  "ptr 11; proto 0 (a 9)",
		  "struct a;\n\n"
		  "struct b {\n\tstruct a *up;\n\tvoid (*fn)(struct a *a);\n};\n\n"
		  "struct a {\n\tint x;\n\tstruct b b;\n};\n",
		  NULL },
		/* a typedef of a struct without a name, before what has it by pointer */
		{ "struct a 8 (p 8 0); ptr 9; typedef t 10; struct - 4 (x " INT " 0)",
		  "typedef struct {\n\tint x;\n} t;\n\nstruct a {\n\tt *p;\n};\n", NULL },
		/* a typedef that is whole later than it is declared */
		{ "struct a 8 (p 8 0); ptr 9; typedef t 10; struct b 4 (x " INT " 0); "
		  "struct c 4 (t 9 0)",
		  "struct b;\ntypedef struct b t;\n\nstruct a {\n\tt *p;\n};\n\n"
		  "struct b {\n\tint x;\n};\n\nstruct c {\n\tt t;\n};\n",
		  NULL },
		/* what a typedef of an array is made of has to be whole */
		{ "struct a 8 (p 8 0); ptr 9; typedef t 10; array 11 1 2; struct b 4 (x " INT " 0)",
		  "struct b {\n\tint x;\n};\n\ntypedef struct b t[2];\n\n"
		  "struct a {\n\tt *p;\n};\n",
		  NULL },
		/* an enum that nothing contains comes last, one that is contained does not come */
		{ "enum - 4 (A 0); enum - 4 (B 1); struct a 4 (e 8 0)",
		  "struct a {\n\tenum {\n\t\tB = 1,\n\t} e;\n};\n\nenum {\n\tA = 0,\n};\n", NULL },
	};

	(void)state;
	CASES(cases);
}

static void test_layout(void **state)
{
	static const struct c_case cases[] = {
		/* as members lie by themselves */
		{ "struct s 24 (c " CHAR " 0) (i " INT " 32) (l " LONG " 64) (d " CHAR " 128)",
		  "struct s {\n\tchar c;\n\tint i;\n\tlong l;\n\tchar d;\n};\n", NULL },
		{ "struct s 0", "struct s {};\n", NULL },
		/* a hole that alignment does not make, and one at the end */
		{ "struct s 24 (i " INT " 0) (l " LONG " 128)",
		  "struct s {\n\tint i;\n\tint : 32;\n\tlong : 64;\n\tlong l;\n};\n",
		  "made+0x74: type [7] STRUCT s: 12 bytes are left before member 'l', more than "
		  "its "
		  "type is aligned to: an alignment is missing in BTF [over-aligned]\n" },
		{ "struct s 8 (i " INT " 0)", "struct s {\n\tint i;\n\tint : 32;\n};\n",
		  "made+0x74: type [7] STRUCT s: 4 bytes are left at its end, more than its "
		  "members "
		  "are aligned to: an alignment is missing in BTF [over-aligned]\n" },
		{ "struct s 4 (c " CHAR " 0)",
		  "struct s {\n\tchar c;\n\tchar : 8;\n\tchar : 8;\n\tchar : 8;\n};\n",
		  "made+0x74: type [7] STRUCT s: 3 bytes are left at its end, more than its "
		  "members "
		  "are aligned to: an alignment is missing in BTF [over-aligned]\n" },
		/* a large one */
		{ "struct s 4096 (c " CHAR " 0)",
		  "struct s {\n\tchar c;\n\tunsigned char __kbtf_gap_0[4095];\n};\n",
		  "made+0x74: type [7] STRUCT s: 4095 bytes are left at its end, more than its "
		  "members are aligned to: an alignment is missing in BTF [over-aligned]\n" },
		{ "union u 8 (c " CHAR " 0) (i " INT " 0)",
		  "union u {\n\tchar c;\n\tint i;\n\tunsigned char __kbtf_union_0[8];\n};\n",
		  "made+0x74: type [7] UNION u: 4 bytes are left at its end, more than its members "
		  "are aligned to: an alignment is missing in BTF [over-aligned]\n" },
		/* packed: a member's place, the size */
		{ "struct s 6 (c " CHAR " 0) (i " INT " 16)",
		  "struct s {\n\tchar c;\n\tchar : 8;\n\tint i;\n} __attribute__((packed));\n",
		  NULL },
		{ "struct s 5 (i " INT " 0) (c " CHAR " 32)",
		  "struct s {\n\tint i;\n\tchar c;\n} __attribute__((packed));\n", NULL },
		{ "union u 3 (i 8 0) (c " CHAR " 0); array " CHAR " 1 3",
		  "union u {\n\tchar i[3];\n\tchar c;\n};\n", NULL },
		{ "union u 5 (i " INT " 0) (c 8 0); array " CHAR " 1 5",
		  "union u {\n\tint i;\n\tchar c[5];\n} __attribute__((packed));\n", NULL },
		/* what has a packed struct is aligned like that */
		{ "struct s 8 (c " CHAR " 0) (p 8 8) (d " CHAR " 48); struct p 5 (i " INT
		  " 0) (c " CHAR " 32)",
		  "struct p {\n\tint i;\n\tchar c;\n} __attribute__((packed));\n\n"
		  "struct s {\n\tchar c;\n\tstruct p p;\n\tchar d;\n\tchar : 8;\n};\n",
		  "made+0x74: type [7] STRUCT s: 1 bytes are left at its end, more than its "
		  "members "
		  "are aligned to: an alignment is missing in BTF [over-aligned]\n" },
		/* inside of others, without names */
		{ "struct s 16 (- 8 0) (v 9 64); union - 8 (l " LONG
		  " 0) (- 9 0); struct - 8 (a " INT " 0) (b " INT " 32)",
		  "struct s {\n\tunion {\n\t\tlong l;\n\t\tstruct {\n\t\t\tint a;\n\t\t\tint b;"
		  "\n\t\t};\n\t};\n\tstruct {\n\t\tint a;\n\t\tint b;\n\t} v;\n};\n",
		  NULL },
		/* a struct with a name whose members are the outer one's, as -fms-extensions has it
		 */
		{ "struct in 4 (i " INT " 0); struct s 8 (- 7 0) (c " CHAR " 32); typedef t 7; "
		  "struct s2 4 (- 9 0)",
		  "struct in {\n\tint i;\n};\n\n"
		  "struct s {\n\tstruct {\n\t\tint i;\n\t};\n\tchar c;\n};\n\n"
		  "typedef struct in t;\n\nstruct s2 {\n\tstruct {\n\t\tint i;\n\t};\n};\n",
		  NULL },
		/* flexible, and none at all */
		{ "struct s 8 (l " LONG " 0) (data 8 64); array " CHAR " 1 0",
		  "struct s {\n\tlong l;\n\tchar data[0];\n};\n", NULL },
		{ "struct s 0 (data 8 0); array " LONG " 1 0", "struct s {\n\tlong data[0];\n};\n",
		  NULL },
		{ "struct s 32 (c " CHAR " 0) (q " INT128 " 128)",
		  "struct s {\n\tchar c;\n\t__int128 q;\n};\n", NULL },
		/* only the size is known */
		{ "struct s 8", "struct s {\n\tunsigned char __kbtf_opaque_0[8];\n};\n", NULL },
	};

	(void)state;
	CASES(cases);
}

static void test_bitfields(void **state)
{
	static const struct c_case cases[] = {
		{ "bstruct s 4 (a " INT " 0 3) (b " INT " 3 5) (c " CHAR " 8 0) (d " BOOL " 16 1)",
		  "struct s {\n\tint a : 3;\n\tint b : 5;\n\tchar c;\n\t_Bool d : 1;\n};\n", NULL },
		/* what does not fit goes to the next unit by itself */
		{ "bstruct s 8 (a " INT " 0 20) (b " INT " 32 20)",
		  "struct s {\n\tint a : 20;\n\tint b : 20;\n};\n", NULL },
		/* bits without a name, one of them in BTF */
		{ "bstruct s 4 (a " INT " 0 3) (- " INT " 3 2) (b " INT " 12 5)",
		  "struct s {\n\tint a : 3;\n\tchar : 5;\n\tchar : 4;\n\tint b : 5;\n};\n", NULL },
		{ "bstruct s 8 (a " INT " 0 3) (b " INT " 32 5)",
		  "struct s {\n\tint a : 3;\n\tchar : 5;\n\tchar : 8;\n\tshort : 16;\n\tint b : "
		  "5;\n};\n",
		  NULL },
		/* over the end of a unit: packed */
		{ "bstruct s 6 (a " INT " 0 20) (b " INT " 20 20)",
		  "struct s {\n\tint a : 20;\n\tint b : 20;\n\tchar : 8;\n} "
		  "__attribute__((packed));\n",
		  NULL },
		{ "bunion u 4 (a " INT " 0 20) (b " INT " 0 0)",
		  "union u {\n\tint a : 20;\n\tint b;\n};\n", NULL },
		{ "bstruct s 4 (e 8 0 2) (t 9 2 3); enum e 4 (A 1); typedef t " INT,
		  "enum e {\n\tA = 1,\n};\n\ntypedef int t;\n\n"
		  "struct s {\n\tenum e e : 2;\n\tt t : 3;\n};\n",
		  NULL },
		/* before kind_flag: the INT has few bits, and may begin inside of itself */
		{ "kind 1 int 4 (3); struct s 4 (a 7 0) (b 9 0) (c 7 8); kind 1 int 4 (0x30005)",
		  "struct s {\n\tint a : 3;\n\tint b : 5;\n\tint c : 3;\n};\n", NULL },
	};

	(void)state;
	CASES(cases);
}

/* What cannot be said is as many bytes, or of a pointer's size, and told of. */
static void test_opaque(void **state)
{
	static const struct c_case cases[] = {
		{ "struct s 4 (a " INT " 0) (b " INT " 16)",
		  "struct s {\n\tunsigned char __kbtf_opaque_0[4];\n};\n",
		  "made+0x74: type [7] STRUCT s: printed as 4 bytes: member 'b' cannot lie where "
		  "it "
		  "does in C [opaque]\n" },
		{ "struct s 4 (l " LONG " 0)",
		  "struct s {\n\tunsigned char __kbtf_opaque_0[4];\n};\n",
		  "made+0x74: type [7] STRUCT s: printed as 4 bytes, which end before its last "
		  "member "
		  "does [opaque]\n" },
		{ "union u 8 (a " INT " 0) (b " INT " 32)",
		  "union u {\n\tunsigned char __kbtf_opaque_0[8];\n};\n",
		  "made+0x74: type [7] UNION u: printed as 8 bytes: member 'b' cannot lie where it "
		  "does in C [opaque]\n" },
		{ "struct s 8 (f 8 0); fwd f",
		  "struct f;\n\nstruct s {\n\tunsigned char __kbtf_opaque_0[8];\n};\n",
		  "made+0x74: type [7] STRUCT s: printed as 8 bytes: member 'f' is of a type that "
		  "has "
		  "no size in C [opaque]\n" },
		{ "struct s 0 (- 0 0)", "struct s {};\n",
		  "made+0x74: type [7] STRUCT s: printed as 0 bytes: member '(anon)' is of a type "
		  "that "
		  "has no size in C [opaque]\n" },
		{ "bstruct s 4 (p " BOOL " 0 2)",
		  "struct s {\n\tunsigned char __kbtf_opaque_0[4];\n};\n",
		  "made+0x74: type [7] STRUCT s: printed as 4 bytes: member 'p' cannot lie where "
		  "it "
		  "does in C [opaque]\n" },
		{ "bstruct s 4 (p 8 0 2); array " INT " 1 1",
		  "struct s {\n\tunsigned char __kbtf_opaque_0[4];\n};\n",
		  "made+0x74: type [7] STRUCT s: printed as 4 bytes: member 'p' cannot lie where "
		  "it "
		  "does in C [opaque]\n" },
		/* functions that return arrays or functions, arrays of void, parameters of void */
		{ "array " INT " 1 2; proto 7; ptr 8; typedef t 9",
		  "typedef __typeof__(void *) (*t)(void);\n", NULL },
		{ "array 0 1 2; ptr 7; typedef t 8", "typedef __typeof__(void *) (*t)[2];\n",
		  NULL },
		{ "proto 0 (a 0) (b " INT "); ptr 7; typedef t 8",
		  "typedef void (*t)(__typeof__(void *), int b);\n", NULL },
		/* cycles that C has no words for */
		{ "typedef t 8; ptr 9; proto 0 (a 7)", "typedef void (*t)(__typeof__(void *) a);\n",
		  NULL },
		{ "struct - 8 (p 8 0); ptr 7; typedef t 7",
		  "typedef struct {\n\tstruct { unsigned char __kbtf_opaque_0[8]; } "
		  "__attribute__((aligned(8))) *p;\n} t;\n",
		  NULL },
		{ "proto 8 (a 8); ptr 7; typedef t 8",
		  "typedef __typeof__(void *) *(*t)(__typeof__(void *) *a);\n", NULL },
		{ "restrict " INT "; typedef t 7", "typedef int t;\n", NULL },
		/* a number of 3 bytes */
		{ "int odd 3 0; ptr 7; typedef t 8", "typedef unsigned int *t;\n", NULL },
	};

	(void)state;
	CASES(cases);
}

static void test_enums(void **state)
{
	static const struct c_case cases[] = {
		{ "enum e 4 (A 0) (B 0xffffffff)", "enum e {\n\tA = 0,\n\tB = 4294967295,\n};\n",
		  NULL },
		{ "kind 6 e 0 ()", "enum e;\n", NULL },
		{ "enum e 1 (A 255)", "enum e {\n\tA = 255,\n} __attribute__((mode(QI)));\n",
		  NULL },
		{ "enum e 2 (A 1)", "enum e {\n\tA = 1,\n} __attribute__((mode(HI)));\n", NULL },
		{ "enum64 e 8 (A 1) (B 0x8000000000000000)",
		  "enum e {\n\tA = 1,\n\tB = 9223372036854775808ULL,\n} "
		  "__attribute__((mode(DI)));\n",
		  NULL },
		/* a value that is too large; C wants one at least */
		{ "enum e 1 (A 256)", "enum e {\n\t__kbtf_value_0,\n} __attribute__((mode(QI)));\n",
		  "made+0x74: type [7] ENUM e: 'A' is left out: its value is larger than the enum "
		  "[enumerator]\n" },
		/* of which only the size is known; first it is only pointed to */
		{ "struct s 8 (p 8 0); ptr 9; enum e 4; struct v 4 (e 9 0)",
		  "enum e;\n\nstruct s {\n\tenum e *p;\n};\n\nenum e {\n\t__kbtf_value_0,\n};\n\n"
		  "struct v {\n\tenum e e;\n};\n",
		  NULL },
		/* what C23 has by itself */
		{ "enum - 4 (false 0) (true 1); typedef bool " BOOL,
		  "#if !defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L\n"
		  "typedef _Bool bool;\n#endif\n\n"
		  "#if !defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L\n"
		  "enum {\n\tfalse = 0,\n\ttrue = 1,\n};\n#endif\n",
		  NULL },
	};

	(void)state;
	CASES(cases);
}

static void test_signed_enums(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *btf;

	(void)state;
	kbtf_builder_type(b, KBTF_ENUM, "e", 1, 4);
	kbtf_builder_enumerator(b, "LEAST", 0x80000000);
	kbtf_builder_enumerator(b, "MOST", 0x7fffffff);
	kbtf_builder_type(b, KBTF_ENUM64, "e64", 1, 8);
	kbtf_builder_enumerator(b, "LEAST64", UINT64_C(1) << 63);
	kbtf_builder_enumerator(b, "MINUS", ~UINT64_C(0));
	kbtf_builder_enumerator(b, "LARGE", UINT64_C(1) << 40);
	btf = made(b, NULL);
	assert_c(btf, NULL,
		 "enum e {\n\tLEAST = -2147483648,\n\tMOST = 2147483647,\n};\n\n"
		 "enum e64 {\n\tLEAST64 = -9223372036854775807LL - 1,\n\tMINUS = -1,\n"
		 "\tLARGE = 1099511627776LL,\n} __attribute__((mode(DI)));\n");
	kbtf_free(btf);
}

static void test_names(void **state)
{
	static const struct c_case cases[] = {
		/* structs, unions and enums have one name space, all others another */
		{ "struct a 0; union a 0; enum a 4 (a 1); typedef a " INT "; struct a 0",
		  "struct a {};\n\nunion a___2 {};\n\nenum a___3 {\n\ta = 1,\n};\n\n"
		  "typedef int a___2;\n\nstruct a___4 {};\n",
		  NULL },
		/* one is called as a number would be */
		{ "struct a 0; struct a___2 0; struct a 0; struct a___3 0",
		  "struct a {};\n\nstruct a___2 {};\n\nstruct a___3 {};\n\nstruct a___3___2 {};\n",
		  NULL },
		/* forwards are of the first type of their kind, wherever it comes */
		{ "fwd a; union a 0; struct a 4 (x " INT " 0); struct a 0; fwd a; ufwd a",
		  "struct a;\n\nunion a___2 {};\n\nstruct a {\n\tint x;\n};\n\nstruct a___3 {};\n\n"
		  "struct a;\nunion a___4;\n",
		  NULL },
		{ "typedef t " INT "; typedef t " LONG "; struct s 16 (a 7 0) (b 8 64)",
		  "typedef int t;\ntypedef long t___2;\n\nstruct s {\n\tt a;\n\tt___2 b;\n};\n",
		  NULL },
		/* keywords, and what begins like a name made up here */
		{ "struct int 4 (while " INT " 0); typedef asm 9; struct __kbtf_gap 0; fwd goto",
		  "struct __kbtf_type_7 /* \"int\" */ {\n\tint __kbtf_member_0 /* \"while\" "
		  "*/;\n};\n\n"
		  "struct __kbtf_type_9 /* \"__kbtf_gap\" */;\n"
		  "typedef struct __kbtf_type_9 __kbtf_type_8 /* \"asm\" */;\n\n"
		  "struct __kbtf_type_9 /* \"__kbtf_gap\" */ {};\n\n"
		  "struct __kbtf_type_10 /* \"goto\" */;\n",
		  NULL },
		/* a word that is special only in #if, and names a member of the st driver's */
		{ "struct s 4 (defined " INT " 0)", "struct s {\n\tint defined;\n};\n", NULL },
		/* macros of GNU C: undefined before they are met first */
		{ "struct linux 4 (unix " INT " 0); struct s 8 (p 9 0); ptr 7; "
		  "proto 0 (unix " INT "); typedef t 10",
		  "#undef linux\nstruct linux {\n#undef unix\n\tint unix;\n};\n\n"
		  "struct s {\n\tstruct linux *p;\n};\n\ntypedef void t(int);\n",
		  NULL },
	};

	(void)state;
	CASES(cases);
}

/* What would be more than a name is put into a comment, where it can do no harm. */
static void test_hostile_names(void **state)
{
	static const char *const hostile[] = {
		"a b", "x; int y",    "*/ int y; /*", "a\nb", "a\\", "",	 "1a",
		"a-b", "caf\xc3\xa9", "a\"b",	      "?\?/", "a#b", "struct s",
	};
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *btf;
	size_t i;

	(void)state;
	kbtf_builder_int(b, "unsigned int; int x", 4, 0);
	kbtf_builder_type(b, KBTF_STRUCT, "s */", 0, 4 * sizeof(hostile) / sizeof(*hostile));
	for (i = 0; i < sizeof(hostile) / sizeof(*hostile); i++)
		kbtf_builder_member(b, hostile[i], 1, (uint32_t)i * 32, 0);
	kbtf_builder_type(b, KBTF_TYPEDEF, "t\n", 0, 2);
	kbtf_builder_type(b, KBTF_ENUM, NULL, 0, 4);
	kbtf_builder_enumerator(b, "E\t", 1);
	kbtf_builder_enumerator(b, "F=2", 1);
	kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 1);
	kbtf_builder_param(b, "p)", 3);
	kbtf_builder_type(b, KBTF_TYPEDEF, "f", 0, 5);
	kbtf_builder_type(b, KBTF_TYPE_TAG, "tag\")", 0, 1);
	kbtf_builder_type(b, KBTF_PTR, NULL, 0, 7);
	kbtf_builder_type(b, KBTF_TYPEDEF, "tagged", 0, 8);
	btf = made(b, NULL);
	assert_c(btf, &(struct kbtf_c_opts){ .flags = KBTF_C_HEADER },
		 HEAD TAGS RELOCATABLE
		 "\nstruct __kbtf_type_2 /* \"s \\x2a\\x2f\" */ {\n"
		 "\tunsigned int __kbtf_member_0 /* \"a b\" */;\n"
		 "\tunsigned int __kbtf_member_1 /* \"x; int y\" */;\n"
		 "\tunsigned int __kbtf_member_2 /* \"\\x2a\\x2f int y; \\x2f\\x2a\" */;\n"
		 "\tunsigned int __kbtf_member_3 /* \"a\\x0ab\" */;\n"
		 "\tunsigned int __kbtf_member_4 /* \"a\\x5c\" */;\n"
		 "\tunsigned int __kbtf_member_5;\n"
		 "\tunsigned int __kbtf_member_6 /* \"1a\" */;\n"
		 "\tunsigned int __kbtf_member_7 /* \"a-b\" */;\n"
		 "\tunsigned int __kbtf_member_8 /* \"caf\\xc3\\xa9\" */;\n"
		 "\tunsigned int __kbtf_member_9 /* \"a\\x22b\" */;\n"
		 "\tunsigned int __kbtf_member_10 /* \"\\x3f\\x3f\\x2f\" */;\n"
		 "\tunsigned int __kbtf_member_11 /* \"a#b\" */;\n"
		 "\tunsigned int __kbtf_member_12 /* \"struct s\" */;\n"
		 "};\n\n"
		 "typedef struct __kbtf_type_2 __kbtf_type_3 /* \"t\\x0a\" */;\n"
		 "typedef unsigned int f(__kbtf_type_3);\n"
		 "typedef unsigned int *tagged;\n\n"
		 "enum {\n\t__kbtf_value_0 /* \"E\\x09\" */ = 1,\n"
		 "\t__kbtf_value_1 /* \"F=2\" */ = 1,\n};\n" TAIL);
	kbtf_free(btf);
}

static void test_tags(void **state)
{
	struct kbtf *btf =
		typed(COMMON
		      "ttag user " INT "; ptr 7; ttag rcu 8; ptr 9; "
		      "struct s 16 (p 10 0) (q 8 64); dtag on_struct 11 -1; dtag on_q 11 1; "
		      "typedef t 10; dtag on_t 14 -1; "
		      "proto " INT " (a 8); func f 16 1; dtag bpf_kfunc 17 -1; dtag on_a 17 0; "
		      "func plain 16 1; func g 16 1; dtag bpf_fastcall 21 -1; dtag bpf_kfunc 21 -1",
		      NULL, "made");

	(void)state;
	assert_c(btf, &(struct kbtf_c_opts){ .flags = KBTF_C_HEADER },
		 HEAD TAGS RELOCATABLE
		 "\nstruct s {\n"
		 "\tint __btf_type_tag(\"user\") *__btf_type_tag(\"rcu\") *p;\n"
		 "\tint __btf_type_tag(\"user\") *q __btf_decl_tag(\"on_q\");\n"
		 "} __btf_decl_tag(\"on_struct\");\n\n"
		 "typedef int __btf_type_tag(\"user\") *__btf_type_tag(\"rcu\") *t "
		 "__btf_decl_tag(\"on_t\");\n" KFUNCS
		 "\nextern int f(int __btf_type_tag(\"user\") *a __btf_decl_tag(\"on_a\")) __weak "
		 "__ksym;\n"
		 "__bpf_fastcall extern int g(int __btf_type_tag(\"user\") *a) __weak __ksym;\n"
		 "#endif\n" TAIL);
	kbtf_free(btf);
}

/* A module's types, with what they need of the base, and behind a header of that. */
static void test_split(void **state)
{
	struct kbtf *base = typed(COMMON "struct dev 4 (i " INT " 0); struct dev 8 (l " LONG " 0); "
					 "typedef id " INT "; fwd far; typedef unused " LONG,
				  NULL, "base");
	struct kbtf *btf = typed("struct dev 8 (d 7 0) (id 9 32); struct mine 24 (e 8 0) (f 14 64) "
				 "(g 12 128); ptr 10",
				 base, "module");
	struct kbtf_c_opts opts = { 0 };
	uint32_t id = 14;

	(void)state;
	assert_c(btf, &opts,
		 "struct dev {\n\tint i;\n};\n\ntypedef int id;\n\n"
		 "struct dev___2 {\n\tstruct dev d;\n\tid id;\n};\n\n"
		 "struct dev___3 {\n\tlong l;\n};\n\nstruct far;\n\n"
		 "struct mine {\n\tstruct dev___3 e;\n\tstruct far *f;\n\tstruct dev___2 g;\n};\n");
	/* numbers are those that the base's header has, and go on from there */
	opts.flags = KBTF_C_WITHOUT_BASE;
	assert_c(btf, &opts,
		 "struct dev___3 {\n\tstruct dev d;\n\tid id;\n};\n\n"
		 "struct mine {\n\tstruct dev___2 e;\n\tstruct far *f;\n\tstruct dev___3 g;\n};\n");
	opts.flags |= KBTF_C_HEADER;
	opts.ids = &id;
	opts.nr_ids = 1;
	assert_c(btf, &opts,
		 "#pragma once\n\n#ifndef __VMLINUX_H__\n"
		 "#error \"include the kernel's header before this one\"\n#endif\n" RELOCATABLE
		 "\ntypedef struct far *__kbtf_type_14;\n"
		 "\n" FOR_BPF "#pragma clang attribute pop\n#endif\n");
	kbtf_free(btf);
	kbtf_free(base);
}

static void test_asked(void **state)
{
	struct kbtf *btf =
		typed(COMMON "struct a 8 (p 8 0); ptr 9; struct b 8 (t 10 0); typedef t 7; "
			     "proto 8 (x 9); func f 11 1; var v 9 1; datasec .data 8 (13 0 8); "
			     "enum - 4 (E 0); struct - 4 (i " INT " 0); array 7 1 2; "
			     "array " INT " 1 1; enum e 4",
		      NULL, "made");
	static const struct {
		uint32_t id;
		unsigned int flags;
		const char *text;
	} cases[] = {
		{ 7, 0, "struct b;\n\nstruct a {\n\tstruct b *p;\n};\n" },
		{ 7, KBTF_C_ALONE, "struct a {\n\tstruct b *p;\n};\n" },
		{ 9, KBTF_C_ALONE, "struct b {\n\tt t;\n};\n" },
		{ 10, 0,
		  "struct a;\ntypedef struct a t;\nstruct b;\n\nstruct a {\n\tstruct b *p;\n};\n" },
		{ 10, KBTF_C_ALONE, "typedef struct a t;\n" },
		{ 12, 0, "struct b;\nextern struct b *f(struct b x);\n" },
		{ 12, KBTF_C_ALONE, "extern struct b *f(struct b x);\n" },
		{ 13, 0, "struct b;\nextern struct b v;\n" },
		{ 14, 0, "struct b;\nextern struct b v;\n" },
		{ 15, 0, "enum {\n\tE = 0,\n};\n" },
		{ 16, 0, "struct {\n\tint i;\n};\n" },
		{ 17, 0,
		  "struct b;\n\nstruct a {\n\tstruct b *p;\n};\n\n"
		  "typedef struct a __kbtf_type_17[2];\n" },
		{ 0, 0, "" },
		{ 1, 0, "typedef int __kbtf_type_1 /* \"int\" */;\n" },
		{ 19, 0, "enum e {\n\t__kbtf_value_0,\n};\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_c(btf,
			 &(struct kbtf_c_opts){
				 .flags = cases[i].flags, .ids = &cases[i].id, .nr_ids = 1 },
			 cases[i].text);
	kbtf_free(btf);
}

static void test_sizes(void **state)
{
	struct kbtf *btf =
		typed(COMMON "bstruct s 208 (c " CHAR " 0 0) (i " INT " 32 3) (j " INT " 36 2) "
			     "(- 8 64 0) (a 9 192 0) (end " CHAR " 1216 0); "
			     "union - 16 (l " LONG " 0) (- 10 0); array " LONG " 1 8; "
			     "struct - 12 (x " CHAR " 0) (y " INT " 32) (z " CHAR " 64)",
		      NULL, "made");

	(void)state;
	assert_c(btf, &(struct kbtf_c_opts){ .flags = KBTF_C_SIZES },
		 "struct s {\n"
		 "\tchar c;                                                 /*     0     1 */\n"
		 "\n"
		 "\t/* XXX 3 bytes hole, try to pack */\n"
		 "\n"
		 "\tchar : 8;\n"
		 "\tshort : 16;\n"
		 "\tint i : 3;                                              /*     4: 0  4 */\n"
		 "\n"
		 "\t/* XXX 1 bit hole, try to pack */\n"
		 "\n"
		 "\tchar : 1;\n"
		 "\tint j : 2;                                              /*     4: 4  4 */\n"
		 "\n"
		 "\t/* XXX 2 bits hole, try to pack */\n"
		 "\t/* XXX 3 bytes hole, try to pack */\n"
		 "\n"
		 "\tunion {\n"
		 "\t\tlong l;                                         /*     8     8 */\n"
		 "\t\tstruct {\n"
		 "\t\t\tchar x;                                 /*     8     1 */\n"
		 "\n"
		 "\t\t\t/* XXX 3 bytes hole, try to pack */\n"
		 "\n"
		 "\t\t\tint y;                                  /*    12     4 */\n"
		 "\t\t\tchar z;                                 /*    16     1 */\n"
		 "\t\t};                                              /*     8    12 */\n"
		 "\t};                                                      /*     8    16 */\n"
		 "\tlong a[8];                                              /*    24    64 */\n"
		 "\t/* --- cacheline 1 boundary (64 bytes) was 24 bytes ago --- */\n"
		 "\n"
		 "\t/* XXX 64 bytes hole, try to pack */\n"
		 "\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\t/* --- cacheline 2 boundary (128 bytes) was 24 bytes ago --- */\n"
		 "\tchar end;                                               /*   152     1 */\n"
		 "\tchar : 8;\n"
		 "\tshort : 16;\n"
		 "\tint : 32;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\tlong : 64;\n"
		 "\n"
		 "\t/* size: 208, cachelines: 4, members: 6 */\n"
		 "\t/* sum members: 82, holes: 3, sum holes: 70 */\n"
		 "\t/* sum bitfield members: 5 bits, bit holes: 2, sum bit holes: 3 bits */\n"
		 "\t/* padding: 55 */\n"
		 "\t/* last cacheline: 16 bytes */\n"
		 "};\n");
	kbtf_free(btf);
}

static void test_writer(void **state)
{
	struct kbtf *btf = typed(COMMON "typedef t 1", NULL, "made");
	uint32_t ids[] = { 7, 8 };
	struct kbtf_c_opts opts = { .ids = ids, .nr_ids = 2 };
	struct text t = { .fail_at = 1 };
	struct kbtf_diag diag;

	(void)state;
	assert_int_equal(kbtf_text_c(btf, NULL, collect, &t, &diag), -ENOSPC);
	assert_diag(&diag, "output: No space left on device [write]");
	assert_null(t.data);
	assert_int_equal(kbtf_text_c(btf, &opts, collect, &t, &diag), -ERANGE);
	assert_diag(&diag, "no type [8]: the last one is [7] [no-type]");
	assert_int_equal(t.nr_writes, 1);
	kbtf_free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declarations),  cmocka_unit_test(test_order),
		cmocka_unit_test(test_layout),	      cmocka_unit_test(test_bitfields),
		cmocka_unit_test(test_opaque),	      cmocka_unit_test(test_enums),
		cmocka_unit_test(test_signed_enums),  cmocka_unit_test(test_names),
		cmocka_unit_test(test_hostile_names), cmocka_unit_test(test_tags),
		cmocka_unit_test(test_split),	      cmocka_unit_test(test_asked),
		cmocka_unit_test(test_sizes),	      cmocka_unit_test(test_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

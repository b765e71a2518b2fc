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
		cmocka_unit_test(test_declarations),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

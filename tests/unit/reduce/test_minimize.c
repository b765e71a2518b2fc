// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What is kept of a kernel for each kind of record, and what is told of records. */
#include "made_program.h"

#include <errno.h>
#include <stdio.h>

#include "host.h"
#include "typedump.h"

/* For a field of 7 bits from bit 5 of a word of 4 bytes. */
#if HOST_IS_BIG_ENDIAN
#define LEFT_SHIFT "37"
#else
#define LEFT_SHIFT "52"
#endif

/* Text that calls append to. */
struct text {
	char text[2048];
	size_t len;
};

static void add_line(struct text *t, const char *line)
{
	t->len += (size_t)snprintf(t->text + t->len, sizeof(t->text) - t->len, "%s%s",
				   t->len ? "\n" : "", line);
	assert_true(t->len < sizeof(t->text));
}

static void on_result(void *ctx, const struct kbtf_core_result *r)
{
	char line[1024];

	switch (r->outcome) {
	case KBTF_CORE_FOUND:
		snprintf(line, sizeof(line), "%s [%u]%s %lld", kbtf_core_outcome_name(r->outcome),
			 r->type_id, r->poisons ? " poisons" : "", (long long)r->value);
		break;
	case KBTF_CORE_NO_NEED:
		snprintf(line, sizeof(line), "%s", kbtf_core_outcome_name(r->outcome));
		break;
	default:
		kbtf_diag_format(r->why, line, sizeof(line));
		break;
	}
	add_line(ctx, line);
}

static const struct row {
	const char *about;
	const char *types, *records;			   /* of the program */
	const char *kernel, *module;			   /* no module where it is NULL */
	const char *base_left, *module_left, *merged_left; /* merged as base where it is NULL */
	const char *results;
} rows[] = {
	{ "a member, and the INT it is of; a typedef and qualifiers fall away",
	  "int int 4 1; struct s 4 (b 1 0)", "byte_off 2 0:0",
	  "int int 4 1; typedef t 1; const 2; struct s 12 (a 1 0) (b 3 32) (c 1 64)", NULL,
	  "int int 4 1; struct s 12 (b 1 32)", NULL, NULL, "found [4] 4" },
	{ "a member in an anonymous one; what lies by value beside it stays out",
	  "int int 4 1; struct s 4 (b 1 0)", "byte_off 2 0:0",
	  "int int 4 1; union - 8 (a 1 0) (b 1 0); struct s 16 (x 1 0) (- 2 64)", NULL,
	  "int int 4 1; union - 8 (b 1 0); struct s 16 (- 2 64)", NULL, NULL, "found [3] 8" },
	{ "a struct as a member keeps its size, not its members",
	  "struct in 1; struct s 4 (in 1 0)", "byte_sz 2 0:0",
	  "int int 4 1; struct in 8 (a 1 0) (b 1 32); struct s 8 (in 2 0)", NULL,
	  "struct in 8; struct s 8 (in 1 0)", NULL, NULL, "found [3] 8" },
	{ "pointers that nobody looks behind are one", "ptr 0; struct s 8 (a 1 0) (b 1 64)",
	  "byte_off 2 0:0; byte_off 2 0:1",
	  "int i 4 1; ptr 1; struct t 4; ptr 3; struct s 16 (a 2 0) (b 4 64)", NULL,
	  "ptr 0; struct s 16 (a 1 0) (b 1 64)", NULL, NULL, "found [5] 0\nfound [5] 8" },
	{ "who reads pointers is told how large they are", "ptr 0; struct s 8 (a 1 0)",
	  "byte_off 2 0:0", "int long 4 1; ptr 0; struct s 4 (a 2 0)", NULL,
	  "int long 4 1; ptr 0; struct s 4 (a 2 0)", NULL, NULL, "found [3] 0" },
	{ "an enum as a member keeps no enumerators", "enum e 4 (A 0); struct s 4 (e 1 0)",
	  "signed 2 0:0", "enum e 4 (A 0) (B 1); struct s 4 (e 1 0)", NULL,
	  "enum e 4; struct s 4 (e 1 0)", NULL, NULL, "found [2] 0" },
	{ "an array keeps its index type", "int int 4 1; array 1 1 9; struct s 4 (a 2 0)",
	  "byte_off 3 0:0:2", "int int 4 1; int idx 4 0; array 1 2 3; struct s 12 (a 3 0)", NULL,
	  "int int 4 1; int idx 4 0; array 1 2 3; struct s 12 (a 3 0)", NULL, NULL, "found [4] 8" },
	{ "an array without elements that is not last does not become it",
	  "int int 4 1; array 1 1 9; struct s 4 (a 2 0)", "byte_off 3 0:0; byte_off 3 0:0:2",
	  "int int 4 1; array 1 1 0; struct s 8 (x 1 0) (a 2 32) (b 1 32) (c 1 64)", NULL,
	  "int int 4 1; array 1 1 0; struct s 8 (a 2 32) (b 1 32)", NULL, NULL,
	  "found [3] 4\nprog.o: tp+0x8: struct s.a[2] byte_off: in type [3] of vmlinux its array "
	  "has "
	  "0 elements [core-missing]" },
	{ "the same, where it is last", "int int 4 1; array 1 1 9; struct s 4 (a 2 0)",
	  "byte_off 3 0:0:2", "int int 4 1; array 1 1 0; struct s 4 (x 1 0) (a 2 32)", NULL,
	  "int int 4 1; array 1 1 0; struct s 4 (a 2 32)", NULL, NULL, "found [3] 12" },
	{ "a member that does not fit stays in front of one of its name that another record keeps",
	  "int int 4 1; struct s 4 (a 1 0)", "type_matches 2 0; byte_off 2 0:0",
	  "int int 4 1; ptr 1; struct s 24 (a 2 0) (b 1 64) (a 1 128)", NULL,
	  "int int 4 1; ptr 4; struct s 24 (a 2 0) (a 1 128); float - 4", NULL, NULL,
	  "found [3] 1\nprog.o: tp+0x8: struct s.a byte_off: in type [3] of vmlinux 'a' of STRUCT "
	  "s is of a type that cannot be read as the program's [core-missing]" },
	{ "in an anonymous member, one that does not fit has libbpf add its offset to what it "
	  "finds "
	  "behind it, 16: it stays",
	  "int int 4 1; struct s 4 (a 1 0)", "byte_off 2 0:0",
	  "int int 4 1; ptr 1; struct - 16 (x 1 0) (a 2 64); struct - 16 (y 1 0) (- 3 0); "
	  "struct s 24 (z 1 0) (- 4 0) (a 1 128)",
	  NULL,
	  "int int 4 1; ptr 0; struct - 16 (a 2 64); struct - 16 (- 3 0); "
	  "struct s 24 (- 4 0) (a 1 128)",
	  NULL, NULL, "found [5] 24" },
	{ "where nobody keeps another one, it goes", "int int 4 1; struct s 4 (a 1 0) (b 1 32)",
	  "byte_off 2 0:0; byte_off 2 0:1",
	  "int int 4 1; ptr 1; struct s 24 (a 2 0) (b 1 64) (a 1 128)", NULL,
	  "int int 4 1; struct s 24 (b 1 64)", NULL, NULL,
	  "prog.o: tp+0x0: struct s.a byte_off: in type [3] of vmlinux 'a' of STRUCT s is of a "
	  "type "
	  "that cannot be read as the program's [core-missing]\nfound [3] 8" },
	{ "an enumerator, by its essential name, in an ENUM64 for an ENUM",
	  "enum e___x 4 (A 1) (B___y 2)", "enumval_value 1 1; enumval_exists 1 1",
	  "enum64 e 8 (Z 0) (B 0x100000005) (C 7)", NULL, "enum64 e 8 (B 4294967301)", NULL, NULL,
	  "found [1] 4294967301\nfound [1] 1" },
	{ "a missing enumerator, and one like it", "enum e 4 (CGROUP_ID 1)", "enumval_exists 1 0",
	  "enum e 4 (CGROUP_IDS 1) (B 2)", NULL, "", NULL, NULL,
	  "prog.o: tp+0x0: enum e.CGROUP_ID enumval_exists: type [1] has no enumerator "
	  "'CGROUP_ID', but "
	  "'CGROUP_IDS' [core-missing]" },
	{ "a type that exists: no members; through a typedef too",
	  "int int 4 1; struct s 4 (a 1 0); typedef t 2",
	  "type_exists 2 0; type_size 3 0; target_type_id 3 0",
	  "int int 4 1; struct s 8 (a 1 0); typedef mid 2; typedef t 3", NULL,
	  "struct s 8; typedef t 1", NULL, NULL, "found [2] 1\nfound [4] 8\nfound [4] 4" },
	{ "compatible prototypes keep their types, not the names of parameters",
	  "int int 4 1; proto 1 (x 1); ptr 2; typedef fn_t 3", "type_exists 4 0",
	  "int long 8 1; proto 1 (a 1); ptr 2; typedef fn_t 3", NULL,
	  "int long 8 1; proto 1 (- 1); ptr 2; typedef fn_t 3", NULL, NULL, "found [4] 1" },
	{ "alike: members by name, names behind pointers, and as many members as were asked for",
	  "int int 4 1; struct other 1; ptr 2; union - 4 (p 1 0); union - 4 (q 1 0); "
	  "struct s 4 (a 1 0) (o 3 64) (- 4 0) (- 5 0)",
	  "type_matches 6 0",
	  "int int 4 1; struct other 8 (z 1 0); ptr 2; union - 4 (p 1 0) (q 1 0); "
	  "struct s 32 (pad 1 0) (more 1 32) (a 1 64) (o 3 128) (- 4 192)",
	  NULL,
	  "int int 4 1; struct other 8; ptr 2; union - 4 (p 1 0) (q 1 0); "
	  "struct s 32 (pad 1 0) (a 1 64) (o 3 128) (- 4 192)",
	  NULL, NULL, "found [5] 1" },
	{ "not alike", "int int 4 1; struct s 4 (a 1 0)", "type_matches 2 0",
	  "int int 4 0; struct s 4 (a 1 0)", NULL, "", NULL, NULL,
	  "prog.o: tp+0x0: struct s type_matches: type [2] of vmlinux is not like the program's "
	  "[core-missing]" },
	{ "a pointer that only a field's record keeps is none to void for one about types",
	  "ptr 0; typedef fn_t 1", "byte_off 2 0; type_exists 2 0",
	  "struct s 4; ptr 1; typedef fn_t 2", NULL, "ptr 3; typedef fn_t 1; float - 4", NULL, NULL,
	  "found [3] 0\nprog.o: tp+0x8: fn_t type_exists: type [3] of vmlinux is not like the "
	  "program's "
	  "[core-missing]" },
	{ "nothing is asked of the kernel", "int int 4 1", "local_type_id 1 0", "int int 4 1", NULL,
	  "", NULL, NULL, "no need" },
	{ "bitfields, and what they are shifted by", "int int 4 1; bstruct s 4 (f 1 0 3)",
	  "byte_off 2 0:0; byte_sz 2 0:0; lshift_u64 2 0:0; rshift_u64 2 0:0; signed 2 0:0",
	  "int int 4 0; bstruct s 8 (x 1 0 5) (f 1 37 7) (g 1 44 1)", NULL,
	  "int int 4 0; bstruct s 8 (f 1 37 7)", NULL, NULL,
	  "found [2] 4\nfound [2] 4\nfound [2] " LEFT_SHIFT "\nfound [2] 57\nfound [2] 0" },
	{ "a member that is missing is not kept, nor its struct",
	  "int int 4 1; struct s 4 (state 1 0)", "field_exists 2 0:0; byte_off 2 0:0",
	  "int int 4 1; struct s 4 (__state 1 0)", NULL, "", NULL, NULL,
	  "prog.o: tp+0x0: struct s.state field_exists: in type [2] of vmlinux STRUCT s has no "
	  "member "
	  "'state', but '__state' [core-missing]\n"
	  "prog.o: tp+0x8: struct s.state byte_off: in type [2] of vmlinux STRUCT s has no member "
	  "'state', but '__state' [core-missing]" },
	{ "a member of another type", "int int 4 1; ptr 1; struct s 8 (a 2 0)", "byte_off 3 0:0",
	  "int int 4 1; struct s 4 (a 1 0)", NULL, "", NULL, NULL,
	  "prog.o: tp+0x0: struct s.a byte_off: in type [2] of vmlinux 'a' of STRUCT s is of a "
	  "type "
	  "that cannot be read as the program's [core-missing]" },
	{ "a type of another kind", "struct s 4", "type_exists 1 0", "union s 4", NULL, "", NULL,
	  NULL,
	  "prog.o: tp+0x0: struct s type_exists: type [1] of that name is UNION [core-missing]" },
	{ "a type of a name like it", "struct task_strukt 4", "type_exists 1 0",
	  "struct task_struct 4", NULL, "", NULL, NULL,
	  "prog.o: tp+0x0: struct task_strukt type_exists: no type of the name, but type [1] "
	  "task_struct "
	  "[core-missing]" },
	{ "no type at all", "struct s 4", "type_exists 1 0", "", NULL, "", NULL, NULL,
	  "prog.o: tp+0x0: struct s type_exists: no type of the name [core-missing]" },
	{ "all candidates that match are kept, and become one where they are equal",
	  "int int 4 1; struct s 4 (a 1 0)", "byte_off 2 0:0",
	  "int int 4 1; struct s 8 (a 1 0) (x 1 32); struct s 8 (a 1 0) (y 1 32); "
	  "struct s___2 8 (a 1 0)",
	  NULL, "int int 4 1; struct s 8 (a 1 0); struct s___2 8 (a 1 0)", NULL, NULL,
	  "found [2] 0" },
	{ "a type that does not match one record is dropped for those after it, as libbpf does",
	  "int int 4 1; struct s 8 (a 1 0) (b 1 32)", "byte_off 2 0:0; byte_off 2 0:1",
	  "int int 4 1; struct s 8 (a 1 0); struct s 8 (b 1 32)", NULL,
	  "int int 4 1; struct s 8 (a 1 0); struct s 8 (b 1 32)", NULL, NULL,
	  "found [2] 0\nprog.o: tp+0x8: struct s.b byte_off: in type [3] of vmlinux it is, but "
	  "libbpf has "
	  "dropped that type: an earlier record's is not [core-missing]" },
	{ "ambiguity is told, and is left as it is", "int int 4 1; struct s 4 (a 1 0)",
	  "byte_off 2 0:0; target_type_id 2 0",
	  "int int 4 1; struct s 8 (a 1 0); struct s 8 (y 1 0) (a 1 32)", NULL,
	  "int int 4 1; struct s 8 (a 1 0); struct s 8 (a 1 32)", NULL, NULL,
	  "prog.o: tp+0x0: struct s.a byte_off: type [2] of vmlinux gives 0 at bit 0, type [3] of "
	  "vmlinux "
	  "4 at bit 32 [core-ambiguous]\n"
	  "prog.o: tp+0x8: struct s target_type_id: type [2] of vmlinux gives 2 at bit 0, type [3] "
	  "of "
	  "vmlinux 3 at bit 0 [core-ambiguous]" },
	{ "two equal types whose id is asked for stay two", "struct s 4", "target_type_id 1 0",
	  "struct s 8; struct s 8", NULL, "struct s 8; struct s 8", NULL, NULL,
	  "prog.o: tp+0x0: struct s target_type_id: type [1] of vmlinux gives 1 at bit 0, type [2] "
	  "of "
	  "vmlinux 2 at bit 0 [core-ambiguous]" },
	{ "libbpf fails where a field has no size", "ptr 0; struct s 8 (a 1 0)",
	  "byte_off 2 0:0; field_exists 2 0:0", "fwd f; array 1 0 2; struct s 8 (a 2 0)", NULL, "",
	  NULL, NULL,
	  "prog.o: tp+0x0: struct s.a byte_off: in type [3] of vmlinux 'a' of STRUCT s is of a "
	  "type that "
	  "cannot be read as the program's [core-missing]\n"
	  "prog.o: tp+0x8: struct s.a field_exists: in type [3] of vmlinux 'a' of STRUCT s is of a "
	  "type "
	  "that cannot be read as the program's [core-missing]" },
	{ "a function that is not sized keeps the prototype without which it would not open",
	  "ptr 0; typedef fn_t 1", "byte_off 2 0",
	  "int int 4 1; proto 1 (x 1); func f 2 0; typedef fn_t 3", NULL,
	  "int int 4 1; proto 1 (- 1); func f 2 0; typedef fn_t 3", NULL, NULL,
	  "prog.o: tp+0x0: fn_t byte_off: what it leads to in the kernel has no such value "
	  "[core-failed]" },
	{ "a bitfield that no word holds", "int long 8 1; struct s 8 (a 1 0)", "byte_off 2 0:0",
	  "int long 8 1; bstruct s 16 (x 1 0 63) (a 1 63 64)", NULL,
	  "int long 8 1; bstruct s 16 (a 1 63 64)", NULL, NULL,
	  "prog.o: tp+0x0: struct s.a byte_off: too deep, or too large, in the kernel "
	  "[core-failed]" },

	{ "a module's own type, on a base that has what it refers to",
	  "int int 4 1; struct s 4 (a 1 0); struct m 4 (s 2 0)", "byte_off 3 0:0:0",
	  "int int 4 1; struct s 8 (x 1 0) (a 1 32)", "struct m 16 (y 1 0) (s 2 64); ptr 3",
	  "int int 4 1; struct s 8 (a 1 32)", "struct m 16 (s 2 64)",
	  "int int 4 1; struct s 8 (a 1 32); struct m 16 (s 2 64)", "found [3] 12" },
	{ "a name that vmlinux has is not looked for in modules", "int int 4 1; struct s 4 (b 1 0)",
	  "byte_off 2 0:0", "int int 4 1; struct s 4 (a 1 0)", "struct s 4 (b 1 0)", "", NULL, "",
	  "prog.o: tp+0x0: struct s.b byte_off: in type [2] of vmlinux STRUCT s has no member 'b' "
	  "[core-missing]" },
	{ "and stays so when the module's type is kept for another one",
	  "int int 4 1; struct s 4 (b 1 0); struct m 4 (s 2 0)", "byte_off 2 0:0; byte_off 3 0:0:0",
	  "int int 4 1; struct s 4 (a 1 0)", "struct s 8 (b 1 32); struct m 8 (s 3 0)",
	  "int int 4 1; struct s 4", "struct s 8 (b 1 32); struct m 8 (s 3 0)",
	  "int int 4 1; struct - 8 (b 1 32); struct m 8 (s 2 0)",
	  "prog.o: tp+0x0: struct s.b byte_off: in type [2] of vmlinux STRUCT s has no member 'b' "
	  "[core-missing]\nfound [4] 4" },
};

/* Dump what is left, in a buffer of its own as typedump() has few. */
static void check_left(const struct kbtf *left, const char *expected, const char *about)
{
	const char *text = left ? typedump(left) : "(nothing)";

	if (strcmp(text, expected ? expected : "(nothing)"))
		fail_msg("%s:\n  left     %s\n  expected %s", about, text,
			 expected ? expected : "(nothing)");
}

static void check_row(const struct row *row, bool merged, bool swapped)
{
	struct kbtf *base = typed(row->kernel, NULL, "vmlinux");
	struct kbtf *module = row->module ? typed(row->module, base, "mod") : NULL;
	struct text results = { .len = 0 };
	struct kbtf_minimize_opts opts = { .flags = KBTF_MINIMIZE_NEAREST |
						    (merged ? KBTF_MINIMIZE_MERGED : 0u),
					   .result = on_result,
					   .ctx = &results };
	const struct kbtf_program *programs[1];
	struct kbtf_core_kernel *kernel;
	struct kbtf_minimized left;
	struct kbtf_diag diag;
	struct made_program p;

	made_program_init(&p, row->types, row->records, swapped);
	assert_ok(!p.program, &p.why);
	programs[0] = p.program;
	assert_int_equal(kbtf_core_kernel_new(base, &kernel), 0);
	if (module)
		assert_int_equal(kbtf_core_kernel_add_module(kernel, module, &diag), 0);
	assert_int_equal(kbtf_minimize(kernel, programs, 1, &opts, &left, &diag), 0);
	if (merged && row->module) {
		check_left(left.base, row->merged_left, row->about);
	} else {
		check_left(left.base, row->base_left, row->about);
		if (module)
			check_left(left.modules[0], row->module_left, row->about);
	}
	/* shifts depend on the byte order */
	if (!swapped || !strstr(row->records, "shift"))
		assert_string_equal(results.text, row->results);
	kbtf_minimized_deinit(&left);
	kbtf_core_kernel_free(kernel);
	kbtf_free(module);
	kbtf_free(base);
	made_program_deinit(&p);
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		check_row(&rows[i], false, false);
		check_row(&rows[i], true, false);
		check_row(&rows[i], false, true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

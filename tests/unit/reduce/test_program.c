// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The records of a program: access strings, what is taken from them, what is refused. */
#include "made_program.h"

#include <errno.h>
#include <stdio.h>

#include "fail.h"

#define N10 "0:0:0:0:0:0:0:0:0:0:"

static const struct {
	const char *text;
	int nr;
	uint32_t numbers[4];
} accesses[] = {
	{ "0", 1, { 0 } },
	{ "0:1:22:333", 4, { 0, 1, 22, 333 } },
	{ "2147483647", 1, { 2147483647 } },
	{ "007", 1, { 7 } },
	/* as scanf() reads them */
	{ " 1:+2", 2, { 1, 2 } },
	{ "1 2", 2, { 1, 2 } },
	{ "", -EINVAL },
	{ ":", -EINVAL },
	{ ":0", -EINVAL },
	{ "0:", -EINVAL },
	{ "0::1", -EINVAL },
	{ "-1", -EINVAL },
	{ "0:-1", -EINVAL },
	{ "0:x", -EINVAL },
	{ "0x1", -EINVAL },
	{ "0,1", -EINVAL },
	{ "2147483648", -EINVAL },
	{ "99999999999999999999999999", -EINVAL },
	{ N10 N10 N10 N10 N10 N10 "0:0:0:0", 64 },
	{ N10 N10 N10 N10 N10 N10 "0:0:0:0:0", -E2BIG },
};

static void test_access(void **state)
{
	uint32_t numbers[KBTF_CORE_MAX_ACCESS];
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < sizeof(accesses) / sizeof(*accesses); i++) {
		assert_int_equal(kbtf_core_parse_access(accesses[i].text, numbers), accesses[i].nr);
		for (n = 0; n < accesses[i].nr && n < 4; n++)
			assert_int_equal(numbers[n], accesses[i].numbers[n]);
	}
}

/* 1 int, 2 struct in, 3 array of 4, 4 struct out, 5 array without end, 6 enum, 7 typedef */
#define TYPES                                                                                      \
	"int int 4 1; struct - 8 (a 1 0) (b 1 32); array 1 1 4; "                                  \
	"struct out 40 (x 1 0) (- 2 32) (arr 3 96) (in 2 224) (end 5 288); array 1 1 0; "          \
	"enum e 4 (A 1) (B 2); typedef out_t 4; fwd f; ptr 4; "                                    \
	"bstruct bits 16 (wide 11 0 63) (odd 11 63 64); int long 8 1"

static const struct {
	const char *record;
	const char *described; /* NULL: refused */
	const char *line;
} rows[] = {
	{ "byte_off 4 0:0", "struct out.x byte_off", NULL },
	{ "byte_off 4 0:1:1", "struct out.b byte_off", NULL },
	{ "byte_off 4 2:3:0", "struct out[2].in.a byte_off", NULL },
	{ "byte_sz 4 0:2:3", "struct out.arr[3] byte_sz", NULL },
	{ "byte_off 4 0:4:9", "struct out.end[9] byte_off", NULL },
	{ "field_exists 7 0:0", "out_t.x field_exists", NULL },
	{ "signed 4 0:0", "struct out.x signed", NULL },
	{ "lshift_u64 4 0:0", "struct out.x lshift_u64", NULL },
	{ "byte_sz 4 0", "struct out byte_sz", NULL },
	{ "local_type_id 3 0", "(anon) local_type_id", NULL },
	{ "target_type_id 7 0", "out_t target_type_id", NULL },
	{ "type_matches 4 0", "struct out type_matches", NULL },
	{ "enumval_value 6 1", "enum e.B enumval_value", NULL },

	{ "13 4 0", NULL,
	  "prog.o: .BTF.ext+0x2c: kind 13, where the last known is 12 [core-kind]" },
	{ "byte_off 0 0", NULL,
	  "prog.o: .BTF.ext+0x2c: type id 0, where the last is 11 [core-type]" },
	{ "byte_off 12 0", NULL,
	  "prog.o: .BTF.ext+0x2c: type id 12, where the last is 11 [core-type]" },
	{ "byte_off 2 0:0", NULL,
	  "prog.o: .BTF.ext+0x2c: type [2] STRUCT has no name to look for in a kernel (byte_off) "
	  "[core-type]" },
	{ "byte_off 4 0:x", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0:x\" of type [4] STRUCT out: not numbers with colons "
	  "between them [core-access]" },
	{ "byte_off 4 0:5", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0:5\" of type [4] STRUCT out: there is no such member "
	  "[core-access]" },
	{ "byte_off 4 0:2:4", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0:2:4\" of type [4] STRUCT out: there is no such "
	  "element [core-access]" },
	{ "byte_off 4 0:0:0", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0:0:0\" of type [4] STRUCT out: it goes on where there "
	  "is no struct, union or array [core-access]" },
	{ "byte_off 8 0", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0\" of type [8] FWD f: the type has no size "
	  "[core-access]" },
	{ "type_exists 4 0:0", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0:0\" of type [4] STRUCT out: a type has no parts "
	  "[core-access]" },
	{ "enumval_exists 4 0", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0\" of type [4] STRUCT out: it is no enum "
	  "[core-access]" },
	{ "enumval_exists 6 2", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"2\" of type [6] ENUM e: there is no such enumerator "
	  "[core-access]" },
	{ "enumval_exists 6 0:0", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0:0\" of type [6] ENUM e: an enumerator has no parts "
	  "[core-access]" },
	{ "byte_off 4 " N10 N10 N10 N10 N10 N10 "0:0:0:0:0", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"" N10 N10 N10 N10 N10 N10
	  "0:0:0:0:0\" of type [4] STRUCT out: more than 64 numbers [core-access]" },
	{ "signed 4 0:2:0", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0:2:0\" of type [4] out cannot be asked for signed "
	  "[core-value]" },
	{ "byte_off 10 0:1", NULL,
	  "prog.o: .BTF.ext+0x2c: access \"0:1\" of type [10] bits cannot be asked for byte_off "
	  "[core-value]" },
};

static void test_records(void **state)
{
	size_t i;
	int swapped;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (swapped = 0; swapped < 2; swapped++) {
			struct made_program p;
			char text[200];

			made_program_init(&p, TYPES, rows[i].record, swapped);
			if (rows[i].described) {
				assert_ok(!p.program, &p.why);
				assert_int_equal(kbtf_program_nr_records(p.program), 1);
				kbtf_program_describe(p.program, 0, text, sizeof(text));
				assert_string_equal(text, rows[i].described);
			} else {
				assert_null(p.program);
				kbtf_diag_in(&p.why, "prog.o");
				assert_diag(&p.why, rows[i].line);
			}
			made_program_deinit(&p);
		}
}

/* Words of the record that the text form cannot get wrong. */
static void test_words(void **state)
{
	static const struct {
		uint32_t at, word;
		const char *line;
	} words[] = {
		{ 36, 0,
		  ".BTF.ext+0x2c: the name of its section is at string offset 0, where there is "
		  "none [core-section]" },
		{ 36, 9999,
		  ".BTF.ext+0x2c: the name of its section is at string offset 9999, where there is "
		  "none [core-section]" },
		{ 44, 12,
		  ".BTF.ext+0x2c: its instruction is at byte 12 of tp, which is no multiple of 8 "
		  "[core-insn]" },
		{ 52, 9999,
		  ".BTF.ext+0x2c: its access is at string offset 9999, where there are 10 bytes "
		  "[core-access]" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct made_program p;
		struct kbtf_program *program;
		struct kbtf_diag diag;

		made_program_init(&p, "int int 4 1", "byte_off 1 0", false);
		assert_ok(!p.program, &p.why);
		memcpy(p.ext_bytes.data + words[i].at, &words[i].word, 4);
		assert_int_equal(kbtf_program_new(p.btf, p.ext, "prog.o", &program, &diag),
				 -EINVAL);
		assert_diag(&diag, words[i].line);
		made_program_deinit(&p);
	}
}

static void test_none(void **state)
{
	struct made_program p;

	(void)state;
	made_program_init(&p, "int int 4 1", "", false);
	assert_ok(!p.program, &p.why);
	assert_int_equal(kbtf_program_nr_records(p.program), 0);
	assert_string_equal(kbtf_program_label(p.program), "prog.o");
	assert_string_equal(kbtf_core_kind_name(13), "unknown");
	kbtf_program_free(NULL);
	made_program_deinit(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

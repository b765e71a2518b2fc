// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Raw text: each kind, extremes of numbers, names longer than a block, writers that fail. */
#include "made.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/text.h>

#include "raw.h"

struct text {
	char *data;
	size_t size, nr_writes;
	size_t largest; /* block handed over */
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
	if (n > t->largest)
		t->largest = n;
	return 0;
}

static void assert_text(const struct kbtf *btf, const char *expected)
{
	struct text t = { 0 };

	assert_int_equal(kbtf_text_raw(btf, collect, &t), 0);
	assert_string_equal(t.data ? t.data : "", expected);
	free(t.data);
}

static void test_kinds(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *btf;

	(void)state;
	kbtf_builder_int(b, "int", 4, KBTF_INT_SIGNED);
	kbtf_builder_int(b, "char", 1, KBTF_INT_CHAR);
	kbtf_builder_int(b, "bool", 1, KBTF_INT_BOOL);
	kbtf_builder_int(b, "u128", 16, 0);
	kbtf_builder_type(b, KBTF_PTR, NULL, 0, 0);
	kbtf_builder_array(b, 1, 1, 4294967295u);
	kbtf_builder_type(b, KBTF_STRUCT, "s", 1, 8);
	kbtf_builder_member(b, "plain", 1, 0, 0);
	kbtf_builder_member(b, NULL, 1, 32, 5);
	kbtf_builder_type(b, KBTF_UNION, NULL, 0, 4);
	kbtf_builder_member(b, "u", 1, 0, 0);
	kbtf_builder_type(b, KBTF_ENUM, "e", 0, 4);
	kbtf_builder_enumerator(b, "ALL", 0xffffffff);
	kbtf_builder_type(b, KBTF_ENUM, "signed_e", 1, 4);
	kbtf_builder_enumerator(b, "LEAST", 0x80000000);
	kbtf_builder_type(b, KBTF_FWD, "f", 0, 0);
	kbtf_builder_type(b, KBTF_FWD, "uf", 1, 0);
	kbtf_builder_type(b, KBTF_TYPEDEF, "t", 0, 1);
	kbtf_builder_type(b, KBTF_VOLATILE, NULL, 0, 1);
	kbtf_builder_type(b, KBTF_CONST, NULL, 0, 14);
	kbtf_builder_type(b, KBTF_RESTRICT, NULL, 0, 5);
	kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 0);
	kbtf_builder_param(b, "a", 1);
	kbtf_builder_param(b, NULL, 0);
	kbtf_builder_func(b, "fs", 17, 0);
	kbtf_builder_func(b, "fg", 17, 1);
	kbtf_builder_func(b, "fe", 17, 2);
	kbtf_builder_var(b, "v", 1, 1);
	kbtf_builder_type(b, KBTF_DATASEC, ".data", 0, 4);
	kbtf_builder_secinfo(b, 21, 0, 4);
	kbtf_builder_type(b, KBTF_FLOAT, "double", 0, 8);
	kbtf_builder_decl_tag(b, "tag", 7, -1);
	kbtf_builder_decl_tag(b, "member_tag", 7, 1);
	kbtf_builder_type(b, KBTF_TYPE_TAG, "user", 0, 1);
	kbtf_builder_type(b, KBTF_ENUM64, "e64", 0, 8);
	kbtf_builder_enumerator(b, "MOST", UINT64_MAX);
	kbtf_builder_type(b, KBTF_ENUM64, "signed_e64", 1, 8);
	kbtf_builder_enumerator(b, "LOW", (uint64_t)INT64_MIN);
	btf = made(b, "t");
	assert_text(btf, "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n"
			 "[2] INT 'char' size=1 bits_offset=0 nr_bits=8 encoding=CHAR\n"
			 "[3] INT 'bool' size=1 bits_offset=0 nr_bits=8 encoding=BOOL\n"
			 "[4] INT 'u128' size=16 bits_offset=0 nr_bits=128 encoding=(none)\n"
			 "[5] PTR '(anon)' type_id=0\n"
			 "[6] ARRAY '(anon)' type_id=1 index_type_id=1 nr_elems=4294967295\n"
			 "[7] STRUCT 's' size=8 vlen=2\n"
			 "\t'plain' type_id=1 bits_offset=0\n"
			 "\t'(anon)' type_id=1 bits_offset=32 bitfield_size=5\n"
			 "[8] UNION '(anon)' size=4 vlen=1\n"
			 "\t'u' type_id=1 bits_offset=0\n"
			 "[9] ENUM 'e' encoding=UNSIGNED size=4 vlen=1\n"
			 "\t'ALL' val=4294967295\n"
			 "[10] ENUM 'signed_e' encoding=SIGNED size=4 vlen=1\n"
			 "\t'LEAST' val=-2147483648\n"
			 "[11] FWD 'f' fwd_kind=struct\n"
			 "[12] FWD 'uf' fwd_kind=union\n"
			 "[13] TYPEDEF 't' type_id=1\n"
			 "[14] VOLATILE '(anon)' type_id=1\n"
			 "[15] CONST '(anon)' type_id=14\n"
			 "[16] RESTRICT '(anon)' type_id=5\n"
			 "[17] FUNC_PROTO '(anon)' ret_type_id=0 vlen=2\n"
			 "\t'a' type_id=1\n"
			 "\t'(anon)' type_id=0\n"
			 "[18] FUNC 'fs' type_id=17 linkage=static\n"
			 "[19] FUNC 'fg' type_id=17 linkage=global\n"
			 "[20] FUNC 'fe' type_id=17 linkage=extern\n"
			 "[21] VAR 'v' type_id=1, linkage=global\n"
			 "[22] DATASEC '.data' size=4 vlen=1\n"
			 "\ttype_id=21 offset=0 size=4 (VAR 'v')\n"
			 "[23] FLOAT 'double' size=8\n"
			 "[24] DECL_TAG 'tag' type_id=7 component_idx=-1\n"
			 "[25] DECL_TAG 'member_tag' type_id=7 component_idx=1\n"
			 "[26] TYPE_TAG 'user' type_id=1\n"
			 "[27] ENUM64 'e64' encoding=UNSIGNED size=8 vlen=1\n"
			 "\t'MOST' val=18446744073709551615ULL\n"
			 "[28] ENUM64 'signed_e64' encoding=SIGNED size=8 vlen=1\n"
			 "\t'LOW' val=-9223372036854775808LL\n");
	kbtf_free(btf);
}

/* Numbers about every power of ten, as sizes of arrays. */
static void test_numbers(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	char expected[4096], *at = expected;
	struct kbtf *btf;
	uint64_t power;
	int id = 2;

	(void)state;
	kbtf_builder_int(b, "n", 4, 0);
	at += sprintf(at, "[1] INT 'n' size=4 bits_offset=0 nr_bits=32 encoding=(none)\n");
	for (power = 1; power <= UINT32_MAX; power *= 10) {
		uint32_t n;

		for (n = (uint32_t)power - 1; n != (uint32_t)power + 2; n++) {
			kbtf_builder_array(b, 1, 1, n);
			at += sprintf(at,
				      "[%d] ARRAY '(anon)' type_id=1 index_type_id=1 nr_elems=%u\n",
				      id++, n);
		}
	}
	btf = made(b, "t");
	assert_text(btf, expected);
	kbtf_free(btf);
}

/* A vlen of more than 16 bits, and text of many blocks: no line is torn or lost. */
static void test_blocks(void **state)
{
	enum { NR = 70000 };
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	char line[64], *at;
	struct text t = { 0 };
	struct kbtf *btf;
	int i;

	(void)state;
	kbtf_builder_type(b, KBTF_ENUM, "many", 0, 4);
	for (i = 0; i < NR; i++) {
		sprintf(line, "E%d", i);
		kbtf_builder_enumerator(b, line, (uint64_t)i);
	}
	btf = made(b, "t");
	assert_int_equal(kbtf_text_raw(btf, collect, &t), 0);
	assert_true(t.nr_writes > 10);
	assert_true(t.largest <= 65536);
	at = t.data;
	i = sprintf(line, "[1] ENUM 'many' encoding=UNSIGNED size=4 vlen=70000\n");
	assert_memory_equal(at, line, i);
	at += i - 1;
	for (i = 0; i < NR; i++) {
		int len = sprintf(line, "\n\t'E%d' val=%d", i, i);

		assert_memory_equal(at, line, len);
		at += len;
	}
	assert_string_equal(at, "\n");
	free(t.data);
	kbtf_free(btf);
}

/* Names about as long as a block, and longer than one. */
static void test_long_names(void **state)
{
	static const size_t lengths[] = { 65000, 65344, 65345, 65535, 65536, 65537, 200000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		char *name = malloc(lengths[i] + 1), *expected = malloc(lengths[i] + 100);
		struct kbtf_builder *b = kbtf_builder_new(NULL);
		struct kbtf *btf;

		assert_true(name && expected);
		memset(name, 'n', lengths[i]);
		name[lengths[i]] = '\0';
		kbtf_builder_type(b, KBTF_FWD, name, 0, 0);
		kbtf_builder_type(b, KBTF_FWD, "after", 1, 0);
		btf = made(b, "t");
		sprintf(expected, "[1] FWD '%s' fwd_kind=struct\n[2] FWD 'after' fwd_kind=union\n",
			name);
		assert_text(btf, expected);
		kbtf_free(btf);
		free(expected);
		free(name);
	}
}

/* A kind that only the layout section knows, and words that nobody gave a meaning. */
static void test_unknown(void **state)
{
	struct raw r;
	struct kbtf *btf;
	unsigned int name, i;

	(void)state;
	raw_init(&r, 0);
	name = raw_string(&r, "x");
	raw_type(&r, 25, name, 2, 0, 7);
	raw_words(&r, 5, 1, 2, 3, 4, 5);
	raw_type(&r, KBTF_INT, name, 0, 0, 4);
	raw_word(&r, 3u << 24 | 8u << 16 | 24);
	raw_type(&r, KBTF_VAR, name, 0, 0, 2);
	raw_word(&r, 9);
	raw_layout_known(&r, 20);
	for (i = 20; i < 25; i++)
		raw_layout(&r, 0, 0, 0);
	raw_layout(&r, 4, 8, 0);
	btf = opened(&r, NULL, "t");
	assert_text(btf, "[1] UNKNOWN 'x'\n"
			 "[2] INT 'x' size=4 bits_offset=8 nr_bits=24 encoding=UNKN\n"
			 "[3] VAR 'x' type_id=2, linkage=(unknown)\n");
	kbtf_free(btf);
}

static void test_split(void **state)
{
	struct kbtf *base, *split;
	struct kbtf_builder *b;
	struct text t = { 0 };

	(void)state;
	b = kbtf_builder_new(NULL);
	kbtf_builder_int(b, "int", 4, KBTF_INT_SIGNED);
	base = made(b, "base");
	b = kbtf_builder_new(base);
	kbtf_builder_type(b, KBTF_DATASEC, "int", 0, 0);
	kbtf_builder_secinfo(b, 1, 0, 4);
	split = made(b, "split");
	assert_text(split, "[2] DATASEC 'int' size=0 vlen=1\n"
			   "\ttype_id=1 offset=0 size=4 (INT 'int')\n");
	assert_int_equal(kbtf_text_raw_type(split, 1, collect, &t), 0);
	assert_int_equal(kbtf_text_raw_type(split, 0, collect, &t), 0);
	assert_string_equal(t.data,
			    "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED\n"
			    "[0] UNKNOWN '(anon)'\n");
	assert_int_equal(kbtf_text_raw_type(split, 3, collect, &t), -ERANGE);
	free(t.data);
	kbtf_free(split);
	kbtf_free(base);
}

/* What write returns ends the printing, and nothing is written after it. */
static void test_failing_write(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct text t = { .fail_at = 2 };
	struct kbtf *btf;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++)
		kbtf_builder_type(b, KBTF_PTR, NULL, 0, 0);
	btf = made(b, "t");
	assert_int_equal(kbtf_text_raw(btf, collect, &t), -ENOSPC);
	assert_int_equal(t.nr_writes, 2);
	free(t.data);
	kbtf_free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	      cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_blocks),	      cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_unknown),	      cmocka_unit_test(test_split),
		cmocka_unit_test(test_failing_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

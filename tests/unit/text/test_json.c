// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* JSON: each kind, names that JSON cannot hold as they are, ids chosen, writers that fail. */
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

#define HEAD "{\n\"first_id\":1,\n\"types\":[\n"
#define TAIL "\n]\n}\n"

static void assert_json(const struct kbtf *btf, const uint32_t *ids, size_t nr_ids,
			const char *expected)
{
	struct text t = { 0 };

	assert_int_equal(kbtf_text_json(btf, ids, nr_ids, collect, &t), 0);
	assert_string_equal(t.data, expected);
	free(t.data);
}

/* One type as JSON, from its "vlen" on, where its head is as expected. */
static void assert_type(const char *types, const char *kind, const char *name, const char *rest)
{
	struct kbtf *btf = typed(types, NULL, NULL);
	uint32_t id = kbtf_nr_types(btf);
	char expected[4096];

	snprintf(expected, sizeof(expected),
		 HEAD "{\"id\":%u,\"kind\":\"%s\",\"name\":%s,\"kind_flag\":%s}" TAIL, id, kind,
		 name, rest);
	assert_json(btf, &id, 1, expected);
	kbtf_free(btf);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_type("int int 4 1", "INT", "\"int\"",
		    "false,\"vlen\":0,\"size\":4,\"bits_offset\":0,\"nr_bits\":32,"
		    "\"encoding\":\"SIGNED\",\"encoding_nr\":1");
	assert_type("kind 1 i 4 (0x07080305)", "INT", "\"i\"",
		    "false,\"vlen\":0,\"size\":4,\"bits_offset\":8,\"nr_bits\":5,"
		    "\"encoding\":\"UNKN\",\"encoding_nr\":7");
	assert_type("ptr 0", "PTR", "null", "false,\"vlen\":0,\"type_id\":0");
	assert_type("int i 4 0; array 1 1 0xffffffff", "ARRAY", "null",
		    "false,\"vlen\":0,\"type_id\":1,\"index_type_id\":1,\"nr_elems\":4294967295");
	assert_type("struct s 0", "STRUCT", "\"s\"", "false,\"vlen\":0,\"size\":0,\"members\":[]");
	assert_type("int i 4 0; bunion - 4 (a 1 0 0) (- 1 3 5)", "UNION", "null",
		    "true,\"vlen\":2,\"size\":4,\"members\":["
		    "{\"name\":\"a\",\"type_id\":1,\"bits_offset\":0,\"bitfield_size\":0},"
		    "{\"name\":null,\"type_id\":1,\"bits_offset\":3,\"bitfield_size\":5}]");
	assert_type("enum e 4 (A -1) (B 0x80000000)", "ENUM", "\"e\"",
		    "false,\"vlen\":2,\"encoding\":\"UNSIGNED\",\"size\":4,\"values\":["
		    "{\"name\":\"A\",\"val\":4294967295},{\"name\":\"B\",\"val\":2147483648}]");
	assert_type("enum64 e 8 (A -1)", "ENUM64", "\"e\"",
		    "false,\"vlen\":1,\"encoding\":\"UNSIGNED\",\"size\":8,\"values\":["
		    "{\"name\":\"A\",\"val\":18446744073709551615}]");
	assert_type("fwd f", "FWD", "\"f\"", "false,\"vlen\":0,\"fwd_kind\":\"struct\"");
	assert_type("ufwd f", "FWD", "\"f\"", "true,\"vlen\":0,\"fwd_kind\":\"union\"");
	assert_type("typedef t 0", "TYPEDEF", "\"t\"", "false,\"vlen\":0,\"type_id\":0");
	assert_type("volatile 0", "VOLATILE", "null", "false,\"vlen\":0,\"type_id\":0");
	assert_type("const 0", "CONST", "null", "false,\"vlen\":0,\"type_id\":0");
	assert_type("restrict 0", "RESTRICT", "null", "false,\"vlen\":0,\"type_id\":0");
	assert_type("proto 0 (a 0) (- 0)", "FUNC_PROTO", "null",
		    "false,\"vlen\":2,\"ret_type_id\":0,\"params\":["
		    "{\"name\":\"a\",\"type_id\":0},{\"name\":null,\"type_id\":0}]");
	assert_type("proto 0; func f 1 2", "FUNC", "\"f\"",
		    "false,\"vlen\":2,\"type_id\":1,\"linkage\":\"extern\"");
	assert_type("int i 4 0; var v 1 9", "VAR", "\"v\"",
		    "false,\"vlen\":0,\"type_id\":1,\"linkage\":\"(unknown)\",\"linkage_nr\":9");
	assert_type(
		"int i 4 0; var v 1 1; datasec .data 4 (2 0 4)", "DATASEC", "\".data\"",
		"false,\"vlen\":1,\"size\":4,\"vars\":[{\"type_id\":2,\"offset\":0,\"size\":4}]");
	assert_type("float double 8", "FLOAT", "\"double\"", "false,\"vlen\":0,\"size\":8");
	assert_type("struct s 0; dtag tag 1 -1", "DECL_TAG", "\"tag\"",
		    "false,\"vlen\":0,\"type_id\":1,\"component_idx\":-1");
	assert_type("ttag user 0", "TYPE_TAG", "\"user\"", "false,\"vlen\":0,\"type_id\":0");
}

static void test_signed_enums(void **state)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	struct kbtf *btf;

	(void)state;
	kbtf_builder_type(b, KBTF_ENUM, "e", 1, 4);
	kbtf_builder_enumerator(b, "LEAST", 0x80000000);
	kbtf_builder_type(b, KBTF_ENUM64, "f", 1, 8);
	kbtf_builder_enumerator(b, "LEAST", (uint64_t)INT64_MIN);
	btf = made(b, "t");
	assert_json(btf, NULL, 0,
		    HEAD "{\"id\":1,\"kind\":\"ENUM\",\"name\":\"e\",\"kind_flag\":true,\"vlen\":1,"
			 "\"encoding\":\"SIGNED\",\"size\":4,\"values\":["
			 "{\"name\":\"LEAST\",\"val\":-2147483648}]},\n"
			 "{\"id\":2,\"kind\":\"ENUM64\",\"name\":\"f\",\"kind_flag\":true,"
			 "\"vlen\":1,\"encoding\":\"SIGNED\",\"size\":8,\"values\":["
			 "{\"name\":\"LEAST\",\"val\":-9223372036854775808}]}" TAIL);
	kbtf_free(btf);
}

/* A kind that only the layout section knows keeps its words. */
static void test_unknown_kind(void **state)
{
	struct raw r;
	struct kbtf *btf;
	unsigned int i;

	(void)state;
	raw_init(&r, 0);
	raw_type(&r, 25, raw_string(&r, "x"), 1, 1, 7);
	raw_words(&r, 3, 8, 9, 10);
	raw_layout_known(&r, 20);
	for (i = 20; i < 25; i++)
		raw_layout(&r, 0, 0, 0);
	raw_layout(&r, 4, 8, 0);
	btf = opened(&r, NULL, "t");
	assert_json(btf, NULL, 0,
		    HEAD "{\"id\":1,\"kind\":\"UNKNOWN\",\"name\":\"x\",\"kind_flag\":true,"
			 "\"vlen\":1,\"kind_nr\":25,\"words\":[7,8,9,10]}" TAIL);
	kbtf_free(btf);
}

static void assert_name(const char *name, const char *json)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	char expected[1024];
	struct kbtf *btf;

	kbtf_builder_type(b, KBTF_FWD, name, 0, 0);
	btf = made(b, "t");
	snprintf(expected, sizeof(expected),
		 HEAD "{\"id\":1,\"kind\":\"FWD\",\"name\":%s,\"kind_flag\":false,\"vlen\":0,"
		      "\"fwd_kind\":\"struct\"}" TAIL,
		 json);
	assert_json(btf, NULL, 0, expected);
	kbtf_free(btf);
}

#define BAD "\xef\xbf\xbd"

static void test_names(void **state)
{
	(void)state;
	assert_name("a\"b\\c/", "\"a\\\"b\\\\c/\"");
	assert_name("\n\x1f\x7f", "\"\\u000a\\u001f\\u007f\"");
	assert_name("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
	assert_name("\xff", "\"" BAD "\",\"name_hex\":\"ff\"");
	assert_name("a\x80z", "\"a" BAD "z\",\"name_hex\":\"61807a\"");
	assert_name("\xc3", "\"" BAD "\",\"name_hex\":\"c3\"");
	assert_name("\xe0\x80\xaf", "\"" BAD BAD BAD "\",\"name_hex\":\"e080af\"");
	assert_name("\xed\xa0\x80\"", "\"" BAD BAD BAD "\\\"\",\"name_hex\":\"eda08022\"");
	assert_name("\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\",\"name_hex\":\"f4908080\"");
}

/* Names about as long as a block, with and without escapes: nothing is torn or lost. */
static void test_long_names(void **state)
{
	static const size_t lengths[] = { 65000, 65216, 65535, 65536, 65537, 200000 };
	size_t i, n;

	(void)state;
	for (i = 0; i < 2 * sizeof(lengths) / sizeof(*lengths); i++) {
		struct kbtf_builder *b = kbtf_builder_new(NULL);
		size_t length = lengths[i / 2];
		char *name = malloc(length + 1), *expected = malloc(6 * length + 200);
		bool escaped = i & 1;
		struct kbtf *btf;
		char *at;

		assert_true(name && expected);
		memset(name, escaped ? '\x01' : 'n', length);
		name[length] = '\0';
		kbtf_builder_type(b, KBTF_FWD, name, 0, 0);
		btf = made(b, "t");
		at = expected + sprintf(expected, HEAD "{\"id\":1,\"kind\":\"FWD\",\"name\":\"");
		for (n = 0; n < length; n++)
			at += sprintf(at, "%s", escaped ? "\\u0001" : "n");
		sprintf(at, "\",\"kind_flag\":false,\"vlen\":0,\"fwd_kind\":\"struct\"}" TAIL);
		assert_json(btf, NULL, 0, expected);
		kbtf_free(btf);
		free(expected);
		free(name);
	}
}

static void test_chosen_ids(void **state)
{
	struct kbtf *base = typed("int i 4 0", NULL, "base");
	struct kbtf *split = typed("ptr 1", base, "split");
	static const uint32_t ids[] = { 2, 1, 0 }, beyond[] = { 1, 3 };
	struct text t = { 0 };

	(void)state;
	assert_json(
		split, ids, 3,
		"{\n\"first_id\":2,\n\"types\":[\n"
		"{\"id\":2,\"kind\":\"PTR\",\"name\":null,\"kind_flag\":false,\"vlen\":0,"
		"\"type_id\":1},\n"
		"{\"id\":1,\"kind\":\"INT\",\"name\":\"i\",\"kind_flag\":false,\"vlen\":0,"
		"\"size\":4,\"bits_offset\":0,\"nr_bits\":32,\"encoding\":\"(none)\","
		"\"encoding_nr\":0},\n"
		"{\"id\":0,\"kind\":\"VOID\",\"name\":null,\"kind_flag\":false,\"vlen\":0}" TAIL);
	assert_json(split, ids, 0, "{\n\"first_id\":2,\n\"types\":[" TAIL);
	assert_int_equal(kbtf_text_json(split, beyond, 2, collect, &t), -ERANGE);
	assert_int_equal(t.nr_writes, 0);
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
	assert_int_equal(kbtf_text_json(btf, NULL, 0, collect, &t), -ENOSPC);
	assert_int_equal(t.nr_writes, 2);
	free(t.data);
	kbtf_free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	      cmocka_unit_test(test_signed_enums),
		cmocka_unit_test(test_unknown_kind),  cmocka_unit_test(test_names),
		cmocka_unit_test(test_long_names),    cmocka_unit_test(test_chosen_ids),
		cmocka_unit_test(test_failing_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

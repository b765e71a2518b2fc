// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* JSON through yajl: what yajl does not do for us is names that are no UTF-8, and short numbers. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_out.h"

static void collect(void *ctx, const char *text, size_t n)
{
	struct kbtf_json_out *out = ctx;

	if (!out->err)
		out->err = kbtf_buf_append(&out->text, text, n);
}

int kbtf_json_out_init(struct kbtf_json_out *out, kbtf_write_fn *write, void *ctx)
{
	memset(out, 0, sizeof(*out));
	out->gen = yajl_gen_alloc(NULL);
	if (!out->gen)
		return -ENOMEM;
	yajl_gen_config(out->gen, yajl_gen_beautify, 1);
	yajl_gen_config(out->gen, yajl_gen_indent_string, "  ");
	yajl_gen_config(out->gen, yajl_gen_print_callback, collect, out);
	out->write = write;
	out->ctx = ctx;
	return 0;
}

void kbtf_json_flush(struct kbtf_json_out *out)
{
	if (out->text.size && !out->err)
		out->err = out->write(out->ctx, (const char *)out->text.data, out->text.size);
	out->text.size = 0;
}

int kbtf_json_out_finish(struct kbtf_json_out *out)
{
	kbtf_json_flush(out);
	yajl_gen_free(out->gen);
	kbtf_buf_deinit(&out->text);
	return out->err;
}

static void check(struct kbtf_json_out *out, yajl_gen_status status)
{
	if (status != yajl_gen_status_ok && status != yajl_gen_generation_complete && !out->err)
		out->err = -ENOMEM;
}

static void put_string(struct kbtf_json_out *out, const char *value)
{
	struct kbtf_buf clean = { 0 };
	size_t len;

	for (; *value; value += len ? len : 1) {
		len = kbtf_utf8_length(value);
		if (kbtf_buf_append(&clean, len ? value : "\xef\xbf\xbd", len ? len : 3))
			out->err = -ENOMEM;
	}
	check(out, yajl_gen_string(out->gen, clean.size ? clean.data : (const unsigned char *)"",
				   clean.size));
	kbtf_buf_deinit(&clean);
}

static void put_key(struct kbtf_json_out *out, const char *key)
{
	if (key)
		check(out, yajl_gen_string(out->gen, (const unsigned char *)key, strlen(key)));
}

void kbtf_json_open_map(struct kbtf_json_out *out, const char *key)
{
	put_key(out, key);
	check(out, yajl_gen_map_open(out->gen));
}

void kbtf_json_close_map(struct kbtf_json_out *out)
{
	check(out, yajl_gen_map_close(out->gen));
}

void kbtf_json_open_array(struct kbtf_json_out *out, const char *key)
{
	put_key(out, key);
	check(out, yajl_gen_array_open(out->gen));
}

void kbtf_json_close_array(struct kbtf_json_out *out)
{
	check(out, yajl_gen_array_close(out->gen));
}

void kbtf_json_string(struct kbtf_json_out *out, const char *key, const char *value)
{
	put_key(out, key);
	if (value)
		put_string(out, value);
	else
		check(out, yajl_gen_null(out->gen));
}

void kbtf_json_number(struct kbtf_json_out *out, const char *key, uint64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRIu64, value);

	put_key(out, key);
	check(out, yajl_gen_number(out->gen, text, (size_t)len));
}

void kbtf_json_seconds(struct kbtf_json_out *out, const char *key, double value)
{
	char text[48];
	int len = snprintf(text, sizeof(text), "%.6f", value);

	put_key(out, key);
	check(out, yajl_gen_number(out->gen, text, (size_t)len));
}

void kbtf_json_bool(struct kbtf_json_out *out, const char *key, bool value)
{
	put_key(out, key);
	check(out, yajl_gen_bool(out->gen, value));
}

void kbtf_json_null(struct kbtf_json_out *out, const char *key)
{
	put_key(out, key);
	check(out, yajl_gen_null(out->gen));
}

void kbtf_json_verbatim(struct kbtf_json_out *out, const char *key, const char *value, size_t n)
{
	put_key(out, key);
	check(out, yajl_gen_number(out->gen, value, n)); /* which it does not look at */
}

void kbtf_json_diag(struct kbtf_json_out *out, const char *key, const struct kbtf_diag *diag)
{
	if (!diag) {
		kbtf_json_null(out, key);
		return;
	}
	kbtf_json_open_map(out, key);
	kbtf_json_string(out, "reason", diag->reason);
	kbtf_json_string(out, "place", diag->place);
	if (diag->offset == KBTF_NO_OFFSET)
		kbtf_json_null(out, "offset");
	else
		kbtf_json_number(out, "offset", diag->offset);
	kbtf_json_number(out, "type_id", diag->type_id);
	kbtf_json_string(out, "text", diag->text);
	kbtf_json_close_map(out);
}

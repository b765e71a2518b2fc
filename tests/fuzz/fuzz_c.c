// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * kbtf_text_c(). The input is as that of fuzz_view: a byte that chooses, and BTF, alone
 * or on a small base.
 *
 * Laws: what is printed has only characters of C, outside of comments and strings no
 * others than declarations take; comments, strings, braces and parentheses end, each on
 * its own; every name made up is one; the text ends up the same however it is asked
 * for again; and its length is bounded by that of the input.
 */
#include <string.h>

#include <kbtf/text.h>

#include "fuzz.h"
#include "typetext.h"

enum choice {
	ON_BASE = 1,
	HEADER = 2,
	SIZES = 4,
	WITHOUT_BASE = 8,
	ALONE = 16,
	BY_ID = 32,
};

static const struct kbtf *small_base(void)
{
	static struct kbtf *base;
	size_t size;
	void *bytes;

	if (base)
		return base;
	bytes = typetext_bytes("int int 4 1; struct device 8 (a 1 0) (b 1 32); const 2; proto 1", 0,
			       false, &size);
	MUST(!kbtf_open(bytes, size, NULL, &base, NULL));
	free(bytes);
	return base;
}

struct text {
	char *data;
	size_t size, room;
};

static int collect(void *ctx, const char *text, size_t n)
{
	struct text *t = ctx;

	if (t->room - t->size < n) {
		t->room = 2 * (t->size + n);
		t->data = realloc(t->data, t->room);
		MUST(t->data);
	}
	memcpy(t->data + t->size, text, n);
	t->size += n;
	return 0;
}

static void on_note(void *ctx, const struct kbtf_diag *diag)
{
	(void)ctx;
	MUST(diag->reason);
}

/* The end of a comment or a string that begins at at; neither goes over a line's end. */
static const char *end_of(const char *at, const char *end, const char *mark)
{
	size_t len = strlen(mark);

	for (; (size_t)(end - at) >= len && *at != '\n'; at++)
		if (!memcmp(at, mark, len))
			return at + len;
	MUST(!"it ends");
	return NULL;
}

static bool starts(const char *at, const char *end, const char *with)
{
	return (size_t)(end - at) >= strlen(with) && !memcmp(at, with, strlen(with));
}

static void check_text(const char *at, const char *end)
{
	int braces = 0, parens = 0, brackets = 0;
	bool line_start = true;

	while (at < end) {
		char c = *at;

		MUST((c >= ' ' && c < 0x7f) || c == '\t' || c == '\n');
		if (starts(at, end, "/*")) {
			at = end_of(at + 2, end, "*/");
			continue;
		}
		if (c == '"') {
			at = end_of(at + 1, end, "\"");
			continue;
		}
		if (c == '#' && line_start) { /* one of the lines around types */
			while (at < end && *at != '\n')
				at++;
			continue;
		}
		MUST(strchr("\t\n abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
			    "{}()[];:,.=-*",
			    c));
		braces += (c == '{') - (c == '}');
		parens += (c == '(') - (c == ')');
		brackets += (c == '[') - (c == ']');
		MUST(braces >= 0 && parens >= 0 && brackets >= 0);
		MUST(c != ';' || !parens || braces);
		line_start = c == '\n';
		at++;
	}
	MUST(!braces && !parens && !brackets);
}

static struct text print(const struct kbtf *btf, unsigned int flags, const uint32_t *ids, size_t nr)
{
	const struct kbtf_c_opts opts = {
		.flags = flags, .ids = ids, .nr_ids = nr, .note = on_note
	};
	struct text text = { 0 };

	MUST(!kbtf_text_c(btf, &opts, collect, &text, NULL));
	if (text.size)
		check_text(text.data, text.data + text.size);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf_open_opts opts = { 0 };
	struct text once, again;
	unsigned int flags = 0;
	struct kbtf *btf;
	uint32_t id;

	if (size < 1)
		return 0;
	if (data[0] & ON_BASE)
		opts.base = small_base();
	if (kbtf_open(data + 1, size - 1, &opts, &btf, NULL))
		return 0;
	flags |= data[0] & HEADER ? KBTF_C_HEADER : 0;
	flags |= data[0] & SIZES ? KBTF_C_SIZES : 0;
	flags |= data[0] & WITHOUT_BASE ? KBTF_C_WITHOUT_BASE : 0;
	once = print(btf, flags, NULL, 0);
	again = print(btf, flags, NULL, 0);
	MUST(once.size == again.size);
	MUST(!once.size || !memcmp(once.data, again.data, once.size));
	/* Each word of the input is printed once, or 16 times inside of others, with a
	 * name of at most the input's length and some indentation. */
	MUST(once.size <= 65536 + (1024 + 16 * size) * (size + 128));
	free(once.data);
	free(again.data);
	flags |= data[0] & ALONE ? KBTF_C_ALONE : 0;
	for (id = 0; data[0] & BY_ID && id < kbtf_end_id(btf) && id < 64; id++)
		free(print(btf, flags, &id, 1).data);
	kbtf_free(btf);
	return 0;
}

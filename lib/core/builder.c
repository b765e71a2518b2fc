// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * BTF in the making: records and strings grow apart, until kbtf_assemble() joins
 * them behind a header.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/builder.h>

#include "assemble.h"
#include "buf.h"
#include "fail.h"
#include "strset.h"
#include "view.h"

struct kbtf_builder {
	const struct kbtf *base;
	struct kbtf_buf types;
	struct kbtf_strset strings;
	uint32_t nr_types;
	size_t last; /* offset of the type begun last */
	int err;
};

static void *keep_error(struct kbtf_builder *b, int err)
{
	if (!b->err)
		b->err = err;
	return NULL;
}

struct kbtf_builder *kbtf_builder_new(const struct kbtf *base)
{
	struct kbtf_builder *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->base = base;
	if (kbtf_strset_init(&b->strings, base, false)) {
		free(b);
		return NULL;
	}
	return b;
}

void kbtf_builder_free(struct kbtf_builder *b)
{
	if (!b)
		return;
	kbtf_buf_deinit(&b->types);
	kbtf_strset_deinit(&b->strings);
	free(b);
}

uint32_t kbtf_builder_string(struct kbtf_builder *b, const char *s)
{
	uint32_t off;

	if (!s || b->err)
		return 0;
	off = kbtf_strset_add(&b->strings, s, strlen(s));
	if (off < KBTF_STRSET_FULL)
		return off;
	keep_error(b, off == KBTF_STRSET_NOMEM ? -ENOMEM : -E2BIG);
	return 0;
}

uint32_t kbtf_builder_record(struct kbtf_builder *b, const struct kbtf_type *t, size_t size_bytes)
{
	uint32_t first_id = b->base ? kbtf_end_id(b->base) : 1;

	if (b->err)
		return 0;
	if (b->nr_types >= KBTF_MAX_TYPES - first_id || b->types.size + size_bytes > UINT32_MAX) {
		keep_error(b, -E2BIG);
		return 0;
	}
	b->last = b->types.size;
	if (kbtf_buf_append(&b->types, t, size_bytes)) {
		keep_error(b, -ENOMEM);
		return 0;
	}
	return first_id + b->nr_types++;
}

static uint32_t add_type(struct kbtf_builder *b, const char *name, uint32_t info, uint32_t word)
{
	struct kbtf_type t = { .name_off = kbtf_builder_string(b, name), .info = info };

	t.type = word;
	return kbtf_builder_record(b, &t, sizeof(t));
}

static void add_words(struct kbtf_builder *b, const uint32_t *words, size_t nr)
{
	if (!b->err && kbtf_buf_append(&b->types, words, nr * sizeof(*words)))
		keep_error(b, -ENOMEM);
}

uint32_t kbtf_builder_type(struct kbtf_builder *b, unsigned int kind, const char *name,
			   unsigned int kflag, uint32_t size_or_type)
{
	return add_type(b, name, kbtf_info(kind, 0, kflag), size_or_type);
}

uint32_t kbtf_builder_int(struct kbtf_builder *b, const char *name, uint32_t size_bytes,
			  uint32_t encoding)
{
	uint32_t id = add_type(b, name, kbtf_info(KBTF_INT, 0, 0), size_bytes);
	uint32_t word = encoding << 24 | size_bytes * 8;

	add_words(b, &word, 1);
	return id;
}

uint32_t kbtf_builder_array(struct kbtf_builder *b, uint32_t type, uint32_t index_type,
			    uint32_t nelems)
{
	uint32_t id = add_type(b, NULL, kbtf_info(KBTF_ARRAY, 0, 0), 0);
	uint32_t words[] = { type, index_type, nelems };

	add_words(b, words, 3);
	return id;
}

uint32_t kbtf_builder_var(struct kbtf_builder *b, const char *name, uint32_t type, uint32_t linkage)
{
	uint32_t id = add_type(b, name, kbtf_info(KBTF_VAR, 0, 0), type);

	add_words(b, &linkage, 1);
	return id;
}

uint32_t kbtf_builder_decl_tag(struct kbtf_builder *b, const char *value, uint32_t type,
			       int32_t component)
{
	uint32_t id = add_type(b, value, kbtf_info(KBTF_DECL_TAG, 0, 0), type);
	uint32_t word = (uint32_t)component;

	add_words(b, &word, 1);
	return id;
}

uint32_t kbtf_builder_func(struct kbtf_builder *b, const char *name, uint32_t proto,
			   uint32_t linkage)
{
	return add_type(b, name, kbtf_info(KBTF_FUNC, linkage, 0), proto);
}

/* Count one more element of the type begun last, which has to be of one of these kinds. */
static struct kbtf_type *begin_elem(struct kbtf_builder *b, uint32_t kinds)
{
	struct kbtf_type *t;

	if (b->err)
		return NULL;
	if (!b->nr_types)
		return keep_error(b, -EINVAL);
	t = (struct kbtf_type *)(b->types.data + b->last);
	if (!(kinds & KBTF_KIND_BIT(kbtf_kind(t))))
		return keep_error(b, -EINVAL);
	if (kbtf_vlen(t) == 0xffffff)
		return keep_error(b, -E2BIG);
	t->info++;
	return t;
}

void kbtf_builder_member(struct kbtf_builder *b, const char *name, uint32_t type,
			 uint32_t offset_bits, uint32_t bitfield_bits)
{
	const struct kbtf_type *t =
		begin_elem(b, KBTF_KIND_BIT(KBTF_STRUCT) | KBTF_KIND_BIT(KBTF_UNION));
	uint32_t words[] = { kbtf_builder_string(b, name), type, offset_bits };

	if (!t)
		return;
	if (kbtf_kflag(t) ? offset_bits >> 24 || bitfield_bits >> 8 : bitfield_bits) {
		keep_error(b, -EINVAL);
		return;
	}
	words[2] |= bitfield_bits << 24;
	add_words(b, words, 3);
}

void kbtf_builder_enumerator(struct kbtf_builder *b, const char *name, uint64_t value)
{
	const struct kbtf_type *t =
		begin_elem(b, KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_ENUM64));
	uint32_t words[] = { kbtf_builder_string(b, name), (uint32_t)value,
			     (uint32_t)(value >> 32) };

	if (t)
		add_words(b, words, kbtf_kind(t) == KBTF_ENUM ? 2 : 3);
}

void kbtf_builder_param(struct kbtf_builder *b, const char *name, uint32_t type)
{
	uint32_t words[] = { kbtf_builder_string(b, name), type };

	if (begin_elem(b, KBTF_KIND_BIT(KBTF_FUNC_PROTO)))
		add_words(b, words, 2);
}

void kbtf_builder_secinfo(struct kbtf_builder *b, uint32_t type, uint32_t offset, uint32_t size)
{
	uint32_t words[] = { type, offset, size };

	if (begin_elem(b, KBTF_KIND_BIT(KBTF_DATASEC)))
		add_words(b, words, 3);
}

int kbtf_builder_finish(struct kbtf_builder *b, const char *label, struct kbtf **ret,
			struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .base = b->base, .label = label, .flags = KBTF_OPEN_TAKE };
	void *bytes = NULL;
	size_t size;
	int err = b->err;

	if (!err)
		err = kbtf_assemble(b->types.data, b->types.size, b->strings.bytes.data,
				    b->strings.bytes.size, &bytes, &size);
	if (err == -ENOMEM)
		kbtf_fail_nomem(reterr);
	else if (err)
		kbtf_fail(reterr, err, "build", "BTF being built: %s", strerror(-err));
	else
		err = kbtf_open(bytes, size, &opts, ret, reterr);
	if (err)
		free(bytes);
	kbtf_builder_free(b);
	return err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What is asked of finished BTF, and messages about its types. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "view.h"

const struct kbtf_type kbtf_void_type;

void kbtf_free(struct kbtf *btf)
{
	if (!btf)
		return;
	free(btf->offs);
	free(btf->kinds);
	free(btf->owned);
	free(btf);
}

struct kbtf *kbtf_view_adopt(struct kbtf_buf *bytes, struct kbtf_buf *offs, const struct kbtf *base,
			     const char *label)
{
	struct kbtf *btf = calloc(1, sizeof(*btf));

	if (!btf)
		return NULL;
	memcpy(&btf->hdr, bytes->data, KBTF_HEADER_SIZE);
	btf->nr_types = (uint32_t)(offs->size / sizeof(*btf->offs));
	btf->offs = kbtf_buf_steal(offs, NULL);
	btf->bytes = btf->owned = kbtf_buf_steal(bytes, &btf->size_bytes);
	btf->types = btf->bytes + btf->hdr.hdr_len + btf->hdr.type_off;
	btf->strings = (const char *)btf->bytes + btf->hdr.hdr_len + btf->hdr.str_off;
	btf->base = base;
	btf->label = label;
	btf->first_id = base ? kbtf_end_id(base) : 1;
	btf->str_start = base ? base->str_end : 0;
	btf->str_end = btf->str_start + btf->hdr.str_len;
	return btf;
}

const struct kbtf *kbtf_base(const struct kbtf *btf)
{
	return btf->base;
}

const char *kbtf_label(const struct kbtf *btf)
{
	return btf->label;
}

uint32_t kbtf_first_id(const struct kbtf *btf)
{
	return btf->first_id;
}

uint32_t kbtf_end_id(const struct kbtf *btf)
{
	return btf->first_id + btf->nr_types;
}

uint32_t kbtf_nr_types(const struct kbtf *btf)
{
	return btf->nr_types;
}

const struct kbtf_header *kbtf_header(const struct kbtf *btf)
{
	return &btf->hdr;
}

bool kbtf_is_swapped(const struct kbtf *btf)
{
	return btf->swapped;
}

const struct kbtf_type *kbtf_type(const struct kbtf *btf, uint32_t type_id)
{
	return type_id < kbtf_end_id(btf) ? kbtf_type_get(btf, type_id) : NULL;
}

/* The BTF among this one and its bases that holds the type; NULL for void and beyond the end. */
static const struct kbtf *owner(const struct kbtf *btf, uint32_t type_id)
{
	if (!type_id || type_id >= kbtf_end_id(btf))
		return NULL;
	while (type_id < btf->first_id)
		btf = btf->base;
	return btf;
}

uint32_t kbtf_type_size_bytes(const struct kbtf *btf, uint32_t type_id)
{
	uint32_t i;

	btf = owner(btf, type_id);
	if (!btf)
		return 0;
	i = type_id - btf->first_id;
	return (i + 1 < btf->nr_types ? btf->offs[i + 1] : btf->hdr.type_len) - btf->offs[i];
}

uint32_t kbtf_type_offset(const struct kbtf *btf, uint32_t type_id)
{
	btf = owner(btf, type_id);
	if (!btf)
		return 0;
	return (uint32_t)(btf->types - btf->bytes) + btf->offs[type_id - btf->first_id];
}

const char *kbtf_string(const struct kbtf *btf, uint32_t name_off)
{
	return name_off < btf->str_end ? kbtf_string_get(btf, name_off) : NULL;
}

const char *kbtf_name(const struct kbtf *btf, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type(btf, type_id);
	const char *name = t ? kbtf_string(btf, t->name_off) : NULL;

	return name ? name : "";
}

const void *kbtf_bytes(const struct kbtf *btf, size_t *ret_size)
{
	if (ret_size)
		*ret_size = btf->size_bytes;
	return btf->bytes;
}

int kbtf_fail_type(struct kbtf_diag *diag, const struct kbtf *btf, uint32_t type_id, int err,
		   const char *reason, const char *fmt, ...)
{
	const struct kbtf *home = owner(btf, type_id);
	const struct kbtf_type *t = kbtf_type(btf, type_id);
	const char *name = kbtf_name(btf, type_id);
	char fact[sizeof(diag->text)];
	va_list ap;

	if (!diag)
		return err;
	va_start(ap, fmt);
	vsnprintf(fact, sizeof(fact), fmt, ap);
	va_end(ap);
	kbtf_fail_at(diag, err, reason, kbtf_type_offset(btf, type_id), "type [%u] %s %.128s: %s",
		     type_id, t ? kbtf_kind_name(kbtf_kind(t)) : "?", *name ? name : "(anon)",
		     fact);
	diag->type_id = type_id;
	kbtf_diag_in(diag, home ? home->label : btf->label);
	return err;
}

int kbtf_fail_btf(struct kbtf_diag *diag, const struct kbtf *btf, uint64_t offset, int err,
		  const char *reason, const char *fmt, ...)
{
	char fact[sizeof(diag->text)];
	va_list ap;

	if (!diag)
		return err;
	va_start(ap, fmt);
	vsnprintf(fact, sizeof(fact), fmt, ap);
	va_end(ap);
	kbtf_fail_at(diag, err, reason, offset, "%s", fact);
	kbtf_diag_in(diag, btf->label);
	return err;
}

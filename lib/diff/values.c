// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What differs between two types of one kind and name: a function for each kind. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "differ.h"

static void attribute_number(struct kbtf_differ *d, const char *name, uint64_t old, uint64_t new)
{
	char old_text[24], new_text[24];
	const char *a, *b;

	if (old == new)
		return;
	a = kbtf_diff_keep(
		d, old_text,
		(size_t)snprintf(old_text, sizeof(old_text), "%llu", (unsigned long long)old));
	b = kbtf_diff_keep(
		d, new_text,
		(size_t)snprintf(new_text, sizeof(new_text), "%llu", (unsigned long long)new));
	if (a && b)
		kbtf_diff_attribute(d, name, a, b);
}

/* In words where there are words for both. */
static void attribute_word(struct kbtf_differ *d, const char *name, const char *(*word)(uint32_t),
			   uint32_t old, uint32_t new)
{
	if (strcmp(word(old), word(new)))
		kbtf_diff_attribute(d, name, word(old), word(new));
	else
		attribute_number(d, name, old, new);
}

/* A FWD on one side is a type that is only declared there. */
static void diff_composite(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	const struct kbtf_type *old = kbtf_type_get(d->old.btf, old_id);
	const struct kbtf_type *new = kbtf_type_get(d->new.btf, new_id);
	static const char *const words[] = { "defined", "only declared" };

	kbtf_diff_attribute(d, "definition", words[kbtf_kind(old) == KBTF_FWD],
			    words[kbtf_kind(new) == KBTF_FWD]);
	if (kbtf_kind(old) == KBTF_FWD || kbtf_kind(new) == KBTF_FWD)
		return;
	attribute_number(d, "size", old->size, new->size);
	if (!kbtf_diff_same_parts(d, old_id, new_id) && !d->err)
		kbtf_diff_members(d, old_id, new_id);
}

/* ---- Enums ---- */

static int list_enumerators(const struct kbtf *btf, uint32_t id, struct kbtf_flat *flat)
{
	const struct kbtf_type *t = kbtf_type_get(btf, id);
	struct kbtf_flat_member m = { .type_id = id, .nest = 1 };
	uint32_t i;
	int err = 0;

	for (i = 0; i < kbtf_vlen(t) && !err; i++) {
		const struct kbtf_enum64 *e64 = &kbtf_enums64(t)[i];
		const struct kbtf_enum *e = &kbtf_enums(t)[i];
		bool is_64 = kbtf_kind(t) == KBTF_ENUM64;

		m.name = kbtf_string_get(btf, is_64 ? e64->name_off : e->name_off);
		m.value = is_64		  ? (uint64_t)e64->value_hi32 << 32 | e64->value_lo32
			  : kbtf_kflag(t) ? (uint64_t)e->value
					  : (uint32_t)e->value;
		err = kbtf_flat_append(flat, &m);
	}
	return err;
}

static void tell_enumerator(struct kbtf_differ *d, unsigned int how,
			    const struct kbtf_flat_member *old, const struct kbtf_flat_member *new)
{
	struct kbtf_diff_side sides[2] = { { 0 } };

	if (old)
		sides[0] = (struct kbtf_diff_side){ .name = old->name,
						    .type_id = old->type_id,
						    .value = old->value };
	if (new)
		sides[1] = (struct kbtf_diff_side){ .name = new->name,
						    .type_id = new->type_id,
						    .value = new->value };
	kbtf_diff_change(d, KBTF_PART_ENUMERATOR, how, old ? &sides[0] : NULL,
			 new ? &sides[1] : NULL);
}

/* What is only in the old list goes in front of what came after it, as members do. */
static void tell_enumerators(struct kbtf_differ *d, const struct kbtf_flat *old,
			     const struct kbtf_flat *new, bool same_sign)
{
	size_t i = 0, j;

	for (j = 0; j < new->nr; j++) {
		const struct kbtf_flat_member *n = &new->members[j], *o;

		for (; n->twin != KBTF_NO_TWIN && i < n->twin; i++)
			if (old->members[i].twin == KBTF_NO_TWIN)
				tell_enumerator(d, KBTF_HOW_REMOVED, &old->members[i], NULL);
		if (n->twin == KBTF_NO_TWIN) {
			tell_enumerator(d, KBTF_HOW_ADDED, NULL, n);
			continue;
		}
		o = &old->members[n->twin];
		if (o->value != n->value || (!same_sign && o->value >> 63))
			tell_enumerator(d, KBTF_HOW_REVALUED, o, n);
	}
	for (; i < old->nr; i++)
		if (old->members[i].twin == KBTF_NO_TWIN)
			tell_enumerator(d, KBTF_HOW_REMOVED, &old->members[i], NULL);
}

void kbtf_diff_enumerators(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	const bool same_sign = kbtf_kflag(kbtf_type_get(d->old.btf, old_id)) ==
			       kbtf_kflag(kbtf_type_get(d->new.btf, new_id));
	struct kbtf_flat old = { 0 }, new = { 0 };

	if (list_enumerators(d->old.btf, old_id, &old) ||
	    list_enumerators(d->new.btf, new_id, &new) || kbtf_flat_match(&old, &new))
		d->err = -ENOMEM;
	else
		tell_enumerators(d, &old, &new, same_sign);
	kbtf_flat_deinit(&old);
	kbtf_flat_deinit(&new);
}

static void diff_enum(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	const struct kbtf_type *old = kbtf_type_get(d->old.btf, old_id);
	const struct kbtf_type *new = kbtf_type_get(d->new.btf, new_id);
	static const char *const signs[] = { "unsigned", "signed" };

	attribute_number(d, "size", old->size, new->size);
	kbtf_diff_attribute(d, "values", signs[kbtf_kflag(old)], signs[kbtf_kflag(new)]);
	if (!kbtf_diff_same_parts(d, old_id, new_id) && !d->err)
		kbtf_diff_enumerators(d, old_id, new_id);
}

/* ---- Functions ---- */

static int list_params(const struct kbtf *btf, uint32_t proto_id, struct kbtf_flat *flat)
{
	const struct kbtf_type *t = kbtf_type_get(btf, proto_id);
	uint32_t i;
	int err = 0;

	for (i = 0; i < kbtf_vlen(t) && !err; i++) {
		const struct kbtf_param *p = &kbtf_params(t)[i];
		const struct kbtf_flat_member m = { .name = kbtf_string_get(btf, p->name_off),
						    .type_id = p->type,
						    .offset_bits = i,
						    .nest = 1 };

		err = kbtf_flat_append(flat, &m);
	}
	return err;
}

static void tell_param(struct kbtf_differ *d, unsigned int how, const struct kbtf_flat_member *old,
		       const struct kbtf_flat_member *new)
{
	struct kbtf_diff_side sides[2] = { { 0 } };

	if (old)
		sides[0] = (struct kbtf_diff_side){ .name = old->name,
						    .type_id = old->type_id,
						    .offset_bits = old->offset_bits };
	if (new)
		sides[1] = (struct kbtf_diff_side){ .name = new->name,
						    .type_id = new->type_id,
						    .offset_bits = new->offset_bits };
	kbtf_diff_change(d, KBTF_PART_PARAM, how, old ? &sides[0] : NULL, new ? &sides[1] : NULL);
}

static void tell_param_pair(struct kbtf_differ *d, const struct kbtf_flat_member *old,
			    const struct kbtf_flat_member *new)
{
	unsigned int how = 0;

	if (old->offset_bits != new->offset_bits)
		how |= KBTF_HOW_MOVED;
	if (!kbtf_diff_same_type(d, old->type_id, new->type_id))
		how |= KBTF_HOW_RETYPED;
	if (strcmp(old->name, new->name))
		how = KBTF_HOW_RENAMED;
	if (how)
		tell_param(d, how, old, new);
}

/* A parameter that was only renamed is at the same place, and of the same type. */
static void find_renamed(struct kbtf_differ *d, struct kbtf_flat *old, struct kbtf_flat *new)
{
	size_t i;

	for (i = 0; i < old->nr && i < new->nr; i++) {
		struct kbtf_flat_member *o = &old->members[i], *n = &new->members[i];

		if (o->twin == KBTF_NO_TWIN && n->twin == KBTF_NO_TWIN &&
		    kbtf_diff_same_type(d, o->type_id, n->type_id))
			o->twin = n->twin = (uint32_t)i;
	}
}

static void tell_params(struct kbtf_differ *d, const struct kbtf_flat *old,
			const struct kbtf_flat *new)
{
	size_t i;

	for (i = 0; i < old->nr; i++)
		if (old->members[i].twin == KBTF_NO_TWIN)
			tell_param(d, KBTF_HOW_REMOVED, &old->members[i], NULL);
	for (i = 0; i < new->nr; i++) {
		const struct kbtf_flat_member *n = &new->members[i];

		if (n->twin == KBTF_NO_TWIN)
			tell_param(d, KBTF_HOW_ADDED, NULL, n);
		else
			tell_param_pair(d, &old->members[n->twin], n);
	}
}

static void diff_proto(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	struct kbtf_diff_side old_ret = { .type_id = kbtf_type_get(d->old.btf, old_id)->type };
	struct kbtf_diff_side new_ret = { .type_id = kbtf_type_get(d->new.btf, new_id)->type };
	struct kbtf_flat old = { 0 }, new = { 0 };

	if (kbtf_diff_same_type(d, old_id, new_id))
		return;
	if (!kbtf_diff_same_type(d, old_ret.type_id, new_ret.type_id))
		kbtf_diff_change(d, KBTF_PART_RETURN, KBTF_HOW_RETYPED, &old_ret, &new_ret);
	if (list_params(d->old.btf, old_id, &old) || list_params(d->new.btf, new_id, &new) ||
	    kbtf_flat_match(&old, &new)) {
		d->err = -ENOMEM;
	} else {
		find_renamed(d, &old, &new);
		tell_params(d, &old, &new);
	}
	kbtf_flat_deinit(&old);
	kbtf_flat_deinit(&new);
}

static void diff_func(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	const struct kbtf_type *old = kbtf_type_get(d->old.btf, old_id);
	const struct kbtf_type *new = kbtf_type_get(d->new.btf, new_id);

	attribute_word(d, "linkage", kbtf_linkage_word, kbtf_vlen(old), kbtf_vlen(new));
	diff_proto(d, old->type, new->type);
}

/* ---- The rest ---- */

static void tell_target(struct kbtf_differ *d, uint32_t old_type, uint32_t new_type)
{
	struct kbtf_diff_side old = { .type_id = old_type }, new = { .type_id = new_type };

	kbtf_diff_change(d, KBTF_PART_TARGET, KBTF_HOW_RETYPED, &old, &new);
}

/* What has no name is compared part by part under the name that it is given here. */
static void diff_target(struct kbtf_differ *d, uint32_t old_type, uint32_t new_type)
{
	const struct kbtf_diff_unnamed old = kbtf_diff_unnamed(d->old.btf, old_type);
	const struct kbtf_diff_unnamed new = kbtf_diff_unnamed(d->new.btf, new_type);

	if (kbtf_diff_same_type(d, old_type, new_type))
		return;
	if (!old.id || !new.id || old.kind != new.kind || old.around != new.around)
		tell_target(d, old_type, new_type);
	else if (old.kind == KBTF_ENUM)
		diff_enum(d, old.id, new.id);
	else
		diff_composite(d, old.id, new.id);
}

static void diff_var(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	const struct kbtf_type *old = kbtf_type_get(d->old.btf, old_id);
	const struct kbtf_type *new = kbtf_type_get(d->new.btf, new_id);

	attribute_word(d, "linkage", kbtf_linkage_word, kbtf_word(old), kbtf_word(new));
	kbtf_diff_attribute(d, "section", kbtf_diff_section_of(&d->old, old_id),
			    kbtf_diff_section_of(&d->new, new_id));
	diff_target(d, old->type, new->type);
}

static void diff_int(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	const struct kbtf_type *old = kbtf_type_get(d->old.btf, old_id);
	const struct kbtf_type *new = kbtf_type_get(d->new.btf, new_id);
	uint32_t x = kbtf_word(old), y = kbtf_word(new);

	attribute_number(d, "size", old->size, new->size);
	attribute_number(d, "bits", KBTF_INT_BITS(x), KBTF_INT_BITS(y));
	attribute_number(d, "bits_offset", KBTF_INT_OFFSET_BITS(x), KBTF_INT_OFFSET_BITS(y));
	attribute_word(d, "encoding", kbtf_encoding_word, KBTF_INT_ENCODING(x),
		       KBTF_INT_ENCODING(y));
}

void kbtf_diff_pair(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	const struct kbtf_type *old = kbtf_type_get(d->old.btf, old_id);
	const struct kbtf_type *new = kbtf_type_get(d->new.btf, new_id);

	switch (kbtf_diff_kind_of(old)) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		diff_composite(d, old_id, new_id);
		break;
	case KBTF_ENUM:
		diff_enum(d, old_id, new_id);
		break;
	case KBTF_FUNC:
		diff_func(d, old_id, new_id);
		break;
	case KBTF_TYPEDEF:
		diff_target(d, old->type, new->type);
		break;
	case KBTF_VAR:
		diff_var(d, old_id, new_id);
		break;
	case KBTF_INT:
		diff_int(d, old_id, new_id);
		break;
	case KBTF_FLOAT:
		attribute_number(d, "size", old->size, new->size);
		break;
	}
	kbtf_diff_tags_of_pair(d, old_id, new_id);
}

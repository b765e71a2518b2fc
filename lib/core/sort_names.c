// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * BTF in, BTF of the same types in the order of their names out: sort [sort_types], copy the
 * records in that order [copy_types], and send their ids through the permutation.
 *
 *   old ids   first ... end - 1
 *   order     the old id of what comes first, second, ...
 *   ids       of each old id the new one; the base's stay
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "rewrite.h"
#include "view.h"

/* The first letters as a number are most of a comparison. */
struct named {
	uint64_t key;
	const char *name;
	uint32_t id;
};

static uint64_t key_of(const char *name)
{
	uint64_t key = 0;
	unsigned int i;

	for (i = 0; i < 8 && name[i]; i++)
		key |= (uint64_t)(uint8_t)name[i] << (56 - 8 * i);
	return key;
}

static int compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	order = x->key & 0xff ? strcmp(x->name + 8, y->name + 8) : 0;
	if (order)
		return order;
	return x->id < y->id ? -1 : x->id > y->id;
}

static struct named *sort_types(const struct kbtf *btf)
{
	struct named *order = kbtf_alloc_array(btf->nr_types, sizeof(*order));
	uint32_t i;

	if (!order)
		return NULL;
	for (i = 0; i < btf->nr_types; i++) {
		const char *name = kbtf_string_get(btf, kbtf_own_type(btf, i)->name_off);

		order[i] = (struct named){ key_of(name), name, btf->first_id + i };
	}
	qsort(order, btf->nr_types, sizeof(*order), compare);
	return order;
}

/* The map of all ids below the end. */
static uint32_t *map_ids(const struct kbtf *btf, const struct named *order)
{
	uint32_t *ids = kbtf_alloc_array((size_t)btf->first_id + btf->nr_types, sizeof(*ids)), i;

	if (!ids)
		return NULL;
	for (i = 0; i < btf->first_id; i++)
		ids[i] = i;
	for (i = 0; i < btf->nr_types; i++)
		ids[order[i].id] = btf->first_id + i;
	return ids;
}

/* All bytes as they are, but for the types. */
static uint8_t *copy_types(const struct kbtf *btf, const struct named *order)
{
	uint8_t *out = malloc(btf->size_bytes), *at;
	uint32_t i, size;

	if (!out)
		return NULL;
	memcpy(out, btf->bytes, btf->size_bytes);
	at = out + (btf->types - btf->bytes);
	for (i = 0; i < btf->nr_types; i++) {
		size = kbtf_type_size_bytes(btf, order[i].id);
		memcpy(at, kbtf_own_type(btf, order[i].id - btf->first_id), size);
		at += size;
	}
	return out;
}

static int permute(const struct kbtf *btf, const struct named *order, const uint32_t *ids,
		   struct kbtf **ret, struct kbtf_diag *reterr)
{
	/* What it is made of was sound. */
	struct kbtf_open_opts opts = { .base = btf->base,
				       .label = btf->label,
				       .flags = KBTF_OPEN_TAKE | KBTF_OPEN_TRUST_CHAINS };
	const struct kbtf_map id_map = { .shift_from = btf->first_id + btf->nr_types,
					 .direct = ids };
	const uint32_t nothing = 0;
	const struct kbtf_map str_map = { .direct = &nothing }; /* to where they are */
	uint8_t *bytes = copy_types(btf, order);
	int err;

	if (!bytes)
		return kbtf_fail_nomem(reterr);
	kbtf_rewrite(bytes + (btf->types - btf->bytes), btf->hdr.type_len, &id_map, &str_map, NULL);
	err = kbtf_open(bytes, btf->size_bytes, &opts, ret, reterr);
	if (err)
		free(bytes);
	else
		(*ret)->swapped = btf->swapped;
	return err;
}

int kbtf_sort_by_name(const struct kbtf *btf, struct kbtf **ret, uint32_t **ret_ids,
		      struct kbtf_diag *reterr)
{
	struct named *order;
	uint32_t *ids;
	int err;

	if (btf->opaque)
		return kbtf_fail_btf(
			reterr, btf, KBTF_NO_OFFSET, -EOPNOTSUPP, "kind-unknown",
			"it has types of a kind kbtf does not know, whose ids cannot be moved");
	order = sort_types(btf);
	ids = order ? map_ids(btf, order) : NULL;
	err = ids ? permute(btf, order, ids, ret, reterr) : kbtf_fail_nomem(reterr);
	free(order);
	if (!err && ret_ids)
		*ret_ids = ids;
	else
		free(ids);
	return err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Declaration tags, which are types that refer to what they are about: gathered per
 * side and sorted [kbtf_diff_tags_init], then those of a pair of types merged
 * [kbtf_diff_tags_of_pair]. Tags of a member or parameter go by its name, as their
 * numbers change when one is put in front.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "differ.h"
#include "hash.h"

struct kbtf_diff_tag {
	uint32_t target;
	int32_t component;
	const char *value;
};

static int by_target(const void *a, const void *b)
{
	const struct kbtf_diff_tag *x = a, *y = b;

	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	if (x->component != y->component)
		return x->component < y->component ? -1 : 1;
	return strcmp(x->value, y->value);
}

int kbtf_diff_tags_init(struct kbtf_diff_btf *side)
{
	const struct kbtf *btf = side->btf;
	struct kbtf_diff_tags *tags = &side->tags;
	size_t nr = 0;
	uint32_t i;

	for (i = 0; i < btf->nr_types; i++)
		nr += kbtf_kind(kbtf_own_type(btf, i)) == KBTF_DECL_TAG;
	tags->tags = kbtf_alloc_array(nr, sizeof(*tags->tags));
	if (!tags->tags)
		return -ENOMEM;
	for (i = 0; i < btf->nr_types && nr; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i);

		if (kbtf_kind(t) != KBTF_DECL_TAG)
			continue;
		tags->tags[tags->nr++] =
			(struct kbtf_diff_tag){ t->type, (int32_t)kbtf_word(t),
						kbtf_string_get(btf, t->name_off) };
	}
	if (nr)
		qsort(tags->tags, nr, sizeof(*tags->tags), by_target);
	return 0;
}

void kbtf_diff_tags_deinit(struct kbtf_diff_btf *side)
{
	free(side->tags.tags);
}

/* A tag with the name of what it is about. */
struct named_tag {
	const char *name, *value;
};

/* The name of the member or parameter that a tag is about; "" where it has none. */
static const char *component_name(const struct kbtf_diff_btf *side, const struct kbtf_diff_tag *tag)
{
	const struct kbtf_type *t = kbtf_type_get(side->btf, tag->target);

	if (kbtf_kind(t) == KBTF_FUNC)
		t = kbtf_type_get(side->btf, t->type);
	if (tag->component < 0 || (uint32_t)tag->component >= kbtf_vlen(t))
		return "";
	if (kbtf_is_composite(t))
		return kbtf_string_get(side->btf, kbtf_members(t)[tag->component].name_off);
	if (kbtf_kind(t) == KBTF_FUNC_PROTO)
		return kbtf_string_get(side->btf, kbtf_params(t)[tag->component].name_off);
	return "";
}

/* The same, or else its number. */
static const char *component(struct kbtf_differ *d, const struct kbtf_diff_btf *side,
			     const struct kbtf_diff_tag *tag)
{
	const char *name = component_name(side, tag);
	char number[16];

	if (tag->component < 0 || *name)
		return name;
	return kbtf_diff_keep(d, number,
			      (size_t)snprintf(number, sizeof(number), "#%d", tag->component));
}

static int by_name(const void *a, const void *b)
{
	const struct named_tag *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->value, y->value);
}

/* The first tag of a type; they go on up to one of another type. */
static size_t find_first(const struct kbtf_diff_tags *tags, uint32_t id)
{
	size_t low = 0, high = tags->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (tags->tags[mid].target < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint64_t kbtf_diff_tags_print(const struct kbtf_diff_btf *side, uint32_t id)
{
	size_t i = find_first(&side->tags, id);
	uint64_t sum = 0;

	for (; i < side->tags.nr && side->tags.tags[i].target == id; i++) {
		const struct kbtf_diff_tag *tag = &side->tags.tags[i];
		const char *name = component_name(side, tag);
		uint64_t h = *name ? kbtf_hash_string(name) : (uint64_t)(int64_t)tag->component;

		sum += kbtf_diff_mix(kbtf_diff_mix(0, h), kbtf_hash_string(tag->value));
	}
	return sum;
}

static struct named_tag *list_tags(struct kbtf_differ *d, const struct kbtf_diff_btf *side,
				   uint32_t id, size_t *ret_nr)
{
	size_t first = find_first(&side->tags, id), i;
	struct named_tag *list;

	for (*ret_nr = 0; first + *ret_nr < side->tags.nr; ++*ret_nr)
		if (side->tags.tags[first + *ret_nr].target != id)
			break;
	list = kbtf_alloc_array(*ret_nr, sizeof(*list));
	for (i = 0; list && i < *ret_nr; i++) {
		const struct kbtf_diff_tag *tag = &side->tags.tags[first + i];

		list[i].name = component(d, side, tag);
		list[i].value = tag->value;
		if (!list[i].name) {
			free(list);
			return NULL;
		}
	}
	if (!list)
		d->err = -ENOMEM;
	else if (*ret_nr)
		qsort(list, *ret_nr, sizeof(*list), by_name);
	return list;
}

static void tell(struct kbtf_differ *d, const struct named_tag *old, const struct named_tag *new)
{
	struct kbtf_diff_side side = { .name = old ? old->name : new->name,
				       .text = old ? old->value : new->value };

	kbtf_diff_change(d, KBTF_PART_TAG, old ? KBTF_HOW_REMOVED : KBTF_HOW_ADDED,
			 old ? &side : NULL, new ? &side : NULL);
}

void kbtf_diff_tags_of_pair(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	struct named_tag *old, *new;
	size_t nr_old, nr_new, i = 0, j = 0;

	if (d->err || (!d->old.tags.nr && !d->new.tags.nr))
		return;
	/* Of several forwards one was chosen, never mind which. */
	if (kbtf_kind(kbtf_type_get(d->old.btf, old_id)) == KBTF_FWD ||
	    kbtf_kind(kbtf_type_get(d->new.btf, new_id)) == KBTF_FWD)
		return;
	old = list_tags(d, &d->old, old_id, &nr_old);
	new = list_tags(d, &d->new, new_id, &nr_new);
	while (old && new && (i < nr_old || j < nr_new)) {
		int order = i == nr_old ? 1 : j == nr_new ? -1 : by_name(&old[i], &new[j]);

		if (order)
			tell(d, order < 0 ? &old[i] : NULL, order > 0 ? &new[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	free(new);
	free(old);
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Types by name. A table is made once and never changes after that:
 *
 *   heads[hash of name]  ->  entry  ->  next entry  ->  ...   ids ascending
 *   entries[]                { type id, hash, next }          by ascending id
 *
 * BTF that is sorted by name (anonymous types first, as kernels since 6.19 may
 * have it) can be searched as it lies instead.
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "essential.h"
#include "hash.h"
#include "view.h"

#define NO_ENTRY UINT32_MAX

struct entry {
	uint32_t type_id;
	uint32_t hash;
	uint32_t next;
};

struct kbtf_names {
	const struct kbtf *btf;
	uint32_t kinds;
	bool essential;	      /* names without their flavours */
	uint32_t first_named; /* where sorted BTF is searched in place: its first named type, else 0
			       */
	uint32_t nr_entries;
	uint32_t mask;
	uint32_t *heads;
	struct entry *entries;
};

static bool is_wanted(const struct kbtf_names *names, const struct kbtf_type *t)
{
	unsigned int kind = kbtf_kind(t);

	return t->name_off && kind < KBTF_NR_KINDS && names->kinds & KBTF_KIND_BIT(kind);
}

/* The first named type where names ascend and anonymous types come first; 0 where they do not. */
static uint32_t find_first_named(const struct kbtf *btf)
{
	const char *last = NULL;
	uint32_t i, first = 0;

	for (i = 0; i < btf->nr_types; i++) {
		const char *name = kbtf_string_get(btf, kbtf_own_type(btf, i)->name_off);

		if (!last && !*name)
			continue;
		if (last && (!*name || strcmp(last, name) > 0))
			return 0;
		if (!last)
			first = btf->first_id + i;
		last = name;
	}
	return first;
}

/* Bytes of a name that count. */
static size_t length_of(const struct kbtf_names *names, const char *name)
{
	return names->essential ? kbtf_essential_len(name) : strlen(name);
}

/* An entry for each type that is wanted, by ascending id; their chains are made after that. */
static int add_entries(struct kbtf_names *names)
{
	const struct kbtf *btf = names->btf;
	uint32_t i, room = 0;

	for (i = 0; i < btf->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i);
		const char *name;

		if (!is_wanted(names, t))
			continue;
		if (names->nr_entries == room) {
			struct entry *more;

			room = room ? 2 * room : btf->nr_types / 8 + 16;
			more = kbtf_realloc_array(names->entries, room, sizeof(*more));
			if (!more)
				return -ENOMEM;
			names->entries = more;
		}
		name = kbtf_string_get(btf, t->name_off);
		names->entries[names->nr_entries++] = (struct entry){
			.type_id = btf->first_id + i,
			.hash = kbtf_hash_bytes(name, length_of(names, name)),
		};
	}
	return 0;
}

static int make_table(struct kbtf_names *names)
{
	uint32_t nr_heads = 16, i;

	if (add_entries(names))
		return -ENOMEM;
	while (nr_heads < names->nr_entries && nr_heads < UINT32_C(1) << 31)
		nr_heads *= 2;
	names->mask = nr_heads - 1;
	names->heads = kbtf_alloc_array(nr_heads, sizeof(*names->heads));
	if (!names->heads)
		return -ENOMEM;
	memset(names->heads, 0xff, nr_heads * sizeof(*names->heads));
	/* From the last to the first, each in front of its chain, so that ids ascend along it. */
	for (i = names->nr_entries; i-- > 0;) {
		uint32_t *head = &names->heads[names->entries[i].hash & names->mask];

		names->entries[i].next = *head;
		*head = i;
	}
	return 0;
}

int kbtf_names_new(const struct kbtf *btf, uint32_t kinds, unsigned int flags,
		   struct kbtf_names **ret)
{
	struct kbtf_names *names = calloc(1, sizeof(*names));

	if (!names)
		return -ENOMEM;
	names->btf = btf;
	names->kinds = kinds;
	names->essential = flags & KBTF_NAMES_ESSENTIAL;
	if (flags & KBTF_NAMES_SEARCH_SORTED && !names->essential)
		names->first_named = find_first_named(btf);
	if (!names->first_named && make_table(names)) {
		kbtf_names_free(names);
		return -ENOMEM;
	}
	*ret = names;
	return 0;
}

void kbtf_names_free(struct kbtf_names *names)
{
	if (!names)
		return;
	free(names->heads);
	free(names->entries);
	free(names);
}

static const char *name_of(const struct kbtf_names *names, uint32_t type_id)
{
	return kbtf_string_get(names->btf, kbtf_type_get(names->btf, type_id)->name_off);
}

static bool is_named(const struct kbtf_names_walk *walk, uint32_t type_id)
{
	const char *name = name_of(walk->names, type_id);

	/* strncmp(): the name may be the shorter one. */
	return !strncmp(name, walk->name, walk->name_len) &&
	       length_of(walk->names, name) == walk->name_len;
}

static uint32_t step_in_table(struct kbtf_names_walk *walk)
{
	const struct kbtf_names *names = walk->names;
	uint32_t i;

	for (i = walk->at; i != NO_ENTRY; i = names->entries[i].next) {
		const struct entry *e = &names->entries[i];

		if (e->hash != walk->hash || !is_named(walk, e->type_id))
			continue;
		walk->at = e->next;
		return e->type_id;
	}
	walk->at = NO_ENTRY;
	return 0;
}

/* The first of the sorted types that does not come before the name. */
static uint32_t first_in_sorted(const struct kbtf_names *names, const char *name)
{
	uint32_t low = names->first_named, high = kbtf_end_id(names->btf);

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (strcmp(name_of(names, mid), name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint32_t step_in_sorted(struct kbtf_names_walk *walk)
{
	const struct kbtf *btf = walk->names->btf;

	while (walk->at < kbtf_end_id(btf) && !strcmp(name_of(walk->names, walk->at), walk->name)) {
		uint32_t id = walk->at++;

		if (is_wanted(walk->names, kbtf_type_get(btf, id)))
			return id;
	}
	return 0;
}

void kbtf_names_walk_init(struct kbtf_names_walk *walk, const struct kbtf_names *names,
			  const char *name)
{
	*walk = (struct kbtf_names_walk){ .names = names, .name = name, .at = NO_ENTRY };
	if (!*name) /* anonymous, also where it is not the empty string at offset 0 */
		return;
	if (names->first_named) {
		walk->at = first_in_sorted(names, name);
	} else {
		walk->name_len = (uint32_t)length_of(names, name);
		walk->hash = kbtf_hash_bytes(name, walk->name_len);
		walk->at = names->heads[walk->hash & names->mask];
	}
}

uint32_t kbtf_names_walk_next(struct kbtf_names_walk *walk)
{
	return walk->names->first_named ? step_in_sorted(walk) : step_in_table(walk);
}

uint32_t kbtf_names_next(const struct kbtf_names *names, const char *name, uint32_t after_id)
{
	struct kbtf_names_walk walk;
	uint32_t id;

	kbtf_names_walk_init(&walk, names, name);
	do {
		id = kbtf_names_walk_next(&walk);
	} while (id && id <= after_id);
	return id;
}

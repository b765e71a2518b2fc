/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_IDS_H
#define KBTF_CORE_IDS_H

#include <kbtf/btf.h>
#include <kbtf/ids.h>

#include "rewrite.h"

/*
 *   words   | id | 2 | id | id | 1 | flags | id, flags |
 *             ^    ^ set         ^ set8
 *   refs    a word each that is an id; named by its symbol
 *   sets    a run of elements each, sorted by id once they are resolved
 *   lists   labels of words; where one ends only the next one, or a set, tells
 */
struct kbtf_ids_ref {
	uint32_t word;	/* index into words */
	bool is_beside; /* its flags, in a set8 that is sorted too */
	char *name;	/* owned: "func__bbr_init" */
};

struct kbtf_ids_set {
	uint32_t word; /* index of the first element */
	uint32_t nr;   /* elements that it counts: 0 before it is resolved */
	uint32_t room; /* elements that its symbol spans */
	uint32_t elem_words;
	char *name; /* owned */
};

struct kbtf_ids_list {
	uint32_t word;
	char *name; /* owned */
};

struct kbtf_ids {
	uint32_t *words; /* host order */
	uint32_t *bytes; /* as they are stored, where that differs; else NULL */
	size_t size;
	bool swapped;
	struct kbtf_ids_ref *refs; /* in the order they were told of */
	uint32_t nr_refs, room_refs;
	struct kbtf_ids_set *sets;
	uint32_t nr_sets, room_sets;
	struct kbtf_ids_list *lists;
	uint32_t nr_lists, room_lists;
};

/*
 * Send all ids through a map and sort each set again. Returns 0; -ENOENT where an
 * id goes nowhere, of which *ret_unmapped (may be NULL) is the number, or -ENOMEM;
 * and then nothing was changed.
 *
 * Source: the kernel searches sets by bisection (btf_id_set8_contains).
 */
int kbtf_ids_map(struct kbtf_ids *ids, const struct kbtf_map *map, uint32_t *ret_unmapped);

/* The steps of what changes ids: on a copy of the words, which then takes their place. */
uint32_t *kbtf_ids_copy_words(const struct kbtf_ids *ids);
/* Sort nr elements of a set by their ids, flags with them; equal ones keep their order. order,
 * unless it is NULL, gets of each which one it was. 0, or -ENOMEM with nothing changed. */
int kbtf_ids_sort_set(uint32_t *elems, uint32_t nr, uint32_t elem_words, uint32_t *order);
void kbtf_ids_take_words(struct kbtf_ids *ids, uint32_t *words);

#endif

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The section .BTF_ids: its words, and what symbols say of them.
 *
 *   words   | id | 2 | id | id | 1 | flags | id, flags |
 *             ^    ^ set         ^ set8
 *   refs    a word each that is an id; named by its symbol
 *   sets    a run of elements each, sorted by id
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "ids.h"
#include "open.h"

#define PREFIX "__BTF_ID__"

struct ref {
	uint32_t word; /* index into words */
	char *name;    /* owned */
};

struct set {
	uint32_t word; /* index of the first element */
	uint32_t nr;   /* elements */
	uint32_t elem_words;
};

struct kbtf_ids {
	uint32_t *words; /* host order */
	uint32_t *bytes; /* as they are stored, where that differs; else NULL */
	size_t size;
	bool swapped;
	struct ref *refs; /* in the order they were told of */
	uint32_t nr_refs, room_refs;
	struct set *sets;
	uint32_t nr_sets, room_sets;
};

void kbtf_ids_free(struct kbtf_ids *ids)
{
	uint32_t i;

	if (!ids)
		return;
	for (i = 0; i < ids->nr_refs; i++)
		free(ids->refs[i].name);
	free(ids->refs);
	free(ids->sets);
	free(ids->words);
	free(ids->bytes);
	free(ids);
}

int kbtf_ids_new(const void *bytes, size_t size, bool swapped, struct kbtf_ids **ret,
		 struct kbtf_diag *reterr)
{
	struct kbtf_ids *ids;

	if (size % 4 || size > UINT32_MAX)
		return kbtf_fail(reterr, -EINVAL, "ids-size",
				 "%zu bytes are not a whole number of 4-byte ids", size);
	ids = calloc(1, sizeof(*ids));
	if (!ids)
		return kbtf_fail_nomem(reterr);
	ids->size = size;
	ids->swapped = swapped;
	ids->words = malloc(size ? size : 1);
	ids->bytes = swapped ? malloc(size ? size : 1) : NULL;
	if (!ids->words || (swapped && !ids->bytes)) {
		kbtf_ids_free(ids);
		return kbtf_fail_nomem(reterr);
	}
	if (size)
		memcpy(ids->words, bytes, size);
	if (swapped && size) {
		memcpy(ids->bytes, bytes, size);
		kbtf_swap_words(ids->words, size / 4);
	}
	*ret = ids;
	return 0;
}

/* Room for one more element of an array that doubles. */
static void *grow(void *array, uint32_t nr, uint32_t *room, size_t elem_size)
{
	uint32_t more = *room ? *room * 2 : 16;

	if (nr < *room)
		return array;
	array = kbtf_realloc_array(array, more, elem_size);
	if (array)
		*room = more;
	return array;
}

/* "func__bbr_init__11041159" without the number that only makes the symbol unique. */
static char *ref_name(const char *name)
{
	const char *end = name + strlen(name), *p = end;

	while (p > name && p[-1] >= '0' && p[-1] <= '9')
		p--;
	if (p < end && p - name > 2 && p[-1] == '_' && p[-2] == '_')
		end = p - 2;
	return strndup(name, (size_t)(end - name));
}

static int add_ref(struct kbtf_ids *ids, const char *name, uint32_t word)
{
	struct ref *refs = grow(ids->refs, ids->nr_refs, &ids->room_refs, sizeof(*refs));
	char *copy;

	if (!refs)
		return -ENOMEM;
	ids->refs = refs;
	copy = ref_name(name);
	if (!copy)
		return -ENOMEM;
	refs[ids->nr_refs++] = (struct ref){ word, copy };
	return 0;
}

static int add_set(struct kbtf_ids *ids, struct set set)
{
	struct set *sets = grow(ids->sets, ids->nr_sets, &ids->room_sets, sizeof(*sets));

	if (!sets)
		return -ENOMEM;
	ids->sets = sets;
	sets[ids->nr_sets++] = set;
	return 0;
}

int kbtf_ids_add_symbol(struct kbtf_ids *ids, const char *name, uint64_t offset, uint64_t size,
			struct kbtf_diag *reterr)
{
	uint32_t head = 0, elem = 1, word, nr;
	int err;

	if (strncmp(name, PREFIX, strlen(PREFIX)))
		return 0;
	if (offset % 4 || offset > ids->size || size > ids->size - offset || size < 4)
		return kbtf_fail_at(reterr, -EINVAL, "ids-symbol", offset,
				    "symbol %.100s of %llu bytes does not fit the %zu bytes of the "
				    "section",
				    name, (unsigned long long)size, ids->size);
	word = (uint32_t)(offset / 4);
	name += strlen(PREFIX);
	if (!strncmp(name, "set__", 5))
		head = 1;
	else if (!strncmp(name, "set8__", 6))
		head = 2, elem = 2;
	if (!head) {
		err = add_ref(ids, name, word);
	} else {
		nr = ids->words[word];
		if (size < 4 * (uint64_t)head || nr > (size / 4 - head) / elem)
			return kbtf_fail_at(reterr, -EINVAL, "ids-set", offset,
					    "set %.100s counts %u ids, its symbol has %llu bytes",
					    name, nr, (unsigned long long)size);
		err = add_set(ids, (struct set){ word + head, nr, elem });
	}
	return err ? kbtf_fail_nomem(reterr) : 0;
}

/* Mark which words symbols account for: ids, and the heads and flags of sets. */
static void mark_known(const struct kbtf_ids *ids, uint8_t *known)
{
	uint32_t i, j;

	for (i = 0; i < ids->nr_refs; i++)
		known[ids->refs[i].word] = 1;
	for (i = 0; i < ids->nr_sets; i++) {
		const struct set *s = &ids->sets[i];

		for (j = 1; j <= s->elem_words; j++)
			known[s->word - j] = 1;
		for (j = 0; s->elem_words == 2 && j < s->nr; j++)
			known[s->word + 2 * j + 1] = 1;
	}
}

int kbtf_ids_check(const struct kbtf_ids *ids, struct kbtf_diag *reterr)
{
	size_t nr = ids->size / 4, i;
	uint8_t *known = kbtf_zalloc_array(nr, 1);
	int err = 0;

	if (!known)
		return kbtf_fail_nomem(reterr);
	mark_known(ids, known);
	for (i = 0; i < nr && !err; i++)
		if (ids->words[i] && !known[i])
			err = kbtf_fail_at(
				reterr, -EINVAL, "ids-symbols-gone", i * 4,
				"no __BTF_ID__ symbol tells what the word %u is%s", ids->words[i],
				ids->nr_refs ? "" : "; the module's symbols were stripped");
	free(known);
	return err;
}

uint32_t kbtf_ids_count(const struct kbtf_ids *ids)
{
	return ids->nr_refs;
}

uint32_t kbtf_ids_get(const struct kbtf_ids *ids, uint32_t i)
{
	return ids->words[ids->refs[i].word];
}

const char *kbtf_ids_name(const struct kbtf_ids *ids, uint32_t i)
{
	return ids->refs[i].name;
}

bool kbtf_ids_is_in_set(const struct kbtf_ids *ids, uint32_t i)
{
	uint32_t word = ids->refs[i].word, j;

	for (j = 0; j < ids->nr_sets; j++) {
		const struct set *s = &ids->sets[j];

		if (word >= s->word && (word - s->word) / s->elem_words < s->nr)
			return true;
	}
	return false;
}

const void *kbtf_ids_bytes(const struct kbtf_ids *ids, size_t *ret_size)
{
	if (ret_size)
		*ret_size = ids->size;
	return ids->bytes ? ids->bytes : ids->words;
}

static int compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int kbtf_ids_map(struct kbtf_ids *ids, const struct kbtf_map *map, uint32_t *ret_unmapped)
{
	uint8_t *mapped; /* two symbols may name one word */
	uint32_t i;

	for (i = 0; i < ids->nr_refs; i++) {
		if (!kbtf_ids_get(ids, i) || kbtf_map_find(map, kbtf_ids_get(ids, i)))
			continue;
		if (ret_unmapped)
			*ret_unmapped = i;
		return -ENOENT;
	}
	mapped = kbtf_zalloc_array(ids->size / 4, 1);
	if (!mapped)
		return -ENOMEM;
	for (i = 0; i < ids->nr_refs; i++) {
		uint32_t word = ids->refs[i].word;

		if (!mapped[word])
			ids->words[word] = kbtf_map_find(map, ids->words[word]);
		mapped[word] = 1;
	}
	free(mapped);
	for (i = 0; i < ids->nr_sets; i++) {
		const struct set *s = &ids->sets[i];

		qsort(ids->words + s->word, s->nr, 4 * (size_t)s->elem_words, compare_ids);
	}
	if (ids->bytes) {
		memcpy(ids->bytes, ids->words, ids->size);
		kbtf_swap_words(ids->bytes, ids->size / 4);
	}
	return 0;
}

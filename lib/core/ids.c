// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The section .BTF_ids: its words, and what symbols say of them. ids_resolve.c is
 * how ids come into it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "ids.h"
#include "open.h"
#include "sort.h"

#define PREFIX "__BTF_ID__"
/* What the symbol of an id spans that goes where its flags go; compilers make it 4 bytes. */
#define BESIDE_SIZE 8u

void kbtf_ids_free(struct kbtf_ids *ids)
{
	uint32_t i;

	if (!ids)
		return;
	for (i = 0; i < ids->nr_refs; i++)
		free(ids->refs[i].name);
	for (i = 0; i < ids->nr_sets; i++)
		free(ids->sets[i].name);
	for (i = 0; i < ids->nr_lists; i++)
		free(ids->lists[i].name);
	free(ids->lists);
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

static int add_ref(struct kbtf_ids *ids, const char *name, uint32_t word, bool is_beside)
{
	struct kbtf_ids_ref *refs = grow(ids->refs, ids->nr_refs, &ids->room_refs, sizeof(*refs));
	char *copy;

	if (!refs)
		return -ENOMEM;
	ids->refs = refs;
	copy = ref_name(name);
	if (!copy)
		return -ENOMEM;
	refs[ids->nr_refs++] = (struct kbtf_ids_ref){ word, is_beside, copy };
	return 0;
}

static int add_set(struct kbtf_ids *ids, const char *name, struct kbtf_ids_set set)
{
	struct kbtf_ids_set *sets = grow(ids->sets, ids->nr_sets, &ids->room_sets, sizeof(*sets));

	if (!sets)
		return -ENOMEM;
	ids->sets = sets;
	set.name = strdup(name);
	if (!set.name)
		return -ENOMEM;
	sets[ids->nr_sets++] = set;
	return 0;
}

static int add_list(struct kbtf_ids *ids, const char *name, uint32_t word)
{
	struct kbtf_ids_list *lists =
		grow(ids->lists, ids->nr_lists, &ids->room_lists, sizeof(*lists));
	char *copy;

	if (!lists)
		return -ENOMEM;
	ids->lists = lists;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	lists[ids->nr_lists++] = (struct kbtf_ids_list){ word, copy };
	return 0;
}

int kbtf_ids_add_symbol(struct kbtf_ids *ids, const char *name, uint64_t offset, uint64_t size,
			struct kbtf_diag *reterr)
{
	uint32_t head = 0, elem = 1, word, nr, room;
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
		err = add_ref(ids, name, word, size == BESIDE_SIZE);
	} else {
		nr = ids->words[word];
		room = size < 4 * (uint64_t)head ? 0 : (uint32_t)(size / 4 - head) / elem;
		if (size < 4 * (uint64_t)head || nr > room)
			return kbtf_fail_at(reterr, -EINVAL, "ids-set", offset,
					    "set %.100s counts %u ids, its symbol has %llu bytes",
					    name, nr, (unsigned long long)size);
		err = add_set(ids, strstr(name, "__") + 2,
			      (struct kbtf_ids_set){ word + head, nr, room, elem, NULL });
	}
	return err ? kbtf_fail_nomem(reterr) : 0;
}

int kbtf_ids_add_list(struct kbtf_ids *ids, const char *name, uint64_t offset,
		      struct kbtf_diag *reterr)
{
	if (!strncmp(name, PREFIX, strlen(PREFIX)) || !*name || *name == '$' || offset % 4 ||
	    offset >= ids->size)
		return 0;
	return add_list(ids, name, (uint32_t)(offset / 4)) ? kbtf_fail_nomem(reterr) : 0;
}

/* Mark which words symbols account for: ids, and the heads and flags of sets. */
static void mark_known(const struct kbtf_ids *ids, uint8_t *known)
{
	uint32_t i, j;

	for (i = 0; i < ids->nr_refs; i++)
		known[ids->refs[i].word] = 1;
	for (i = 0; i < ids->nr_sets; i++) {
		const struct kbtf_ids_set *s = &ids->sets[i];

		for (j = 1; j <= s->elem_words; j++)
			known[s->word - j] = 1;
		for (j = 0; s->elem_words == 2 && j < s->room; j++)
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
		const struct kbtf_ids_set *s = &ids->sets[j];

		if (word >= s->word && (word - s->word) / s->elem_words < s->room)
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

int kbtf_ids_sort_set(uint32_t *elems, uint32_t nr, uint32_t elem_words, uint32_t *order)
{
	uint64_t *items = kbtf_alloc_array(nr, 2 * sizeof(*items));
	uint32_t *flags = kbtf_alloc_array(nr, sizeof(*flags));
	uint32_t i;

	if (!items || !flags) {
		free(items);
		free(flags);
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++) {
		items[i] = (uint64_t)elems[(size_t)i * elem_words] << 32 | i;
		flags[i] = elems[(size_t)i * elem_words + elem_words - 1];
	}
	kbtf_sort_by_key(items, items + nr, nr);
	for (i = 0; i < nr; i++) {
		if (elem_words == 2)
			elems[(size_t)i * 2 + 1] = flags[(uint32_t)items[i]];
		elems[(size_t)i * elem_words] = (uint32_t)(items[i] >> 32);
		if (order)
			order[i] = (uint32_t)items[i];
	}
	free(items);
	free(flags);
	return 0;
}

void kbtf_ids_take_words(struct kbtf_ids *ids, uint32_t *words)
{
	free(ids->words);
	ids->words = words;
	if (!ids->bytes)
		return;
	memcpy(ids->bytes, words, ids->size);
	kbtf_swap_words(ids->bytes, ids->size / 4);
}

uint32_t *kbtf_ids_copy_words(const struct kbtf_ids *ids)
{
	uint32_t *words = malloc(ids->size ? ids->size : 1);

	if (words && ids->size)
		memcpy(words, ids->words, ids->size);
	return words;
}

int kbtf_ids_map(struct kbtf_ids *ids, const struct kbtf_map *map, uint32_t *ret_unmapped)
{
	uint32_t *words, i;
	int err = 0;

	for (i = 0; i < ids->nr_refs; i++) {
		if (!kbtf_ids_get(ids, i) || kbtf_map_find(map, kbtf_ids_get(ids, i)))
			continue;
		if (ret_unmapped)
			*ret_unmapped = i;
		return -ENOENT;
	}
	words = kbtf_ids_copy_words(ids);
	if (!words)
		return -ENOMEM;
	for (i = 0; i < ids->nr_refs; i++) /* two symbols may name one word */
		words[ids->refs[i].word] = kbtf_map_find(map, kbtf_ids_get(ids, i));
	for (i = 0; i < ids->nr_sets && !err; i++)
		err = kbtf_ids_sort_set(words + ids->sets[i].word, ids->sets[i].nr,
					ids->sets[i].elem_words, NULL);
	if (err)
		free(words);
	else
		kbtf_ids_take_words(ids, words);
	return err;
}

uint32_t kbtf_ids_nr_sets(const struct kbtf_ids *ids)
{
	return ids->nr_sets;
}

void kbtf_ids_get_set(const struct kbtf_ids *ids, uint32_t i, struct kbtf_id_set *ret)
{
	const struct kbtf_ids_set *s = &ids->sets[i];

	*ret = (struct kbtf_id_set){
		.name = s->name,
		.offset = 4 * (uint64_t)(s->word - s->elem_words),
		.nr = s->nr,
		.room = s->room,
		.has_flags = s->elem_words == 2,
		.flags = s->elem_words == 2 ? ids->words[s->word - 1] : 0,
	};
}

uint32_t kbtf_ids_get_member(const struct kbtf_ids *ids, uint32_t set, uint32_t i,
			     uint32_t *ret_flags)
{
	const struct kbtf_ids_set *s = &ids->sets[set];
	const uint32_t *elem = ids->words + s->word + (size_t)i * s->elem_words;

	if (ret_flags)
		*ret_flags = s->elem_words == 2 ? elem[1] : 0;
	return elem[0];
}

uint64_t kbtf_ids_offset(const struct kbtf_ids *ids, uint32_t i)
{
	return 4 * (uint64_t)ids->refs[i].word;
}

uint64_t kbtf_ids_symbol_size(const struct kbtf_ids *ids, uint32_t i)
{
	return ids->refs[i].is_beside ? BESIDE_SIZE : 4;
}

const char *kbtf_ids_list_of(const struct kbtf_ids *ids, uint32_t i)
{
	const struct kbtf_ids_list *best = NULL, *list;
	uint32_t n;

	if (kbtf_ids_is_in_set(ids, i))
		return NULL;
	for (n = 0; n < ids->nr_lists; n++) {
		list = &ids->lists[n];
		if (list->word <= ids->refs[i].word && (!best || list->word > best->word))
			best = list;
	}
	return best ? best->name : NULL;
}

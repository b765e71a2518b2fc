// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Memory in chunks, each twice as large as the one before up to a limit. */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define FIRST_CHUNK ((size_t)4096)
#define LARGEST_CHUNK ((size_t)1 << 20)

struct kbtf_arena_chunk {
	struct kbtf_arena_chunk *next;
	alignas(max_align_t) unsigned char bytes[];
};

void kbtf_arena_deinit(struct kbtf_arena *arena)
{
	struct kbtf_arena_chunk *chunk, *next;

	for (chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	memset(arena, 0, sizeof(*arena));
}

static int add_chunk(struct kbtf_arena *arena, size_t least)
{
	size_t size = arena->size ? arena->size * 2 : FIRST_CHUNK;
	struct kbtf_arena_chunk *chunk;

	if (size > LARGEST_CHUNK)
		size = LARGEST_CHUNK;
	if (size < least)
		size = least;
	chunk = malloc(sizeof(*chunk) + size);
	if (!chunk)
		return -1;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->size = size;
	arena->used = 0;
	return 0;
}

void *kbtf_arena_alloc(struct kbtf_arena *arena, size_t size)
{
	const size_t mask = alignof(max_align_t) - 1;
	void *p;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + mask) & ~mask;
	if (arena->size - arena->used < size && add_chunk(arena, size))
		return NULL;
	if (!arena->chunks && add_chunk(arena, size))
		return NULL;
	p = arena->chunks->bytes + arena->used;
	arena->used += size;
	return p;
}

void *kbtf_arena_copy(struct kbtf_arena *arena, const void *bytes, size_t size)
{
	void *p = kbtf_arena_alloc(arena, size);

	if (p && size)
		memcpy(p, bytes, size);
	return p;
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_ARENA_H
#define KBTF_BASE_ARENA_H

#include <stddef.h>

/*
 * Memory that is given out in pieces and freed all at once. All zero is an empty
 * arena. Pieces stay where they are.
 */
struct kbtf_arena {
	struct kbtf_arena_chunk *chunks; /* the last one first */
	size_t used, size;		 /* bytes of the last one */
};

void kbtf_arena_deinit(struct kbtf_arena *arena);

/* size bytes, aligned for anything; NULL where there is no memory. */
void *kbtf_arena_alloc(struct kbtf_arena *arena, size_t size);

/* A copy of size bytes. */
void *kbtf_arena_copy(struct kbtf_arena *arena, const void *bytes, size_t size);

#endif

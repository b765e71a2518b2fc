/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_C_NAMES_H
#define KBTF_TEXT_C_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include <kbtf/btf.h>

/* What the names that are made up begin with; no other name that is printed does. */
#define KBTF_C_PREFIX "__kbtf_"

/* Words that name nothing in C, to be looked up by a few of their letters. */
#define KBTF_C_MAX_WORDS 200u
struct kbtf_c_words {
	uint8_t first[256];		/* of those alike, counted from 1 */
	uint8_t next[KBTF_C_MAX_WORDS]; /* after that */
};

void kbtf_c_words_init(struct kbtf_c_words *words);

/* A name that was looked at. */
struct kbtf_c_ident {
	const char *text;
	size_t len;
	bool is_usable; /* can stand in C: an identifier, no keyword, none of those made up */
	bool is_macro;	/* but only where a macro of GNU C is undefined: linux, unix */
};

/* Look at a name: its length, and whether it can stand in C. */
struct kbtf_c_ident kbtf_c_ident(const struct kbtf_c_words *words, const char *name);

/* A name that is taken: one of BTF as it is, or with a number, sock___2. */
struct kbtf_c_taken {
	uint32_t name_off;
	uint32_t number; /* 1: as it is */
	uint32_t last;	 /* the largest number given to types of this name */
	uint8_t kind;	 /* of the type that has it */
	bool is_forward; /* that is only a FWD: a type of this kind will take it over */
};

/* The names of a name space of C that are taken, by their text. */
struct kbtf_c_names {
	const struct kbtf *btf;
	struct kbtf_c_taken *taken;
	uint32_t nr, room;
	struct kbtf_c_slot {
		uint32_t hash;
		uint32_t taken; /* counted from 1; 0: free */
	} * slots;		/* a power of two, at most half of them taken */
	uint32_t mask;
};

void kbtf_c_names_deinit(struct kbtf_c_names *names);

/* Make room for n names more. 0 or -ENOMEM. */
int kbtf_c_names_reserve(struct kbtf_c_names *names, uint32_t n);

/*
 * Take a name of kind, whose string is at name_off, or the next free number of it.
 * A forward shares the name of the first type of its kind, whichever comes first.
 * Returns the number, 1 for the plain name; 0 where there is no memory.
 */
uint32_t kbtf_c_names_take(struct kbtf_c_names *names, const struct kbtf_c_ident *ident,
			   uint32_t name_off, unsigned int kind, bool is_forward);

#endif

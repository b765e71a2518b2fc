/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_MUTANTS_H
#define KBTF_TESTS_MUTANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Small BTF of all kinds, sound or almost, made from a seed: the same seed gives
 * the same bytes on any machine of the same byte order.
 */
#define MUTANT_MAX_TYPES 256
#define MUTANT_MAX_WORDS 4096
#define MUTANT_MAX_STRINGS 8192

struct mutant {
	uint64_t random; /* state of the generator */
	uint32_t header[8];
	uint32_t header_len;
	uint32_t words[MUTANT_MAX_WORDS]; /* the type section */
	uint32_t nr_words;
	uint32_t starts[MUTANT_MAX_TYPES + 1]; /* where types begin, in words */
	uint32_t nr_types;
	char strings[MUTANT_MAX_STRINGS];
	uint32_t strings_len;
	bool strings_first; /* the string section lies before the type section */
	uint32_t cut;	    /* bytes missing at the end, */
	uint32_t extra;	    /* or too many */
};

/* A number below n. */
uint32_t mutant_random(struct mutant *m, uint32_t n);

/* Types that mostly fit each other; with fields, also of those that programs may not have freely.
 */
void mutant_grow(struct mutant *m, uint64_t seed);

/* Change one thing for what a checker has to look at. */
void mutant_mutate(struct mutant *m);

/* The bytes as a file has them. The caller frees them. */
uint8_t *mutant_bytes(const struct mutant *m, size_t *ret_size);

#endif

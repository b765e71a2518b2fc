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
	uint32_t nr_before; /* types of what it stands on */
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

/* The same in steps, for BTF that has other types before those that grow. */
void mutant_begin(struct mutant *m, uint64_t seed);
void mutant_types(struct mutant *m);
void mutant_finish(struct mutant *m);

/* One of the shapes that grow too seldom: several numbers have to fit each other. Or one of those
 * that are wrong whatever stands around them. */
void mutant_rarity(struct mutant *m);
void mutant_rarity_alone(struct mutant *m);

/* Add a string; a type, whose other words follow one by one. The string's offset, the type's id. */
uint32_t mutant_string(struct mutant *m, const char *s);
uint32_t mutant_type(struct mutant *m, unsigned int kind, uint32_t vlen, unsigned int kflag,
		     uint32_t name_off, uint32_t size_or_type);
void mutant_word(struct mutant *m, uint32_t w);

/* Change one thing for what a checker has to look at. */
void mutant_mutate(struct mutant *m);

/* The same for what is around types and strings: the header, or where the bytes end. */
void mutant_mutate_around(struct mutant *m);

/* More bytes than a kernel takes: as strings, or behind them. */
void mutant_swell(struct mutant *m);

/* The bytes as a file has them. The caller frees them. */
uint8_t *mutant_bytes(const struct mutant *m, size_t *ret_size);

#endif

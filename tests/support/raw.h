/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_RAW_H
#define KBTF_TESTS_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/format.h>

/*
 * Raw BTF put together word by word. Nothing of the library's code takes part, so
 * that what is tested does not vouch for itself, and nothing is checked, so that
 * bad BTF can be made. Running out of memory ends the test program.
 */
struct raw_bytes {
	uint8_t *data;
	size_t size, room;
};

struct raw {
	struct raw_bytes types, strings, layout;
	uint32_t str_start;	 /* offset of the first own string: the base's str_end */
	uint32_t header_size;	 /* 24 where it is 0 */
	bool swapped;		 /* raw_finish() makes the other byte order */
	uint32_t last;		 /* offset of the type begun last */
	struct kbtf_header *hdr; /* overrides what raw_finish() would write; may be NULL */
};

/* Begin BTF that stands alone (str_start 0, begins with "") or on a base. */
void raw_init(struct raw *r, uint32_t str_start);
void raw_deinit(struct raw *r);

/* Append a string, whether it is there already or not; its offset. "" of BTF that stands alone: 0.
 */
uint32_t raw_string(struct raw *r, const char *s);

/* Append type words: a record's first three, or one more word. */
void raw_type(struct raw *r, unsigned int kind, uint32_t name_off, uint32_t vlen,
	      unsigned int kflag, uint32_t size_or_type);
void raw_word(struct raw *r, uint32_t word);
void raw_words(struct raw *r, unsigned int nr, ...);

/* An element of the type begun last, whose vlen goes up by one. */
void raw_elem(struct raw *r, unsigned int nr, ...);

/* A row of the layout section; makes the header 32 bytes long. */
void raw_layout(struct raw *r, uint8_t info_size, uint8_t elem_size, uint16_t flags);

/* The rows of the kinds 0 to nr - 1 as everybody knows them. */
void raw_layout_known(struct raw *r, unsigned int nr);

/* Header, types, layout and strings as one block for free(); r can go on being used. */
void *raw_finish(const struct raw *r, size_t *ret_size);

/* Bytes of "9feb 01 00", blanks passed over, as a block for free(). */
uint8_t *unhex(const char *text, size_t *ret_size);

#endif

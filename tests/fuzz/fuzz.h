/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_FUZZ_H
#define KBTF_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A target: what libFuzzer, or replay.c, calls for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A law that does not hold is a find, as a crash is. */
#define MUST(law)                                                                                  \
	do {                                                                                       \
		if (!(law)) {                                                                      \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #law);   \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Read all of some bytes, so that a sanitizer sees it if they are not all there. */
static inline void touch(const void *bytes, size_t size)
{
	static volatile uint8_t sink;
	const uint8_t *b = bytes;
	uint8_t sum = 0;
	size_t i;

	for (i = 0; i < size; i++)
		sum ^= b[i];
	sink = sum;
	(void)sink;
}

#endif

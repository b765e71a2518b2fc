// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Archives of tar. The checksums of all headers that lie where the one before says are made
 * right first, or else no input would get past the first. What is found lies inside, begins on a
 * whole block, and is what was wanted.
 */
#include <string.h>

#include "fuzz.h"
#include "make_tar.h"
#include "tar.h"

static bool wanted(const uint8_t *bytes, size_t size)
{
	touch(bytes, size);
	return size && bytes[0] == 0x9f;
}

/* Each block might be a header, for all that matters here. */
static void sum_up(uint8_t *bytes, size_t size)
{
	size_t at;

	for (at = 0; size - at >= TAR_BLOCK; at += TAR_BLOCK)
		if (bytes[at] && bytes[at] != 0x9f && !memcmp(bytes + at + 257, "ustar", 5))
			tar_sum(bytes + at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *found;
	uint8_t *copy = malloc(size ? size : 1); /* of its own, so that reading beyond is seen */
	size_t found_size;

	MUST(copy);
	memcpy(copy, data, size);
	sum_up(copy, size);
	kbtf_tar_is_header(copy, size);
	if (kbtf_tar_find(copy, size, wanted, &found, &found_size)) {
		MUST(found > copy && (size_t)(found - copy) % TAR_BLOCK == 0);
		MUST((size_t)(found - copy) <= size && found_size <= size - (size_t)(found - copy));
		MUST(wanted(found, found_size));
	}
	free(copy);
	return 0;
}

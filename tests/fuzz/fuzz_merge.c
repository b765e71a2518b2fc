// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Merging. The input is three pieces of BTF with the lengths of the first two, u16 of low
 * byte first, in front:
 *
 *   | length of other | length of base | other | base | split, on the base |
 *
 * Laws: what is merged opens again with all checks, and merged alone stays as it is; and of a
 * base that no input stands on, what is not looked at makes no difference.
 */
#include <stdlib.h>
#include <string.h>

#include <kbtf/dedup.h>

#include "fuzz.h"

static struct kbtf *open_piece(const uint8_t *data, size_t size, const struct kbtf *base)
{
	const struct kbtf_open_opts opts = { .base = base, .label = "piece" };
	struct kbtf *btf = NULL;

	kbtf_open(data, size, &opts, &btf, NULL);
	return btf;
}

static struct kbtf *merge(const struct kbtf *const *inputs, size_t nr, const struct kbtf *base)
{
	const struct kbtf_merge_opts opts = { .base = base, .label = "merged" };
	struct kbtf_diag diag = { 0 };
	struct kbtf *btf = NULL;
	int err = kbtf_merge(inputs, nr, &opts, &btf, &diag);

	MUST(!err == !!btf);
	if (err)
		MUST(diag.err == err && *diag.reason && *diag.text);
	return btf;
}

static void check(struct kbtf *btf, const struct kbtf *base)
{
	const struct kbtf_open_opts opts = { .base = base, .flags = KBTF_OPEN_TAKE };
	struct kbtf *again, *once;
	void *bytes;
	size_t size;

	if (!btf)
		return;
	MUST(!kbtf_write(btf, &bytes, &size));
	MUST(!kbtf_open(bytes, size, &opts, &again, NULL));
	once = merge((const struct kbtf *const[]){ again }, 1, base);
	MUST(once && kbtf_nr_types(once) == kbtf_nr_types(again));
	kbtf_free(once);
	kbtf_free(again);
	kbtf_free(btf);
}

static void check_lazy(const struct kbtf *other, const struct kbtf *base)
{
	const struct kbtf_header nothing = {
		.magic = KBTF_MAGIC,
		.version = KBTF_VERSION,
		.hdr_len = KBTF_HEADER_SIZE,
	};
	struct kbtf *none = open_piece((const uint8_t *)&nothing, KBTF_HEADER_SIZE, base);
	struct kbtf *lazy, *all;

	if (!none)
		return;
	lazy = merge((const struct kbtf *const[]){ other }, 1, base);
	all = merge((const struct kbtf *const[]){ other, none }, 2, base);
	/*
	 * It is of this byte order, which the base may not be of. Names of the base that are ends
	 * of other strings are strings of their own where all of it is looked at.
	 */
	if (lazy && all) {
		MUST(kbtf_nr_types(lazy) == kbtf_nr_types(all));
		MUST(kbtf_header(lazy)->type_len == kbtf_header(all)->type_len);
		MUST(kbtf_header(lazy)->str_len <= kbtf_header(all)->str_len);
	}
	kbtf_free(all);
	kbtf_free(none);
	check(lazy, base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf *other, *base, *split = NULL;
	size_t first, second;

	if (size < 4)
		return 0;
	first = data[0] | (size_t)data[1] << 8;
	second = data[2] | (size_t)data[3] << 8;
	data += 4;
	size -= 4;
	if (first > size || second > size - first)
		return 0;
	other = open_piece(data, first, NULL);
	base = open_piece(data + first, second, NULL);
	if (base)
		split = open_piece(data + first + second, size - first - second, base);
	if (other && base) {
		check(merge((const struct kbtf *const[]){ other, base }, 2, NULL), NULL);
		check_lazy(other, base);
	}
	if (other && split)
		check(merge((const struct kbtf *const[]){ other, split }, 2, base), base);
	kbtf_free(split);
	kbtf_free(base);
	kbtf_free(other);
	return 0;
}

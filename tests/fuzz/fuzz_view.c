// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * kbtf_open() and all that can be asked of what it gives. The input is a byte that
 * chooses, and BTF: alone, or on a small base.
 *
 * Laws: every getter answers for every id, and for ids there are none of; names
 * are found; what is written is what was opened, whatever the flags; and opening
 * what was written gives the same again.
 */
#include <string.h>

#include <kbtf/btf.h>

#include "fuzz.h"
#include "typetext.h"

enum choice {
	ON_BASE = 1,
	BORROW = 2,
	TRUST_CHAINS = 4,
	FRAMING_ONLY = 8,
};

static const struct kbtf *small_base(void)
{
	static struct kbtf *base;
	size_t size;
	void *bytes;

	if (base)
		return base;
	bytes = typetext_bytes("int int 4 1; struct device 8 (a 1 0) (b 1 32); const 2; proto 1", 0,
			       false, &size);
	MUST(!kbtf_open(bytes, size, NULL, &base, NULL));
	free(bytes);
	return base;
}

static void ask_type(const struct kbtf *btf, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type(btf, id);
	uint32_t size = kbtf_type_size_bytes(btf, id);

	MUST(!t == (id >= kbtf_end_id(btf)));
	MUST(kbtf_name(btf, id));
	touch(kbtf_name(btf, id), strlen(kbtf_name(btf, id)));
	if (!t)
		return;
	MUST(kbtf_kind_name(kbtf_kind(t)));
	MUST(!id == !size);
	touch(t, size);
	if (id >= kbtf_first_id(btf))
		MUST((const uint8_t *)t ==
		     (const uint8_t *)kbtf_bytes(btf, NULL) + kbtf_type_offset(btf, id));
}

/* Every own name is found, in ascending order of ids, by a table and by a search. */
static void ask_names(const struct kbtf *btf)
{
	struct kbtf_names *table, *search;
	uint32_t id;

	if (kbtf_nr_types(btf) > 1000)
		return;
	MUST(!kbtf_names_new(btf, UINT32_MAX, 0, &table));
	MUST(!kbtf_names_new(btf, UINT32_MAX, KBTF_NAMES_SEARCH_SORTED, &search));
	for (id = kbtf_first_id(btf); id < kbtf_end_id(btf); id++) {
		const char *name = kbtf_name(btf, id);
		uint32_t found = 0, before;
		bool met = false;

		do {
			before = found;
			found = kbtf_names_next(table, name, before);
			MUST(found == kbtf_names_next(search, name, before));
			MUST(!found || found > before);
			met |= found == id;
		} while (found);
		MUST(met == (*name && kbtf_kind(kbtf_type(btf, id)) < KBTF_NR_KINDS));
	}
	kbtf_names_free(search);
	kbtf_names_free(table);
}

static void ask(const struct kbtf *btf)
{
	uint32_t id, off;

	for (id = 0; id <= kbtf_end_id(btf); id++)
		ask_type(btf, id);
	ask_type(btf, UINT32_MAX);
	for (off = 0; kbtf_string(btf, off); off++)
		;
	MUST(!kbtf_string(btf, UINT32_MAX));
	ask_names(btf);
}

static void write_and_reopen(const struct kbtf *btf, const uint8_t *data, size_t size,
			     const struct kbtf_open_opts *opts)
{
	struct kbtf_open_opts taking = *opts;
	struct kbtf *again;
	size_t written_size;
	void *written;

	MUST(!kbtf_write(btf, &written, &written_size));
	MUST(written_size == size && !memcmp(written, data, size));
	taking.flags &= ~(unsigned int)KBTF_OPEN_BORROW;
	taking.flags |= KBTF_OPEN_TAKE;
	MUST(!kbtf_open(written, written_size, &taking, &again, NULL));
	MUST(kbtf_nr_types(again) == kbtf_nr_types(btf));
	MUST(kbtf_is_swapped(again) == kbtf_is_swapped(btf));
	MUST(!memcmp(kbtf_bytes(again, NULL), kbtf_bytes(btf, NULL), size));
	kbtf_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf_open_opts opts = { .label = "fuzz" };
	struct kbtf_diag diag = { 0 };
	struct kbtf *btf;
	uint8_t chosen, *copy;
	char line[1024];

	if (!size)
		return 0;
	chosen = *data++;
	size--;
	/* Exactly as long and aligned, so that borrowed bytes are read in place. */
	copy = malloc(size ? size : 1);
	MUST(copy);
	memcpy(copy, data, size);
	opts.base = chosen & ON_BASE ? small_base() : NULL;
	opts.flags |= chosen & BORROW ? KBTF_OPEN_BORROW : 0;
	opts.flags |= chosen & TRUST_CHAINS ? KBTF_OPEN_TRUST_CHAINS : 0;
	opts.flags |= chosen & FRAMING_ONLY ? KBTF_OPEN_FRAMING_ONLY : 0;
	if (kbtf_open(copy, size, &opts, &btf, &diag)) {
		MUST(diag.err < 0 && diag.reason && *diag.text);
		MUST(kbtf_diag_format(&diag, line, sizeof(line)) < (int)sizeof(line));
	} else {
		if (!(chosen & FRAMING_ONLY))
			ask(btf);
		write_and_reopen(btf, copy, size, &opts);
		kbtf_free(btf);
	}
	MUST(!memcmp(copy, data, size));
	free(copy);
	return 0;
}

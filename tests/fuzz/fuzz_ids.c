// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * ELF with .BTF and .BTF_ids: whatever opens can be resolved, and what was resolved is
 * right: sets are sorted, ids are of types or 0, and once more changes nothing. Kfuncs
 * are checked and annotated, and what that makes is sound.
 */
#include <string.h>

#include <kbtf/btf.h>
#include <kbtf/kfunc.h>

#include "fuzz.h"
#include "ids_read.h"

static size_t nr_heard;

static void hear(void *ctx, const struct kbtf_diag *diag)
{
	char line[1024];

	(void)ctx;
	nr_heard++;
	kbtf_diag_format(diag, line, sizeof(line));
	touch(line, strlen(line));
}

static void must_be_sorted(const struct kbtf_ids *ids)
{
	struct kbtf_id_set set;
	uint32_t i, j, flags;

	for (i = 0; i < kbtf_ids_nr_sets(ids); i++) {
		kbtf_ids_get_set(ids, i, &set);
		touch(set.name, strlen(set.name));
		MUST(set.nr <= set.room);
		for (j = 0; j < set.room; j++)
			kbtf_ids_get_member(ids, i, j, &flags);
	}
}

static void must_be_resolved(struct kbtf_ids *ids, const struct kbtf *btf)
{
	struct kbtf_ids_resolved first, again;
	size_t nr;

	nr_heard = 0;
	if (kbtf_ids_resolve(ids, btf, hear, NULL, &first, NULL))
		return;
	MUST(nr_heard == first.nr_missing + first.nr_ambiguous);
	must_be_sorted(ids);
	/* Symbols of hostile input may lie on each other; then nothing is promised. */
	if (!kbtf_ids_resolve(ids, btf, NULL, NULL, &again, NULL))
		MUST(again.nr_missing == first.nr_missing);
	nr_heard = 0;
	MUST(!kbtf_kfuncs_check(ids, btf, hear, NULL, &nr));
	MUST(nr == nr_heard);
}

static void must_be_annotated(const struct kbtf *btf, const struct kbtf_ids *ids)
{
	struct kbtf *out, *sorted, *opened;
	size_t size;
	void *bytes;

	if (!kbtf_kfuncs_annotate(btf, ids, hear, NULL, NULL, &out, NULL) && out) {
		MUST(kbtf_nr_types(out) > kbtf_nr_types(btf));
		kbtf_free(out);
	}
	if (kbtf_sort_by_name(btf, &sorted, NULL, NULL))
		return;
	MUST(!kbtf_write(sorted, &bytes, &size));
	MUST(!kbtf_open(bytes, size, NULL, &opened, NULL));
	free(bytes);
	kbtf_free(opened);
	kbtf_free(sorted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf_ids *ids = NULL;
	struct kbtf_file *file;
	struct kbtf *btf;
	size_t btf_size;
	const void *bytes;
	uint32_t i;

	if (kbtf_file_open_bytes(data, size, "fuzz", &file, NULL))
		return 0;
	if (kbtf_file_elf(file) && !kbtf_file_btf(file, &bytes, &btf_size, NULL) &&
	    !kbtf_open(bytes, btf_size, NULL, &btf, NULL)) {
		if (!kbtf_ids_read(file, &ids, NULL)) {
			for (i = 0; i < kbtf_ids_count(ids); i++)
				kbtf_ids_list_of(ids, i);
			must_be_annotated(btf, ids);
			must_be_resolved(ids, btf);
			kbtf_ids_free(ids);
		}
		kbtf_free(btf);
	}
	kbtf_file_free(file);
	return 0;
}

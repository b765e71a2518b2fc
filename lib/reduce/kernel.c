// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A kernel to search: vmlinux and modules, each with an index of its names that is made
 * when it is first needed. Names count without their flavours. For the first programs that
 * a kernel is searched for no index is made of vmlinux: one pass over its types that picks
 * out what they look for is quicker [kbtf_core_scan].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "essential.h"
#include "fail.h"
#include "kernel.h"

/* Passes over vmlinux before an index is worth it: which modules are wanted, and minimising. */
#define MAX_SCANS 2u
/* Types whose names are fetched together. */
#define SCAN_BATCH 32u

#define TAGGED                                                                                     \
	(KBTF_KIND_BIT(KBTF_STRUCT) | KBTF_KIND_BIT(KBTF_UNION) | KBTF_KIND_BIT(KBTF_ENUM) |       \
	 KBTF_KIND_BIT(KBTF_ENUM64))
#define RARE                                                                                       \
	(KBTF_KIND_BIT(KBTF_FUNC) | KBTF_KIND_BIT(KBTF_VAR) | KBTF_KIND_BIT(KBTF_DATASEC) |        \
	 KBTF_KIND_BIT(KBTF_DECL_TAG))

static const uint32_t named_kinds[KBTF_NR_NAMED] = {
	[KBTF_NAMED_TAGGED] = TAGGED,
	[KBTF_NAMED_OTHER] = ~(TAGGED | RARE),
	[KBTF_NAMED_RARE] = RARE,
};

int kbtf_core_kernel_new(const struct kbtf *base, struct kbtf_core_kernel **ret)
{
	struct kbtf_core_kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		return -ENOMEM;
	kernel->parts = calloc(1, sizeof(*kernel->parts));
	if (!kernel->parts) {
		free(kernel);
		return -ENOMEM;
	}
	kernel->parts[0].btf = base;
	kernel->nr_parts = 1;
	*ret = kernel;
	return 0;
}

void kbtf_core_kernel_free(struct kbtf_core_kernel *kernel)
{
	size_t i;
	int n;

	if (!kernel)
		return;
	for (i = 0; i < kernel->nr_parts; i++)
		for (n = 0; n < KBTF_NR_NAMED; n++)
			kbtf_names_free(kernel->parts[i].names[n]);
	kbtf_roots_deinit(&kernel->roots);
	kbtf_buf_deinit(&kernel->hits);
	free(kernel->parts);
	free(kernel);
}

int kbtf_core_kernel_add_module(struct kbtf_core_kernel *kernel, const struct kbtf *split,
				struct kbtf_diag *reterr)
{
	const struct kbtf *base = kernel->parts[0].btf;
	struct kbtf_core_part *parts;

	if (kbtf_base(split) != base)
		return kbtf_fail_btf(reterr, split, 0, -EINVAL, "not-split", "does not stand on %s",
				     kbtf_label(base));
	parts = kbtf_realloc_array(kernel->parts, kernel->nr_parts + 1, sizeof(*parts));
	if (!parts)
		return kbtf_fail_nomem(reterr);
	kernel->parts = parts;
	parts[kernel->nr_parts++] = (struct kbtf_core_part){ .btf = split };
	return 0;
}

const struct kbtf_core_abi *kbtf_core_abi_of(struct kbtf_core_kernel *kernel)
{
	const struct kbtf *btf = kernel->parts[0].btf;

	if (!kernel->has_abi) {
		kernel->abi.pointer_bytes = kbtf_core_pointer_bytes(btf, &kernel->long_id);
		kernel->abi.big_endian =
			kbtf_is_swapped(btf) != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
		kernel->has_abi = true;
	}
	return &kernel->abi;
}

static int add_candidate(struct kbtf_buf *buf, uint32_t part, uint32_t type_id)
{
	const struct kbtf_core_candidate candidate = { part, type_id };

	return kbtf_buf_append(buf, &candidate, sizeof(candidate));
}

/* Note that own type number i of vmlinux is what a slot looks for. */
static int add_hit(struct kbtf_core_kernel *kernel, struct kbtf_root_slot *slot, uint32_t i)
{
	const struct kbtf_core_hit made = { .type_id = kernel->parts[0].btf->first_id + i };
	uint32_t hit = (uint32_t)(kernel->hits.size / sizeof(made)) + 1;
	struct kbtf_core_hit *hits;

	if (kbtf_buf_append(&kernel->hits, &made, sizeof(made)))
		return -ENOMEM;
	hits = (struct kbtf_core_hit *)kernel->hits.data;
	if (slot->last)
		hits[slot->last - 1].next = hit;
	else
		slot->first = hit;
	slot->last = hit;
	return 0;
}

/*
 * Of some types by number. Their names lie all over the strings: they are asked for together,
 * before any is looked at, or else each would be waited for.
 */
static int scan_batch(struct kbtf_core_kernel *kernel, const uint32_t *numbers, uint32_t nr)
{
	const struct kbtf *btf = kernel->parts[0].btf;
	struct kbtf_root_slot *slot;
	uint32_t n;
	int err = 0;

	for (n = 0; n < nr; n++)
		__builtin_prefetch(kbtf_string_get(btf, kbtf_own_type(btf, numbers[n])->name_off));
	for (n = 0; n < nr && !err; n++) {
		slot = kbtf_roots_find_type(&kernel->roots, btf, numbers[n]);
		if (slot)
			err = add_hit(kernel, slot, numbers[n]);
	}
	return err;
}

int kbtf_core_scan(struct kbtf_core_kernel *kernel, const struct kbtf_program *const *programs,
		   size_t nr_programs)
{
	const struct kbtf *btf = kernel->parts[0].btf;
	uint32_t numbers[SCAN_BATCH], nr = 0, i;
	int err;

	if (kernel->nr_scans++ >= MAX_SCANS)
		return 0;
	err = kbtf_roots_init(&kernel->roots, programs, nr_programs);
	for (i = 0; i < btf->nr_types && !err; i++) {
		unsigned int kind = kbtf_own_kind(btf, i);

		if (kind >= KBTF_NR_KINDS || !(kernel->roots.kinds & KBTF_KIND_BIT(kind)))
			continue;
		__builtin_prefetch(kbtf_own_type(btf, i));
		numbers[nr++] = i;
		if (nr == SCAN_BATCH) {
			err = scan_batch(kernel, numbers, nr);
			nr = 0;
		}
	}
	if (!err)
		err = scan_batch(kernel, numbers, nr);
	if (err)
		kbtf_core_end_scan(kernel);
	return err;
}

void kbtf_core_end_scan(struct kbtf_core_kernel *kernel)
{
	kbtf_roots_deinit(&kernel->roots);
	kernel->hits.size = 0;
}

/* What the scan found for a root; false where it was not scanned for. */
static bool find_scanned(const struct kbtf_core_kernel *kernel, const struct kbtf_core_root *root,
			 struct kbtf_buf *buf, int *ret_err)
{
	const struct kbtf_core_hit *hits = (const struct kbtf_core_hit *)kernel->hits.data;
	const struct kbtf_root_slot *slot = kbtf_roots_find(
		&kernel->roots, root->name, kbtf_essential_len(root->name), root->kinds);
	uint32_t hit;

	*ret_err = 0;
	if (!slot)
		return false;
	for (hit = slot->first; hit && !*ret_err; hit = hits[hit - 1].next)
		*ret_err = add_candidate(buf, 0, hits[hit - 1].type_id);
	return true;
}

static int find_in(struct kbtf_core_kernel *kernel, uint32_t number,
		   const struct kbtf_core_root *root, struct kbtf_buf *buf)
{
	struct kbtf_core_part *part = &kernel->parts[number];
	struct kbtf_names_walk walk;
	struct kbtf_names **names;
	uint32_t id;
	int n = 0, err;

	if (!number && find_scanned(kernel, root, buf, &err))
		return err;
	while (n < KBTF_NR_NAMED - 1 && !(named_kinds[n] & root->kinds))
		n++;
	names = &part->names[n];
	if (!*names && kbtf_names_new(part->btf, named_kinds[n], KBTF_NAMES_ESSENTIAL, names))
		return -ENOMEM;
	kbtf_names_walk_init(&walk, *names, root->name);
	while ((id = kbtf_names_walk_next(&walk))) {
		if (!(KBTF_KIND_BIT(kbtf_kind(kbtf_type_get(part->btf, id))) & root->kinds))
			continue;
		if (add_candidate(buf, number, id))
			return -ENOMEM;
	}
	return 0;
}

int kbtf_core_find_candidates(struct kbtf_core_kernel *kernel, const struct kbtf_core_root *root,
			      struct kbtf_buf *buf)
{
	size_t before = buf->size, i;
	int err;

	for (i = 0; i < kernel->nr_parts; i++) {
		err = find_in(kernel, (uint32_t)i, root, buf);
		if (err)
			return err;
		if (!i && buf->size != before)
			return 0;
	}
	return 0;
}

int kbtf_core_find_in_vmlinux(struct kbtf_core_kernel *kernel, const struct kbtf_core_root *root,
			      struct kbtf_buf *buf)
{
	return find_in(kernel, 0, root, buf);
}

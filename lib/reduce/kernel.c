// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A kernel to search: vmlinux and modules, each with an index of its names that is made
 * when it is first needed. Names count without their flavours.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "essential.h"
#include "fail.h"
#include "hash.h"
#include "kernel.h"

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

static int find_in(struct kbtf_core_part *part, uint32_t number, const struct kbtf_core_root *root,
		   struct kbtf_buf *buf)
{
	struct kbtf_names_walk walk;
	struct kbtf_names **names;
	uint32_t id;
	int n = 0;

	while (n < KBTF_NR_NAMED - 1 && !(named_kinds[n] & root->kinds))
		n++;
	names = &part->names[n];
	if (!*names && kbtf_names_new(part->btf, named_kinds[n], KBTF_NAMES_ESSENTIAL, names))
		return -ENOMEM;
	kbtf_names_walk_init(&walk, *names, root->name);
	while ((id = kbtf_names_walk_next(&walk))) {
		const struct kbtf_core_candidate candidate = { number, id };

		if (!(KBTF_KIND_BIT(kbtf_kind(kbtf_type_get(part->btf, id))) & root->kinds))
			continue;
		if (kbtf_buf_append(buf, &candidate, sizeof(candidate)))
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
		err = find_in(&kernel->parts[i], (uint32_t)i, root, buf);
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
	return find_in(&kernel->parts[0], 0, root, buf);
}

/* ---- What modules are wanted for ------------------------------------------ */

/* A table of roots, open addressing; modules have few types, and most names are not in it. */
struct kbtf_core_wants {
	const struct kbtf_core_root **slots;
	uint32_t mask;
	uint32_t nr;
	uint32_t kinds; /* of any of them */
};

static const struct kbtf_core_root **want_slot(const struct kbtf_core_wants *wants,
					       const char *name, size_t len, uint32_t kinds)
{
	uint32_t i = kbtf_hash_bytes(name, len) & wants->mask;
	const struct kbtf_core_root *root;

	for (; (root = wants->slots[i]); i = (i + 1) & wants->mask)
		if (root->kinds & kinds && !strncmp(root->name, name, len) &&
		    kbtf_essential_len(root->name) == len)
			break;
	return &wants->slots[i];
}

static int add_wants(struct kbtf_core_wants *wants, struct kbtf_core_kernel *kernel,
		     const struct kbtf_program *program, struct kbtf_buf *candidates)
{
	uint32_t i;

	for (i = 0; i < program->nr_roots; i++) {
		const struct kbtf_core_root *root = &program->roots[i], **slot;
		size_t len = kbtf_essential_len(root->name);

		candidates->size = 0;
		if (find_in(&kernel->parts[0], 0, root, candidates))
			return -ENOMEM;
		if (candidates->size)
			continue;
		slot = want_slot(wants, root->name, len, root->kinds);
		if (*slot)
			continue;
		*slot = root;
		wants->nr++;
		wants->kinds |= root->kinds;
	}
	return 0;
}

int kbtf_core_wants_new(struct kbtf_core_kernel *kernel, const struct kbtf_program *const *programs,
			size_t nr_programs, struct kbtf_core_wants **ret)
{
	struct kbtf_core_wants *wants = calloc(1, sizeof(*wants));
	struct kbtf_buf candidates = { 0 };
	uint32_t nr_slots = 16;
	uint64_t nr_roots = 0;
	int err = wants ? 0 : -ENOMEM;
	size_t i;

	*ret = NULL;
	for (i = 0; i < nr_programs; i++)
		nr_roots += programs[i]->nr_roots;
	while (nr_slots < 2 * nr_roots && nr_slots < UINT32_C(1) << 31)
		nr_slots *= 2;
	if (wants) {
		wants->mask = nr_slots - 1;
		wants->slots = kbtf_zalloc_array(nr_slots, sizeof(*wants->slots));
		err = wants->slots ? 0 : -ENOMEM;
	}
	for (i = 0; i < nr_programs && !err; i++)
		err = add_wants(wants, kernel, programs[i], &candidates);
	kbtf_buf_deinit(&candidates);
	if (!err && wants->nr)
		*ret = wants;
	else
		kbtf_core_wants_free(wants);
	return err;
}

void kbtf_core_wants_free(struct kbtf_core_wants *wants)
{
	if (!wants)
		return;
	free(wants->slots);
	free(wants);
}

bool kbtf_core_wants_some(const struct kbtf_core_wants *wants, const struct kbtf *split)
{
	uint32_t i;

	for (i = 0; i < split->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(split, i);
		unsigned int kind = kbtf_kind(t);
		const char *name;

		if (kind >= KBTF_NR_KINDS || !(wants->kinds & KBTF_KIND_BIT(kind)))
			continue;
		name = kbtf_string_get(split, t->name_off);
		if (*name && *want_slot(wants, name, kbtf_essential_len(name), KBTF_KIND_BIT(kind)))
			return true;
	}
	return false;
}

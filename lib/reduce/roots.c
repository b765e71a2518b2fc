// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What programs look for, as a table; and what of it vmlinux has not, for which modules are wanted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "essential.h"
#include "hash.h"
#include "kernel.h"
#include "roots.h"

/*
 * The bit of a name in the sieve, by its first four bytes up to an underscore: a flavour, which
 * does not count, begins with one.
 */
static inline uint32_t sieve_bit(const char *name)
{
	uint32_t start = 0;
	int i;

	for (i = 0; i < 4 && name[i] && name[i] != '_'; i++)
		start |= (uint32_t)(uint8_t)name[i] << 8 * i;
	return start * 0x9e3779b1u >> 20;
}

/* The slot of a name and kinds, or the free one where it belongs. */
static struct kbtf_root_slot *slot_of(const struct kbtf_roots *roots, const char *name, size_t len,
				      uint32_t kinds)
{
	uint32_t i = kbtf_hash_bytes(name, len) & roots->mask;
	const struct kbtf_core_root *root;

	for (; (root = roots->slots[i].root); i = (i + 1) & roots->mask)
		if (root->kinds & kinds && !strncmp(root->name, name, len) &&
		    kbtf_essential_len(root->name) == len)
			break;
	return &roots->slots[i];
}

int kbtf_roots_init_empty(struct kbtf_roots *roots, const struct kbtf_program *const *programs,
			  size_t nr_programs)
{
	uint32_t nr_slots = 16;
	uint64_t nr_roots = 0;
	size_t i;

	memset(roots, 0, sizeof(*roots));
	for (i = 0; i < nr_programs; i++)
		nr_roots += programs[i]->nr_roots;
	while (nr_slots < 2 * nr_roots && nr_slots < UINT32_C(1) << 31)
		nr_slots *= 2;
	roots->mask = nr_slots - 1;
	roots->slots = kbtf_zalloc_array(nr_slots, sizeof(*roots->slots));
	return roots->slots ? 0 : -ENOMEM;
}

void kbtf_roots_add(struct kbtf_roots *roots, const struct kbtf_core_root *root)
{
	struct kbtf_root_slot *slot =
		slot_of(roots, root->name, kbtf_essential_len(root->name), root->kinds);
	uint32_t bit = sieve_bit(root->name);

	if (slot->root)
		return;
	slot->root = root;
	roots->nr++;
	roots->kinds |= root->kinds;
	roots->sieve[bit / 64] |= UINT64_C(1) << bit % 64;
}

int kbtf_roots_init(struct kbtf_roots *roots, const struct kbtf_program *const *programs,
		    size_t nr_programs)
{
	uint32_t r;
	size_t i;

	if (kbtf_roots_init_empty(roots, programs, nr_programs))
		return -ENOMEM;
	for (i = 0; i < nr_programs; i++)
		for (r = 0; r < programs[i]->nr_roots; r++)
			kbtf_roots_add(roots, &programs[i]->roots[r]);
	return 0;
}

void kbtf_roots_deinit(struct kbtf_roots *roots)
{
	free(roots->slots);
	memset(roots, 0, sizeof(*roots));
}

struct kbtf_root_slot *kbtf_roots_find(const struct kbtf_roots *roots, const char *name, size_t len,
				       uint32_t kinds)
{
	struct kbtf_root_slot *slot = roots->slots ? slot_of(roots, name, len, kinds) : NULL;

	return slot && slot->root ? slot : NULL;
}

struct kbtf_root_slot *kbtf_roots_find_type(const struct kbtf_roots *roots, const struct kbtf *btf,
					    uint32_t i)
{
	unsigned int kind = kbtf_own_kind(btf, i);
	const struct kbtf_type *t;
	const char *name;
	uint32_t bit;

	if (kind >= KBTF_NR_KINDS || !(roots->kinds & KBTF_KIND_BIT(kind)))
		return NULL;
	t = kbtf_own_type(btf, i);
	if (!t->name_off)
		return NULL;
	name = kbtf_string_get(btf, t->name_off);
	bit = sieve_bit(name);
	if (!(roots->sieve[bit / 64] >> bit % 64 & 1))
		return NULL;
	return kbtf_roots_find(roots, name, kbtf_essential_len(name), KBTF_KIND_BIT(kind));
}

/* ---- What modules are wanted for ------------------------------------------ */

struct kbtf_core_wants {
	struct kbtf_roots roots;
};

static int add_wants(struct kbtf_core_wants *wants, struct kbtf_core_kernel *kernel,
		     const struct kbtf_program *program, struct kbtf_buf *candidates)
{
	uint32_t i;

	for (i = 0; i < program->nr_roots; i++) {
		candidates->size = 0;
		if (kbtf_core_find_in_vmlinux(kernel, &program->roots[i], candidates))
			return -ENOMEM;
		if (!candidates->size)
			kbtf_roots_add(&wants->roots, &program->roots[i]);
	}
	return 0;
}

int kbtf_core_wants_new(struct kbtf_core_kernel *kernel, const struct kbtf_program *const *programs,
			size_t nr_programs, struct kbtf_core_wants **ret)
{
	struct kbtf_core_wants *wants = calloc(1, sizeof(*wants));
	struct kbtf_buf candidates = { 0 };
	int err = wants ? kbtf_core_scan(kernel, programs, nr_programs) : -ENOMEM;
	size_t i;

	*ret = NULL;
	if (!err)
		err = kbtf_roots_init_empty(&wants->roots, programs, nr_programs);
	for (i = 0; i < nr_programs && !err; i++)
		err = add_wants(wants, kernel, programs[i], &candidates);
	kbtf_core_end_scan(kernel);
	kbtf_buf_deinit(&candidates);
	if (!err && wants->roots.nr)
		*ret = wants;
	else
		kbtf_core_wants_free(wants);
	return err;
}

void kbtf_core_wants_free(struct kbtf_core_wants *wants)
{
	if (!wants)
		return;
	kbtf_roots_deinit(&wants->roots);
	free(wants);
}

bool kbtf_core_wants_some(const struct kbtf_core_wants *wants, const struct kbtf *split)
{
	uint32_t i;

	for (i = 0; i < split->nr_types; i++)
		if (kbtf_roots_find_type(&wants->roots, split, i))
			return true;
	return false;
}

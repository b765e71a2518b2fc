// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Names that must not be found. libbpf looks into modules only for names that vmlinux has
 * not. A module's struct that is kept because another one has it as a member would be
 * found by its own name if nothing of that name were left in vmlinux, or in a merged
 * BTF next to what is. Where a record asks for such a name, a skeleton of
 * vmlinux's type is kept too, or in merged BTF the module's loses its name.
 */
#include <errno.h>
#include <string.h>

#include "essential.h"
#include "minimize.h"

static bool is_asked_for(const struct kbtf_minimizing *m, const char *name, unsigned int kind)
{
	size_t len = kbtf_essential_len(name), i;
	uint32_t r;

	for (i = 0; i < m->nr_programs; i++) {
		const struct kbtf_program *program = m->programs[i];

		for (r = 0; r < program->nr_roots; r++) {
			const struct kbtf_core_root *root = &program->roots[r];

			if (root->kinds & KBTF_KIND_BIT(kind) && !strncmp(root->name, name, len) &&
			    kbtf_essential_len(root->name) == len)
				return true;
		}
	}
	return false;
}

/* The types that vmlinux has of this name and kind. */
static int find_in_vmlinux(struct kbtf_minimizing *m, const char *name, unsigned int kind,
			   struct kbtf_buf *candidates)
{
	const struct kbtf_core_root root = { .kinds = KBTF_KIND_BIT(kind), .name = name };

	candidates->size = 0;
	return kbtf_core_find_in_vmlinux(m->kernel, &root, candidates);
}

static bool some_is_kept(const struct kbtf_minimizing *m, const struct kbtf_buf *candidates)
{
	const struct kbtf_core_candidate *c = (const struct kbtf_core_candidate *)candidates->data;
	size_t nr = candidates->size / sizeof(*c), i;

	for (i = 0; i < nr; i++)
		if (kbtf_kept_has(&m->parts[0], c[i].type_id))
			return true;
	return false;
}

static int hide(struct kbtf_minimizing *m, size_t part, uint32_t i, struct kbtf_buf *candidates)
{
	struct kbtf_kept_type *entry = kbtf_kept_at(&m->parts[part], i);
	const struct kbtf *btf = m->parts[part].btf;
	const struct kbtf_type *t = kbtf_type_get(btf, entry->type_id);
	const char *name = kbtf_string_get(btf, t->name_off);
	unsigned int kind = kbtf_kind(t);
	int err;

	if (!*name || (!kbtf_is_composite(t) && !kbtf_is_any_enum(t)))
		return 0;
	err = find_in_vmlinux(m, name, kind, candidates);
	if (err || !candidates->size || !is_asked_for(m, name, kind))
		return err;
	if (m->opts->flags & KBTF_MINIMIZE_MERGED) {
		entry->flags |= KBTF_KEPT_NAMELESS;
		return 0;
	}
	if (some_is_kept(m, candidates))
		return 0;
	return kbtf_kept_add_in(
		m->parts, 0, ((const struct kbtf_core_candidate *)candidates->data)->type_id, NULL);
}

int kbtf_minimize_hide(struct kbtf_minimizing *m)
{
	struct kbtf_buf candidates = { 0 };
	size_t part;
	uint32_t i;
	int err = 0;

	for (part = 1; part < m->kernel->nr_parts; part++)
		for (i = 0; i < kbtf_kept_nr(&m->parts[part]) && !err; i++)
			err = hide(m, part, i, &candidates);
	kbtf_buf_deinit(&candidates);
	return err;
}

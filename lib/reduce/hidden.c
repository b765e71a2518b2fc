// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Names that must not be found. libbpf looks into modules only for names that vmlinux has
 * not. A module's struct that is kept because another one has it as a member would be
 * found by its own name if nothing of that name were left in vmlinux, or in a merged
 * BTF next to what is. Where a record asks for such a name, a skeleton of
 * vmlinux's type is kept too, or in merged BTF the module's loses its name.
 *
 * And members: libbpf takes the first one of a name, and gives the type up if that does
 * not fit. No compiler lets two members have one name, but BTF can have them; where another
 * record keeps a later one, the one that does not fit stays in front of it.
 */
#include <errno.h>
#include <string.h>

#include "access.h"
#include "essential.h"
#include "minimize.h"

/* Composites that are looked into for one member; real ones are a few. */
#define MAX_LOOKS 1000u

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

/* What is kept of a type of this part or its base; NULL: nothing. *ret becomes all of that BTF. */
static struct kbtf_kept_type *find_kept(const struct kbtf_minimizing *m, size_t part,
					uint32_t type_id, struct kbtf_kept **ret)
{
	struct kbtf_kept *kept = &m->parts[type_id < m->parts[part].btf->first_id ? 0 : part];
	uint32_t number = kbtf_u32map_find(&kept->index, type_id);

	*ret = kept;
	return number ? kbtf_kept_at(kept, number - 1) : NULL;
}

/* Whether a member of this name is kept from this one on, also in anonymous ones. */
static bool is_kept_behind(const struct kbtf_minimizing *m, size_t part, uint32_t type_id,
			   uint32_t from, const char *name, uint32_t *looks)
{
	struct kbtf_kept *kept;
	const struct kbtf_kept_type *entry = find_kept(m, part, type_id, &kept);
	const struct kbtf_type *t = kbtf_type_get(kept->btf, type_id), *inner;
	uint32_t e;

	if (!entry || !*looks)
		return false;
	--*looks;
	for (e = from; e < kbtf_vlen(t); e++) {
		const struct kbtf_member *member = &kbtf_members(t)[e];
		const char *other = kbtf_string_get(kept->btf, member->name_off);
		uint32_t id = member->type;

		if (!kbtf_kept_has_elem(kept, entry, e))
			continue;
		if (*other && !strcmp(other, name))
			return true;
		inner = *other ? NULL : kbtf_core_resolve(kept->btf, &id);
		if (inner && kbtf_is_composite(inner) &&
		    is_kept_behind(m, part, id, 0, name, looks))
			return true;
	}
	return false;
}

int kbtf_minimize_keep_misfits(struct kbtf_minimizing *m, bool *ret)
{
	const struct kbtf_misfit *misfits = (const struct kbtf_misfit *)m->misfits.data;
	size_t nr = m->misfits.size / sizeof(*misfits), i;
	int err = 0;

	*ret = false;
	for (i = 0; i < nr && !err; i++) {
		const struct kbtf_misfit *misfit = &misfits[i];
		uint32_t type_id = misfit->type_id, elem = misfit->elem, looks = MAX_LOOKS;
		const struct kbtf_member *member;
		struct kbtf_kept *kept;
		struct kbtf_kept_type *entry = find_kept(m, misfit->part, type_id, &kept);

		if (!entry || kbtf_kept_has_elem(kept, entry, elem))
			continue;
		member = &kbtf_members(kbtf_type_get(kept->btf, type_id))[elem];
		if (!is_kept_behind(m, misfit->part, type_id, elem + 1,
				    kbtf_string_get(kept->btf, member->name_off), &looks))
			continue;
		err = kbtf_kept_add_elem(kept, entry, elem);
		*ret = true;
	}
	return err;
}

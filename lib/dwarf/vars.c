// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Variable entries in, those that BTF has out: defined in this unit, at the top of it,
 * in a section that is asked for.
 *
 * Source: dwarves' btf_encoder.c (btf_encoder__encode_cu_variables).
 */
#include <errno.h>

#include "collect.h"
#include "fail.h"

#define MOST_NAME 128u /* KSYM_NAME_LEN */

static bool is_name_char(char c, bool first)
{
	return c == '_' || c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (!first && c >= '0' && c <= '9');
}

bool kbtf_is_btf_name(const char *name)
{
	size_t i;

	if (!is_name_char(*name, true))
		return false;
	for (i = 1; name[i]; i++)
		if (i >= MOST_NAME || !is_name_char(name[i], false))
			return false;
	return true;
}

/* What the kernel's own macros make, and nobody looks for. */
static bool is_made_up(const char *name)
{
	static const char *const prefixes[] = { "__UNIQUE_ID", "__tpstrtab_", "__exitcall_",
						"__gendwarfksyms_ptr_",
						"__func_stack_frame_non_standard_" };
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return true;
	return false;
}

static uint32_t section_of(const struct kbtf_dwarf_source *src, uint64_t addr)
{
	uint32_t i;

	for (i = 0; i < src->nr_sections; i++)
		if (addr >= src->sections[i].addr &&
		    addr - src->sections[i].addr < src->sections[i].size)
			return i;
	return UINT32_MAX;
}

static bool is_wanted_section(const struct kbtf_collect *c, uint32_t section)
{
	if (c->features & KBTF_ENCODE_GLOBAL_VAR)
		return true;
	return !strcmp(c->src->sections[section].name, ".data..percpu");
}

/* Address 0 may be that of something that was discarded: then no symbol is there. */
static bool has_symbol(const struct kbtf_dwarf_source *src, uint32_t section, const char *name)
{
	size_t i;

	for (i = 0; i < src->nr_symbols; i++)
		if (!src->symbols[i].is_func &&
		    src->symbols[i].section == src->sections[section].index &&
		    !strcmp(src->symbols[i].name, name))
			return true;
	return false;
}

/* The tags of a variable, whose state comes next. */
static int add_tags(struct kbtf_collect *c, uint32_t var)
{
	uint32_t nr, i;
	const struct kbtf_decl_tag *tags = kbtf_decl_tags_of(&c->entries.var_tags, var, &nr);

	for (i = 0; i < nr; i++) {
		struct kbtf_decl_tag tag = tags[i];

		tag.owner = (uint32_t)(c->vars.size / sizeof(struct kbtf_var_state));
		if (kbtf_buf_append(&c->var_tags, &tag, sizeof(tag)))
			return -ENOMEM;
	}
	return 0;
}

static int add_var(struct kbtf_collect *c, const struct kbtf_var_entry *v, struct kbtf_diag *reterr)
{
	const struct kbtf_entries *e = &c->entries;
	struct kbtf_var_state state = { .section = section_of(c->src, v->addr), .group = c->group };
	uint64_t offset, size;
	const char *name;
	uint32_t i;
	char buf[4];

	if (state.section == UINT32_MAX || !is_wanted_section(c, state.section))
		return 0;
	offset = v->addr - c->src->sections[state.section].addr;
	if (v->specification) {
		i = kbtf_entries_find(e, ENTRY_VAR, v->specification);
		if (i != NO_ENTRY)
			v = &kbtf_entry_vars(e)[i];
	}
	name = kbtf_name_string(&c->names, v->name, buf);
	if (!*name || is_made_up(name) || (!offset && !has_symbol(c->src, state.section, name)))
		return 0;
	if (!kbtf_is_btf_name(name) || !v->ref) {
		if (c->features & KBTF_ENCODE_FORCE)
			return 0;
		return kbtf_fail_unit(reterr, kbtf_entry_units(e),
				      e->start + v->place - kbtf_entry_units(e)->offset, -EINVAL,
				      "dwarf-variable",
				      "variable %.100s has %s, which BTF cannot say (encode_force "
				      "leaves it out)",
				      name,
				      v->ref ? "a name of other characters than C's" : "no type");
	}
	size = kbtf_entry_size(e, kbtf_entry_of_ref(e, v->ref), c->src->address_size);
	if (!size || size > UINT32_MAX || offset > UINT32_MAX)
		return 0;
	if (kbtf_collect_ref(c, v->ref, &state.type))
		return kbtf_fail_unit(reterr, kbtf_entry_units(e),
				      e->start + v->place - kbtf_entry_units(e)->offset, -EINVAL,
				      "dwarf-reference",
				      "variable %.100s refers to an entry that is no type", name);
	state.name = v->name;
	state.offset = (uint32_t)offset;
	state.size = (uint32_t)size;
	state.is_external = v->flags & VAR_IS_EXTERNAL;
	if (add_tags(c, (uint32_t)(v - kbtf_entry_vars(e))))
		return kbtf_fail_nomem(reterr);
	return kbtf_buf_append(&c->vars, &state, sizeof(state)) ? kbtf_fail_nomem(reterr) : 0;
}

int kbtf_collect_vars(struct kbtf_collect *c, struct kbtf_diag *reterr)
{
	const struct kbtf_var_entry *vars = kbtf_entry_vars(&c->entries);
	uint32_t nr = kbtf_nr_entry_vars(&c->entries), i;
	int err = 0;

	if (!(c->features & (KBTF_ENCODE_VAR | KBTF_ENCODE_GLOBAL_VAR)))
		return 0;
	for (i = 0; i < nr && !err; i++)
		if (vars[i].flags & VAR_HAS_ADDR && !(vars[i].flags & VAR_IS_ARTIFICIAL) &&
		    (!(vars[i].flags & VAR_IS_DECLARED) || vars[i].specification))
			err = add_var(c, &vars[i], reterr);
	return err;
}

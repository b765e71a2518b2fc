// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Symbols in, functions by name out, and which of them are kfuncs.
 *
 * Source: dwarves' btf_encoder.c (elf_functions__collect, btf_encoder__collect_kfuncs).
 */
#include <errno.h>
#include <stdlib.h>

#include "alloc.h"
#include "funcs.h"
#include "hash.h"

#define SET8_KFUNCS 1u /* flag of a set of .BTF_ids */

void kbtf_elf_funcs_deinit(struct kbtf_elf_funcs *f)
{
	free(f->funcs);
	free(f->slots);
	free(f->syms);
	free(f->nexts);
	*f = (struct kbtf_elf_funcs){ 0 };
}

/* What is behind a dot is no part of the name, and may tell that it is only part of a function. */
static bool is_whole(const char *name, size_t *ret_len)
{
	const char *dot = strchr(name, '.');

	*ret_len = dot ? (size_t)(dot - name) : strlen(name);
	return *ret_len && (!dot || (!strstr(dot, ".cold") && !strstr(dot, ".part")));
}

static uint32_t *find_slot(const struct kbtf_elf_funcs *f, uint32_t hash, const char *name,
			   size_t len)
{
	uint32_t i;

	for (i = hash & f->mask; f->slots[i]; i = (i + 1) & f->mask) {
		const struct kbtf_elf_func *func = &f->funcs[f->slots[i] - 1];

		if (func->hash == hash && func->len == len && !memcmp(func->name, name, len))
			break;
	}
	return &f->slots[i];
}

uint32_t kbtf_elf_funcs_find(const struct kbtf_elf_funcs *f, const char *name, size_t len)
{
	return *find_slot(f, (uint32_t)XXH3_64bits(name, len), name, len) - 1;
}

static void add_symbol(struct kbtf_elf_funcs *f, const struct kbtf_dwarf_source *src,
		       uint32_t number, uint32_t nr_syms)
{
	const struct kbtf_encode_symbol *sym = &src->symbols[number], *first;
	struct kbtf_elf_func *func;
	uint32_t hash, *slot, *at;
	size_t len;

	is_whole(sym->name, &len);
	hash = (uint32_t)XXH3_64bits(sym->name, len);
	slot = find_slot(f, hash, sym->name, len);
	if (!*slot) {
		f->funcs[f->nr] = (struct kbtf_elf_func){
			.name = sym->name,
			.len = (uint32_t)len,
			.hash = hash,
		};
		*slot = ++f->nr;
	}
	func = &f->funcs[*slot - 1];
	f->syms[nr_syms] = number;
	f->nexts[nr_syms] = 0;
	at = func->last_sym ? &f->nexts[func->last_sym - 1] : &func->first_sym;
	*at = func->last_sym = nr_syms + 1;
	first = &src->symbols[f->syms[func->first_sym - 1]];
	func->is_ambiguous |= first->value != sym->value || first->section != sym->section;
}

/* ---- Kfuncs ----------------------------------------------------------- */

static uint32_t word_at(const struct kbtf_dwarf_source *src, uint64_t offset)
{
	struct kbtf_cursor c = kbtf_cursor_of(src, &src->btf_ids);

	kbtf_cur_skip(&c, offset);
	return kbtf_cur_u32(&c);
}

static bool has_prefix(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* Sets of kfuncs, which are symbols of their own. */
struct kfunc_sets {
	struct {
		uint64_t value, size;
	} * sets;
	size_t nr;
};

static int find_kfunc_sets(const struct kbtf_dwarf_source *src, struct kfunc_sets *ret)
{
	size_t i, nr = 0;

	for (i = 0; i < src->nr_symbols; i++)
		nr += src->symbols[i].section == src->btf_ids_section;
	ret->nr = 0;
	ret->sets = kbtf_alloc_array(nr, sizeof(*ret->sets));
	if (!ret->sets)
		return -ENOMEM;
	for (i = 0; i < src->nr_symbols; i++) {
		const struct kbtf_encode_symbol *s = &src->symbols[i];

		if (s->section != src->btf_ids_section ||
		    !has_prefix(s->name, "__BTF_ID__set8__") ||
		    !(word_at(src, s->value - src->btf_ids_addr + 4) & SET8_KFUNCS))
			continue;
		ret->sets[ret->nr].value = s->value;
		ret->sets[ret->nr++].size = s->size;
	}
	return 0;
}

static bool is_in_set(const struct kfunc_sets *sets, uint64_t value)
{
	size_t i;

	for (i = 0; i < sets->nr; i++)
		if (sets->sets[i].value <= value &&
		    value - sets->sets[i].value < sets->sets[i].size)
			return true;
	return false;
}

/* __BTF_ID__func__NAME__N: the length of NAME; 0 where it is no such symbol. */
static size_t id_name(const char *symbol, const char **ret)
{
	const char *end;

	*ret = symbol + strlen("__BTF_ID__func__");
	if (!has_prefix(symbol, "__BTF_ID__func__") || !strstr(*ret, "__"))
		return 0;
	end = strrchr(*ret, '_');
	return end > *ret + 1 && end[-1] == '_' ? (size_t)(end - 1 - *ret) : 0;
}

static int mark_kfuncs(struct kbtf_elf_funcs *f, const struct kbtf_dwarf_source *src)
{
	struct kfunc_sets sets;
	size_t i, len;

	if (!src->btf_ids.data || !src->btf_ids_section)
		return 0;
	if (find_kfunc_sets(src, &sets))
		return -ENOMEM;
	for (i = 0; i < src->nr_symbols; i++) {
		const struct kbtf_encode_symbol *s = &src->symbols[i];
		const char *name;
		uint32_t number;

		if (s->section != src->btf_ids_section)
			continue;
		len = id_name(s->name, &name);
		if (!len || !is_in_set(&sets, s->value))
			continue;
		number = kbtf_elf_funcs_find(f, name, len);
		if (number == UINT32_MAX)
			continue;
		f->funcs[number].is_kfunc = true;
		f->funcs[number].kfunc_flags = word_at(src, s->value - src->btf_ids_addr + 4);
	}
	free(sets.sets);
	return 0;
}

int kbtf_elf_funcs_init(struct kbtf_elf_funcs *f, const struct kbtf_dwarf_source *src)
{
	uint32_t nr = 0, nr_slots = 16;
	size_t i, len;

	*f = (struct kbtf_elf_funcs){ 0 };
	for (i = 0; i < src->nr_symbols; i++)
		nr += src->symbols[i].is_func && is_whole(src->symbols[i].name, &len);
	while (nr_slots / 2 < nr)
		nr_slots *= 2;
	f->funcs = kbtf_alloc_array(nr, sizeof(*f->funcs));
	f->syms = kbtf_alloc_array(nr, sizeof(*f->syms));
	f->nexts = kbtf_alloc_array(nr, sizeof(*f->nexts));
	f->slots = kbtf_zalloc_array(nr_slots, sizeof(*f->slots));
	if (!f->funcs || !f->syms || !f->nexts || !f->slots) {
		kbtf_elf_funcs_deinit(f);
		return -ENOMEM;
	}
	f->mask = nr_slots - 1;
	nr = 0;
	for (i = 0; i < src->nr_symbols; i++)
		if (src->symbols[i].is_func && is_whole(src->symbols[i].name, &len))
			add_symbol(f, src, (uint32_t)i, nr++);
	if (mark_kfuncs(f, src)) {
		kbtf_elf_funcs_deinit(f);
		return -ENOMEM;
	}
	return 0;
}

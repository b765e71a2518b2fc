// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * BTF in, C out: what is asked for, and in which order.
 *
 * First all types are looked at once, for what the printing of any of them depends on
 * [survey]. Then each type that is wanted is printed with what it needs before it
 * [print_own, print_asked]; enums that nothing contains come after the others,
 * and kfuncs at the end [print_kfuncs].
 *
 * Memory is two bytes a type, a table of the names that were taken, and a
 * block of text.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "c_body.h"
#include "c_decl.h"
#include "c_layout.h"
#include "c_order.h"
#include "fail.h"
#include "sizes.h"

/* ---- Where text goes -------------------------------------------------- */

static int discard(void *ctx, const char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
	return 0;
}

void kbtf_c_hide(struct kbtf_c *c)
{
	if (c->nr_hidden++)
		return;
	kbtf_out_flush(&c->out);
	c->out.write = discard;
	c->item_before = c->last_item;
}

void kbtf_c_show(struct kbtf_c *c)
{
	if (--c->nr_hidden)
		return;
	kbtf_out_flush(&c->out);
	c->out.write = c->write;
	c->last_item = c->item_before;
}

static void put_lines(struct kbtf_c *c, const char *lines)
{
	kbtf_out_text(&c->out, lines, strlen(lines));
	c->last_item = KBTF_C_BLOCK;
}

/* ---- Before any type is printed --------------------------------------- */

struct survey {
	uint32_t nr_tags, nr_idents; /* names that will be taken, about */
	uint64_t nr_words;	     /* of all types */
};

static void survey_int(struct kbtf_c *c, const struct kbtf_type *t)
{
	uint32_t word = kbtf_word(t);

	if (KBTF_INT_OFFSET_BITS(word) || KBTF_INT_BITS(word) != 8 * (uint64_t)t->size)
		c->has_odd_ints = true;
}

static void survey(struct kbtf_c *c, struct survey *ret)
{
	const struct kbtf *btf;
	uint32_t i;

	*ret = (struct survey){ 0 };
	for (btf = c->btf; btf; btf = btf->base) {
		ret->nr_words += btf->hdr.type_len / 4;
		for (i = 0; i < btf->nr_types; i++) {
			const struct kbtf_type *t = kbtf_own_type(btf, i);

			switch (kbtf_kind(t)) {
			case KBTF_INT:
				survey_int(c, t);
				break;
			case KBTF_STRUCT:
			case KBTF_UNION:
			case KBTF_FWD:
				ret->nr_tags += t->name_off != 0;
				break;
			case KBTF_ENUM:
			case KBTF_ENUM64:
				ret->nr_tags += t->name_off != 0;
				ret->nr_idents += kbtf_vlen(t);
				break;
			case KBTF_TYPEDEF:
				ret->nr_idents++;
				break;
			case KBTF_TYPE_TAG:
				c->has_tags = true;
				break;
			case KBTF_DECL_TAG:
				c->nr_decl_tags++;
				break;
			default:
				break;
			}
		}
	}
}

static int by_place(const void *a, const void *b)
{
	const struct kbtf_c_tag *x = a, *y = b;

	if (x->type_id != y->type_id)
		return x->type_id < y->type_id ? -1 : 1;
	if (x->component != y->component)
		return x->component < y->component ? -1 : 1;
	return x->tag_id < y->tag_id ? -1 : x->tag_id > y->tag_id;
}

static int list_decl_tags(struct kbtf_c *c)
{
	uint32_t id, n = 0;

	c->has_tags |= c->nr_decl_tags;
	if (!c->nr_decl_tags)
		return 0;
	c->decl_tags = kbtf_alloc_array(c->nr_decl_tags, sizeof(*c->decl_tags));
	if (!c->decl_tags)
		return -ENOMEM;
	for (id = 1; id < c->end_id; id++) {
		const struct kbtf_type *t = kbtf_type_get(c->btf, id);

		if (kbtf_kind(t) == KBTF_DECL_TAG)
			c->decl_tags[n++] = (struct kbtf_c_tag){ t->type, kbtf_word(t), id };
	}
	qsort(c->decl_tags, n, sizeof(*c->decl_tags), by_place);
	return 0;
}

/* Whether all types of this BTF, or of its base, are gone through. */
static bool is_whole(const struct kbtf_c *c)
{
	return !c->opts->nr_ids || c->opts->flags & KBTF_C_WITHOUT_BASE;
}

static int init(struct kbtf_c *c)
{
	struct survey s;
	size_t i;

	c->end_id = kbtf_end_id(c->btf);
	c->ptr_bytes = kbtf_pointer_bytes(c->btf);
	c->tags.btf = c->btf;
	c->idents.btf = c->btf;
	kbtf_c_words_init(&c->words);
	c->states = kbtf_zalloc_array(c->end_id, sizeof(*c->states));
	c->layouts = kbtf_zalloc_array(c->end_id, sizeof(*c->layouts));
	if (!c->states || !c->layouts)
		return -ENOMEM;
	for (i = 0; i < c->opts->nr_ids; i++)
		c->states[c->opts->ids[i]] |= KBTF_C_ASKED;
	survey(c, &s);
	/* Types without names are printed where they are used, over and over: this bounds it
	 * for BTF that is made to get out of hand. In kernels it is less than once a word. */
	c->budget = 16 * s.nr_words;
	if (is_whole(c) && (kbtf_c_names_reserve(&c->tags, s.nr_tags) ||
			    kbtf_c_names_reserve(&c->idents, s.nr_idents)))
		return -ENOMEM;
	return list_decl_tags(c);
}

static void deinit(struct kbtf_c *c)
{
	free(c->states);
	free(c->layouts);
	free(c->frames);
	free(c->decl_tags);
	kbtf_c_names_deinit(&c->tags);
	kbtf_c_names_deinit(&c->idents);
	kbtf_u32map_deinit(&c->numbers);
}

/* ---- Around types ----------------------------------------------------- */

static const char guard[] = "#ifndef __VMLINUX_H__\n"
			    "#define __VMLINUX_H__\n";

static const char guard_end[] = "\n#endif /* __VMLINUX_H__ */\n";

static const char guard_of_split[] = "#pragma once\n"
				     "\n"
				     "#ifndef __VMLINUX_H__\n"
				     "#error \"include the kernel's header before this one\"\n"
				     "#endif\n";

static const char tag_macros[] = "#ifndef __btf_type_tag\n"
				 "#if __has_attribute(btf_type_tag)\n"
				 "#define __btf_type_tag(tag) __attribute__((btf_type_tag(tag)))\n"
				 "#else\n"
				 "#define __btf_type_tag(tag)\n"
				 "#endif\n"
				 "#endif\n"
				 "\n"
				 "#ifndef __btf_decl_tag\n"
				 "#if __has_attribute(btf_decl_tag)\n"
				 "#define __btf_decl_tag(tag) __attribute__((btf_decl_tag(tag)))\n"
				 "#else\n"
				 "#define __btf_decl_tag(tag)\n"
				 "#endif\n"
				 "#endif\n";

/* Only clang has the pragma, and only its BPF target the attribute. */
static const char relocatable[] =
	"\n"
	"#if defined(__clang__) && defined(__bpf__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)\n"
	"#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n"
	"#endif\n";

static const char relocatable_end[] =
	"\n"
	"#if defined(__clang__) && defined(__bpf__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)\n"
	"#pragma clang attribute pop\n"
	"#endif\n";

static const char kfunc_macros[] = "\n"
				   "#ifndef __ksym\n"
				   "#define __ksym __attribute__((section(\".ksyms\")))\n"
				   "#endif\n"
				   "\n"
				   "#ifndef __weak\n"
				   "#define __weak __attribute__((weak))\n"
				   "#endif\n"
				   "\n"
				   "#ifndef __bpf_fastcall\n"
				   "#if __has_attribute(bpf_fastcall)\n"
				   "#define __bpf_fastcall __attribute__((bpf_fastcall))\n"
				   "#else\n"
				   "#define __bpf_fastcall\n"
				   "#endif\n"
				   "#endif\n";

static void print_head(struct kbtf_c *c)
{
	bool is_split = c->opts->flags & KBTF_C_WITHOUT_BASE && kbtf_base(c->btf);

	if (c->opts->flags & KBTF_C_HEADER)
		put_lines(c, is_split ? guard_of_split : guard);
	if (c->has_tags && !(c->opts->flags & KBTF_C_ALONE)) {
		if (c->last_item)
			put_lines(c, "\n");
		put_lines(c, tag_macros);
	}
	if (c->opts->flags & KBTF_C_HEADER)
		put_lines(c, relocatable);
}

static void print_foot(struct kbtf_c *c)
{
	bool is_split = c->opts->flags & KBTF_C_WITHOUT_BASE && kbtf_base(c->btf);

	if (!(c->opts->flags & KBTF_C_HEADER))
		return;
	put_lines(c, relocatable_end);
	if (!is_split)
		put_lines(c, guard_end);
}

/* ---- Types ------------------------------------------------------------ */

/* All named types of a range of ids, and enums without names that nothing contains. */
static void print_range(struct kbtf_c *c, uint32_t first_id, uint32_t end_id)
{
	bool has_enums = false;
	uint32_t id;

	for (id = first_id; id < end_id && !c->err && !c->out.err; id++) {
		const struct kbtf_type *t = kbtf_type_get(c->btf, id);

		switch (kbtf_kind(t)) {
		case KBTF_STRUCT:
		case KBTF_UNION:
			if (t->name_off)
				kbtf_c_need(c, id, true);
			break;
		case KBTF_ENUM:
		case KBTF_ENUM64:
			has_enums |= !t->name_off;
			kbtf_c_need(c, id, kbtf_vlen(t));
			break;
		case KBTF_TYPEDEF:
		case KBTF_FWD:
			kbtf_c_need(c, id, false);
			break;
		default:
			break;
		}
	}
	for (id = first_id; has_enums && id < end_id; id++) {
		const struct kbtf_type *t = kbtf_type_get(c->btf, id);

		if ((kbtf_kind(t) == KBTF_ENUM || kbtf_kind(t) == KBTF_ENUM64) && !t->name_off &&
		    !(c->states[id] & KBTF_C_PRINTED))
			kbtf_c_define_enum(c, id);
	}
}

static void print_function(struct kbtf_c *c, uint32_t type_id, const char *before,
			   const char *after)
{
	kbtf_c_need(c, kbtf_type_get(c->btf, type_id)->type, false);
	kbtf_c_name(c, type_id);
	kbtf_c_declare_func(c, type_id, before, after);
}

static bool is_tag(const struct kbtf_c *c, uint32_t i, const char *value)
{
	return !strcmp(kbtf_name(c->btf, c->decl_tags[i].tag_id), value);
}

/*
 * The next function that BPF programs may call, as tags say, from place *at of decl_tags
 * on, and whether it is fast; 0 after the last.
 */
static uint32_t next_kfunc(const struct kbtf_c *c, uint32_t *at, bool *ret_is_fast)
{
	while (*at < c->nr_decl_tags) {
		uint32_t func = c->decl_tags[*at].type_id;
		bool is_kfunc = false;

		*ret_is_fast = false;
		for (; *at < c->nr_decl_tags && c->decl_tags[*at].type_id == func; ++*at) {
			is_kfunc |= is_tag(c, *at, "bpf_kfunc");
			*ret_is_fast |= is_tag(c, *at, "bpf_fastcall");
		}
		if (is_kfunc && func >= kbtf_first_id(c->btf) &&
		    kbtf_kind(kbtf_type_get(c->btf, func)) == KBTF_FUNC)
			return func;
	}
	return 0;
}

static void print_kfuncs(struct kbtf_c *c)
{
	uint32_t at = 0, func;
	bool is_fast;

	while ((func = next_kfunc(c, &at, &is_fast)))
		kbtf_c_need(c, kbtf_type_get(c->btf, func)->type, false);
	at = 0;
	func = next_kfunc(c, &at, &is_fast);
	if (!func)
		return;
	put_lines(c, kfunc_macros);
	put_lines(c, "\n#ifndef BPF_NO_KFUNC_PROTOTYPES\n");
	for (; func; func = next_kfunc(c, &at, &is_fast))
		print_function(c, func, is_fast ? "__bpf_fastcall extern " : "extern ",
			       " __weak __ksym");
	put_lines(c, "#endif\n");
}

static void print_asked(struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	const struct kbtf_secinfo *s = kbtf_secinfos(t);
	bool has_name = *kbtf_string_get(c->btf, t->name_off);
	uint32_t i;

	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
	case KBTF_UNION:
		kbtf_c_need(c, type_id, true);
		if (!has_name)
			kbtf_c_define_composite(c, type_id);
		break;
	case KBTF_ENUM:
	case KBTF_ENUM64:
		kbtf_c_need(c, type_id, true);
		if (!has_name)
			kbtf_c_define_enum(c, type_id);
		break;
	case KBTF_TYPEDEF:
	case KBTF_FWD:
		kbtf_c_need(c, type_id, true);
		break;
	case KBTF_FUNC:
	case KBTF_VAR:
		print_function(c, type_id, "extern ", "");
		break;
	case KBTF_DATASEC:
		for (i = 0; i < kbtf_vlen(t); i++)
			if (kbtf_kind(kbtf_type_get(c->btf, s[i].type)) == KBTF_VAR)
				print_function(c, s[i].type, "extern ", "");
		break;
	default:
		if (!type_id || kbtf_kind(t) >= KBTF_NR_KINDS || kbtf_kind(t) == KBTF_DECL_TAG)
			break;
		kbtf_c_need(c, type_id, false);
		kbtf_c_name(c, type_id);
		kbtf_c_define_alias(c, type_id);
	}
}

static void print(struct kbtf_c *c)
{
	uint32_t first_id = kbtf_first_id(c->btf);
	size_t i;

	print_head(c);
	if (c->opts->flags & KBTF_C_WITHOUT_BASE) {
		kbtf_c_hide(c);
		print_range(c, 1, first_id);
		kbtf_c_show(c);
	}
	if (c->opts->nr_ids) {
		for (i = 0; i < c->opts->nr_ids && !c->err && !c->out.err; i++)
			print_asked(c, c->opts->ids[i]);
	} else {
		print_range(c, first_id, c->end_id);
		print_kfuncs(c);
	}
	print_foot(c);
}

int kbtf_text_c(const struct kbtf *btf, const struct kbtf_c_opts *opts, kbtf_write_fn *write,
		void *ctx, struct kbtf_diag *reterr)
{
	static const struct kbtf_c_opts none;
	struct kbtf_c *c;
	size_t i;
	int err;

	if (!opts)
		opts = &none;
	for (i = 0; i < opts->nr_ids; i++)
		if (opts->ids[i] >= kbtf_end_id(btf))
			return kbtf_fail(reterr, -ERANGE, "no-type",
					 "no type [%u]: the last one is [%u]", opts->ids[i],
					 kbtf_end_id(btf) - 1);
	c = calloc(1, sizeof(*c));
	if (!c)
		return kbtf_fail_nomem(reterr);
	c->btf = btf;
	c->opts = opts;
	c->write = write;
	kbtf_out_init(&c->out, write, ctx);
	err = init(c);
	if (!err) {
		print(c);
		err = c->err;
	}
	if (err)
		kbtf_fail_nomem(reterr);
	else if ((err = kbtf_out_flush(&c->out)))
		kbtf_fail(reterr, err, "write", "output: %s", strerror(-err));
	deinit(c);
	free(c);
	return err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * BTF as an encoder made it and the sets of kfuncs in, BTF that says of kfuncs what kernels
 * from 6.19 on read there out. Sets tell which functions are kfuncs [collect_kfuncs]; each
 * then gets, if it is not there yet [annotate]:
 *
 *   DECL_TAG "bpf_kfunc"               every kfunc
 *   DECL_TAG "bpf_fastcall"            with FASTCALL
 *   FUNC NAME_impl, a shorter PROTO    with IMPLICIT_ARGS: programs do not pass what
 *                                      the verifier puts in
 *   TYPE_TAG "address_space(1)"        behind pointers into an arena
 *
 * New records and strings go behind those that there are:
 *
 *   types     | own ...            | new ...  |    ids: first ... next - 1
 *   strings   | the BTF's ...      | new ...  |
 *
 * Source: tools/bpf/resolve_btfids/main.c (btf2btf).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/kfunc.h>

#include "alloc.h"
#include "assemble.h"
#include "fail.h"
#include "ids.h"
#include "sort.h"
#include "u32map.h"
#include "view.h"

#define TAG_KFUNC "bpf_kfunc"
#define TAG_FASTCALL "bpf_fastcall"
#define TAG_ARENA "address_space(1)"
#define WHOLE_DECLARATION UINT32_MAX /* component of a DECL_TAG that is of none */

struct annotator {
	const struct kbtf *btf;
	const struct kbtf_ids *ids;
	kbtf_diag_fn *warning;
	void *ctx;
	uint32_t nr_warnings;
	struct kbtf_names *funcs; /* of the BTF's own */
	struct kbtf_u32map flags; /* of each kfunc's FUNC, plus 1 */
	struct kbtf_buf types;	  /* records */
	struct kbtf_buf strings;
	uint32_t next; /* id of the next record */
	bool is_changed;
	uint32_t str_kfunc, str_fastcall, str_arena; /* offsets; 0: not made yet */
	struct kbtf_buf tags;			     /* u32: ids of the DECL_TAGs that there were */
	/* Of the kfunc worked on, the prototype made for it: where it is, 0 for none; its size. */
	size_t proto_at;
	uint32_t nr_params;
};

/* ---- Which functions are kfuncs --------------------------------------- */

static void warn(struct annotator *a, const struct kbtf_id_set *set, const char *name)
{
	struct kbtf_diag diag;

	a->nr_warnings++;
	if (!a->warning)
		return;
	kbtf_fail_at(&diag, -ENOENT, "kfunc-missing", set->offset,
		     "set %.100s has kfunc '%.200s', which is no FUNC of the BTF's own", set->name,
		     name);
	kbtf_diag_in(&diag, ".BTF_ids");
	a->warning(a->ctx, &diag);
}

static int add_kfunc(struct annotator *a, const struct kbtf_id_set *set, const char *name,
		     uint32_t flags, struct kbtf_diag *reterr)
{
	uint32_t id = kbtf_names_next(a->funcs, name, 0);
	struct kbtf_u32slot *slot;

	if (!id) {
		warn(a, set, name);
		return 0;
	}
	slot = kbtf_u32map_add(&a->flags, id);
	if (!slot)
		return kbtf_fail_nomem(reterr);
	if (slot->value && slot->value - 1 != flags)
		return kbtf_fail_type(reterr, a->btf, id, -EINVAL, "kfunc-flags",
				      "in one set it has flags 0x%x, in another 0x%x",
				      slot->value - 1, flags);
	slot->value = flags + 1;
	return 0;
}

/* Sets are not sorted yet: flags stand behind the words of their symbols. */
static int collect_kfuncs(struct annotator *a, struct kbtf_diag *reterr)
{
	const struct kbtf_ids *ids = a->ids;
	struct kbtf_id_set set;
	uint32_t i, j;
	int err = 0;

	for (i = 0; i < ids->nr_sets; i++) {
		const struct kbtf_ids_set *s = &ids->sets[i];

		kbtf_ids_get_set(ids, i, &set);
		for (j = 0; j < ids->nr_refs && set.flags & KBTF_ID_SET_KFUNCS; j++) {
			const struct kbtf_ids_ref *ref = &ids->refs[j];

			if (ref->word < s->word || ref->word - s->word >= 2 * s->room ||
			    strncmp(ref->name, "func__", 6))
				continue;
			err = add_kfunc(a, &set, ref->name + 6, ids->words[ref->word + 1], reterr);
			if (err)
				return err;
		}
	}
	return 0;
}

/* ---- New records ------------------------------------------------------ */

static int add_string(struct annotator *a, const char *s, uint32_t *ret)
{
	*ret = a->btf->str_start + (uint32_t)a->strings.size;
	return kbtf_buf_append(&a->strings, s, strlen(s) + 1);
}

/* The offset of a string that is made once. */
static int string_once(struct annotator *a, const char *s, uint32_t *off)
{
	return *off ? 0 : add_string(a, s, off);
}

static int add_record(struct annotator *a, uint32_t name_off, uint32_t info, uint32_t type,
		      uint32_t *ret_id)
{
	const struct kbtf_type t = { .name_off = name_off, .info = info, .type = type };

	a->is_changed = true;
	*ret_id = a->next++;
	return kbtf_buf_append(&a->types, &t, sizeof(t));
}

/* A record that is being worked on; it moves when one is added. */
static struct kbtf_type *record(struct annotator *a, uint32_t id)
{
	return (struct kbtf_type *)(a->types.data + a->btf->offs[id - a->btf->first_id]);
}

/* A type of any id that was there before. */
static const struct kbtf_type *old_type(const struct annotator *a, uint32_t id)
{
	return kbtf_type_get(a->btf, id);
}

static int add_decl_tag(struct annotator *a, uint32_t name_off, unsigned int kflag, uint32_t func,
			uint32_t component)
{
	uint32_t id;

	if (add_record(a, name_off, kbtf_info(KBTF_DECL_TAG, 0, kflag), func, &id))
		return -ENOMEM;
	return kbtf_buf_append(&a->types, &component, sizeof(component));
}

/* Call for each DECL_TAG of a FUNC; ends at the first result that is not 0. */
static int each_tag(struct annotator *a, uint32_t func,
		    int (*fn)(struct annotator *a, const struct kbtf_type *tag, void *ctx),
		    void *ctx)
{
	const uint32_t *ids = (const uint32_t *)a->tags.data;
	size_t nr = a->tags.size / sizeof(*ids), i;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++)
		if (old_type(a, ids[i])->type == func)
			ret = fn(a, old_type(a, ids[i]), ctx);
	return ret;
}

static int is_tag(struct annotator *a, const struct kbtf_type *tag, void *name)
{
	return kbtf_word(tag) == WHOLE_DECLARATION &&
	       !strcmp(kbtf_string_get(a->btf, tag->name_off), name);
}

static int need_tag(struct annotator *a, uint32_t func, const char *name, uint32_t *off)
{
	if (each_tag(a, func, is_tag, (void *)name))
		return 0;
	if (string_once(a, name, off))
		return -ENOMEM;
	return add_decl_tag(a, *off, 0, func, WHOLE_DECLARATION);
}

/* Give a FUNC a prototype of its own, of the first nr parameters of the one that it had. */
static int copy_proto(struct annotator *a, uint32_t func, uint32_t nr)
{
	const struct kbtf_type *proto = old_type(a, old_type(a, func)->type);
	uint32_t id;

	a->proto_at = a->types.size;
	a->nr_params = nr;
	if (add_record(a, proto->name_off, kbtf_info(KBTF_FUNC_PROTO, nr, kbtf_kflag(proto)),
		       proto->type, &id) ||
	    kbtf_buf_append(&a->types, kbtf_params(proto), nr * sizeof(struct kbtf_param)))
		return -ENOMEM;
	record(a, func)->type = id;
	return 0;
}

/* ---- Implicit arguments ----------------------------------------------- */

static uint32_t skip_qualifiers(const struct kbtf *btf, uint32_t id)
{
	for (;;) {
		const struct kbtf_type *t = kbtf_type_get(btf, id);

		switch (kbtf_kind(t)) {
		case KBTF_VOLATILE:
		case KBTF_CONST:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
			id = t->type;
			break;
		default:
			return id;
		}
	}
}

static bool is_implicit(const struct kbtf *btf, const struct kbtf_param *param)
{
	const struct kbtf_type *t = kbtf_type_get(btf, skip_qualifiers(btf, param->type));
	const char *name;

	if (kbtf_kind(t) != KBTF_PTR)
		return false;
	t = kbtf_type_get(btf, skip_qualifiers(btf, t->type));
	name = kbtf_string_get(btf, t->name_off);
	return kbtf_kind(t) == KBTF_STRUCT &&
	       (!strcmp(name, "bpf_prog_aux") || !strcmp(name, "btf_struct_meta"));
}

/* The FUNC that a tag is copied to. */
static int copy_tag(struct annotator *a, const struct kbtf_type *tag, void *ctx)
{
	const uint32_t *func = ctx;

	if (!strcmp(kbtf_string_get(a->btf, tag->name_off), TAG_KFUNC))
		return 0;
	return add_decl_tag(a, tag->name_off, kbtf_kflag(tag), *func, kbtf_word(tag));
}

/* The whole function under the name NAME_impl, which the verifier calls. */
static int add_impl(struct annotator *a, uint32_t func, const char *impl)
{
	const struct kbtf_type *t = old_type(a, func);
	uint32_t name_off, id;

	if (add_string(a, impl, &name_off) || add_record(a, name_off, t->info, t->type, &id))
		return -ENOMEM;
	return each_tag(a, func, copy_tag, &id);
}

static int hide_implicit(struct annotator *a, uint32_t func)
{
	const struct kbtf_type *proto = old_type(a, old_type(a, func)->type);
	const char *name = kbtf_name(a->btf, func);
	uint32_t nr = 0;
	char *impl;
	int err = 0;

	while (nr < kbtf_vlen(proto) && !is_implicit(a->btf, &kbtf_params(proto)[nr]))
		nr++;
	if (nr == kbtf_vlen(proto)) /* hidden already */
		return 0;
	impl = malloc(strlen(name) + sizeof("_impl"));
	if (!impl)
		return -ENOMEM;
	strcat(strcpy(impl, name), "_impl");
	if (!kbtf_names_next(a->funcs, impl, 0))
		err = add_impl(a, func, impl);
	free(impl);
	return err ? err : copy_proto(a, func, nr);
}

/* ---- Pointers into an arena ------------------------------------------- */

static bool ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), end_len = strlen(end);

	return len >= end_len && !strcmp(s + len - end_len, end);
}

static bool is_arena_param(const struct kbtf *btf, const struct kbtf_param *param, uint32_t i,
			   uint32_t flags)
{
	const char *name = kbtf_string_get(btf, param->name_off);

	return ends_with(name, "__arena") || ends_with(name, "__arena__nullable") ||
	       (i == 0 && flags & KBTF_KF_ARENA_ARG1) || (i == 1 && flags & KBTF_KF_ARENA_ARG2);
}

static bool is_arena_pointer(const struct annotator *a, uint32_t id)
{
	const struct kbtf_type *t = old_type(a, id);

	t = kbtf_kind(t) == KBTF_PTR ? old_type(a, t->type) : t;
	return kbtf_kind(t) == KBTF_TYPE_TAG &&
	       !strcmp(kbtf_string_get(a->btf, t->name_off), TAG_ARENA);
}

/* A pointer to the same, tagged. */
static int tag_pointer(struct annotator *a, uint32_t func, uint32_t id, uint32_t *ret,
		       struct kbtf_diag *reterr)
{
	uint32_t tag;

	if (kbtf_kind(old_type(a, id)) != KBTF_PTR)
		return kbtf_fail_type(reterr, a->btf, func, -EINVAL, "kfunc-arena",
				      "type [%u], which is to be in an arena, is no pointer", id);
	if (string_once(a, TAG_ARENA, &a->str_arena) ||
	    add_record(a, a->str_arena, kbtf_info(KBTF_TYPE_TAG, 0, 1), old_type(a, id)->type,
		       &tag) ||
	    add_record(a, 0, kbtf_info(KBTF_PTR, 0, 0), tag, ret))
		return kbtf_fail_nomem(reterr);
	return 0;
}

/* Of what a function takes as the i-th, or returns where i is NO_PARAM. */
#define NO_PARAM UINT32_MAX

static int tag_one(struct annotator *a, uint32_t func, uint32_t i, struct kbtf_diag *reterr)
{
	const struct kbtf_type *proto = old_type(a, old_type(a, func)->type);
	uint32_t id = i == NO_PARAM ? proto->type : kbtf_params(proto)[i].type, pointer = 0;
	struct kbtf_type *own;
	int err;

	if (is_arena_pointer(a, id))
		return 0;
	if (!a->proto_at && copy_proto(a, func, kbtf_vlen(proto)))
		return kbtf_fail_nomem(reterr);
	err = tag_pointer(a, func, id, &pointer, reterr);
	if (err)
		return err;
	own = (struct kbtf_type *)(a->types.data + a->proto_at);
	if (i == NO_PARAM)
		own->type = pointer;
	else
		((struct kbtf_param *)(own + 1))[i].type = pointer;
	return 0;
}

static int tag_arena(struct annotator *a, uint32_t func, uint32_t flags, struct kbtf_diag *reterr)
{
	const struct kbtf_type *proto = old_type(a, old_type(a, func)->type);
	uint32_t nr = a->proto_at ? a->nr_params : kbtf_vlen(proto), i;
	int err = 0;

	if (flags & KBTF_KF_ARENA_RET)
		err = tag_one(a, func, NO_PARAM, reterr);
	for (i = 0; i < nr && !err; i++)
		if (is_arena_param(a->btf, &kbtf_params(proto)[i], i, flags))
			err = tag_one(a, func, i, reterr);
	return err;
}

/* ---- All of it -------------------------------------------------------- */

static int annotate(struct annotator *a, uint32_t func, uint32_t flags, struct kbtf_diag *reterr)
{
	int err;

	a->proto_at = 0;
	err = need_tag(a, func, TAG_KFUNC, &a->str_kfunc);

	if (!err && flags & KBTF_KF_FASTCALL)
		err = need_tag(a, func, TAG_FASTCALL, &a->str_fastcall);
	if (!err && flags & KBTF_KF_IMPLICIT_ARGS)
		err = hide_implicit(a, func);
	return err ? kbtf_fail_nomem(reterr) : tag_arena(a, func, flags, reterr);
}

/* In the order of their ids, so that the same sets in another order give the same bytes. */
static int annotate_all(struct annotator *a, struct kbtf_diag *reterr)
{
	uint32_t nr = a->flags.nr, i, n = 0;
	uint64_t *items = kbtf_alloc_array(nr, 2 * sizeof(*items));
	int err = 0;

	if (!items)
		return kbtf_fail_nomem(reterr);
	for (i = 0; nr && i <= a->flags.mask; i++)
		if (a->flags.slots[i].key)
			items[n++] = (uint64_t)a->flags.slots[i].key << 32 |
				     (a->flags.slots[i].value - 1);
	kbtf_sort_by_key(items, items + nr, nr);
	for (i = 0; i < nr && !err; i++)
		err = annotate(a, (uint32_t)(items[i] >> 32), (uint32_t)items[i], reterr);
	free(items);
	return err;
}

static int finish(struct annotator *a, struct kbtf **ret, struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .base = a->btf->base,
				       .label = a->btf->label,
				       .flags = KBTF_OPEN_TAKE };
	size_t size;
	void *bytes;
	int err;

	err = kbtf_assemble(a->types.data, a->types.size, a->strings.data, a->strings.size, &bytes,
			    &size);
	if (err == -E2BIG)
		return kbtf_fail_btf(reterr, a->btf, KBTF_NO_OFFSET, err, "too-large",
				     "it would have more than 4 GiB");
	if (err)
		return kbtf_fail_nomem(reterr);
	err = kbtf_open(bytes, size, &opts, ret, reterr);
	if (err)
		free(bytes);
	else
		(*ret)->swapped = a->btf->swapped;
	return err;
}

static int prepare(struct annotator *a, struct kbtf_diag *reterr)
{
	const struct kbtf *btf = a->btf;
	uint32_t i, id;

	if (btf->opaque)
		return kbtf_fail_btf(
			reterr, btf, KBTF_NO_OFFSET, -EOPNOTSUPP, "kind-unknown",
			"it has types of a kind kbtf does not know, which cannot be added to");
	a->next = btf->first_id + btf->nr_types;
	if (kbtf_buf_append(&a->types, btf->types, btf->hdr.type_len) ||
	    kbtf_buf_append(&a->strings, btf->strings, btf->str_end - btf->str_start) ||
	    kbtf_names_new(btf, KBTF_KIND_BIT(KBTF_FUNC), 0, &a->funcs))
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < btf->nr_types; i++) {
		id = btf->first_id + i;
		if (kbtf_kind(kbtf_own_type(btf, i)) == KBTF_DECL_TAG &&
		    kbtf_buf_append(&a->tags, &id, sizeof(id)))
			return kbtf_fail_nomem(reterr);
	}
	return 0;
}

int kbtf_kfuncs_annotate(const struct kbtf *btf, const struct kbtf_ids *ids, kbtf_diag_fn *warning,
			 void *ctx, uint32_t *ret_nr_warnings, struct kbtf **ret,
			 struct kbtf_diag *reterr)
{
	struct annotator a = { .btf = btf, .ids = ids, .warning = warning, .ctx = ctx };
	int err = prepare(&a, reterr);

	if (!err)
		err = collect_kfuncs(&a, reterr);
	if (!err)
		err = annotate_all(&a, reterr);
	*ret = NULL;
	if (!err && a.is_changed)
		err = finish(&a, ret, reterr);
	if (ret_nr_warnings)
		*ret_nr_warnings = a.nr_warnings;
	kbtf_names_free(a.funcs);
	kbtf_u32map_deinit(&a.flags);
	kbtf_buf_deinit(&a.types);
	kbtf_buf_deinit(&a.strings);
	kbtf_buf_deinit(&a.tags);
	return err;
}

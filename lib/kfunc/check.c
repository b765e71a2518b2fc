// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Resolved sets of kfuncs and their BTF in, what a kernel would say of them when it
 * registers them or lets a program call one out: a rule a function.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/kfunc.h>

#include "fail.h"
#include "resolve.h"
#include "u32map.h"

#define ITER_FLAGS (KBTF_KF_ITER_NEW | KBTF_KF_ITER_NEXT | KBTF_KF_ITER_DESTROY)
#define ITER_PREFIX "bpf_iter_"
/* BTF_KFUNC_SET_MAX_CNT of kernel/bpf/btf.c. */
#define MAX_MEMBERS 256u

struct checker {
	const struct kbtf *btf;
	kbtf_diag_fn *finding;
	void *ctx;
	size_t nr;
	struct kbtf_u32map seen; /* id to flags plus 1 */
};

const char *kbtf_kfunc_flag_name(unsigned int bit)
{
	static const char *const names[KBTF_NR_KFUNC_FLAGS] = {
		"ACQUIRE",	"RELEASE",	 "RET_NULL", "KPTR_GET",  "TRUSTED_ARGS",
		"SLEEPABLE",	"DESTRUCTIVE",	 "RCU",	     "ITER_NEW",  "ITER_NEXT",
		"ITER_DESTROY", "RCU_PROTECTED", "FASTCALL", "ARENA_RET", "ARENA_ARG1",
		"ARENA_ARG2",	"IMPLICIT_ARGS",
	};

	return bit < KBTF_NR_KFUNC_FLAGS ? names[bit] : NULL;
}

/* Tell of a kfunc; the text is put after its name. */
#define FIND(c, id, reason, ...)                                                                   \
	do {                                                                                       \
		struct kbtf_diag find_diag;                                                        \
		(c)->nr++;                                                                         \
		if ((c)->finding) {                                                                \
			kbtf_fail_type(&find_diag, (c)->btf, id, -EINVAL, reason, __VA_ARGS__);    \
			(c)->finding((c)->ctx, &find_diag);                                        \
		}                                                                                  \
	} while (0)

/* The struct or union behind a pointer; NULL where the type is no pointer to one. */
static const struct kbtf_type *pointed_composite(const struct kbtf *btf, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(btf, kbtf_skip_modifiers(btf, type_id));

	if (kbtf_kind(t) != KBTF_PTR)
		return NULL;
	t = kbtf_type_get(btf, kbtf_skip_modifiers(btf, t->type));
	return kbtf_is_composite(t) ? t : NULL;
}

static bool is_pointer(const struct kbtf *btf, uint32_t type_id)
{
	return kbtf_kind(kbtf_type_get(btf, kbtf_skip_modifiers(btf, type_id))) == KBTF_PTR;
}

/* The struct bpf_iter_TYPE that the first parameter points to; NULL where it does not. */
static const struct kbtf_type *iter_struct(const struct kbtf *btf, const struct kbtf_type *proto)
{
	const struct kbtf_type *t;

	if (!kbtf_vlen(proto))
		return NULL;
	t = pointed_composite(btf, kbtf_params(proto)[0].type);
	if (!t || kbtf_kind(t) != KBTF_STRUCT ||
	    strncmp(kbtf_string_get(btf, t->name_off), ITER_PREFIX, strlen(ITER_PREFIX)))
		return NULL;
	return t;
}

static bool is_named(const char *name, const char *iter_name, const char *what)
{
	size_t len = strlen(iter_name);

	return !strncmp(name, iter_name, len) && name[len] == '_' && !strcmp(name + len + 1, what);
}

static void check_iter(struct checker *c, uint32_t id, const struct kbtf_type *proto,
		       uint32_t flags)
{
	const struct kbtf_type *iter = iter_struct(c->btf, proto);
	const char *what = flags & KBTF_KF_ITER_NEW    ? "new"
			   : flags & KBTF_KF_ITER_NEXT ? "next"
						       : "destroy",
		   *name;

	if (!iter) {
		FIND(c, id, "kfunc-iter",
		     "its first parameter has to point to a struct " ITER_PREFIX "TYPE");
		return;
	}
	name = kbtf_string_get(c->btf, iter->name_off);
	if (!iter->size || iter->size % 8)
		FIND(c, id, "kfunc-iter",
		     "struct %.100s has %u bytes, which has to be a multiple "
		     "of 8",
		     name, iter->size);
	else if (!is_named(kbtf_name(c->btf, id), name, what))
		FIND(c, id, "kfunc-iter", "its flag asks for the name %.100s_%s", name, what);
	else if (!(flags & KBTF_KF_ITER_NEW) && kbtf_vlen(proto) != 1)
		FIND(c, id, "kfunc-iter", "it has %u parameters, and may have 1", kbtf_vlen(proto));
	else if (flags & KBTF_KF_ITER_NEXT && !is_pointer(c->btf, proto->type))
		FIND(c, id, "kfunc-iter", "it has to return a pointer");
	else if (flags & KBTF_KF_ITER_DESTROY && proto->type)
		FIND(c, id, "kfunc-iter", "it has to return void");
}

static void check_proto(struct checker *c, uint32_t id, const struct kbtf_type *proto,
			uint32_t flags)
{
	const struct kbtf_param *params = kbtf_params(proto);
	uint32_t iter = flags & ITER_FLAGS, i = 0;

	if (iter & (iter - 1))
		FIND(c, id, "kfunc-flags",
		     "of ITER_NEW, ITER_NEXT and ITER_DESTROY it may have one: flags 0x%x", flags);
	else if (iter)
		check_iter(c, id, proto, flags);
	if (flags >> KBTF_NR_KFUNC_FLAGS)
		FIND(c, id, "kfunc-flags", "no kernel knows the flags 0x%x",
		     flags >> KBTF_NR_KFUNC_FLAGS << KBTF_NR_KFUNC_FLAGS);
	/* Some of the kernel's own return void *: what they make has the type of the program. */
	if (flags & KBTF_KF_ACQUIRE && !is_pointer(c->btf, proto->type))
		FIND(c, id, "kfunc-acquire", "it acquires something, and has to return a pointer");
	while (i < kbtf_vlen(proto) && !is_pointer(c->btf, params[i].type))
		i++;
	if (flags & KBTF_KF_RELEASE && i == kbtf_vlen(proto))
		FIND(c, id, "kfunc-release",
		     "it releases something, and none of its parameters is a pointer");
}

static void find_no_type(struct checker *c, uint32_t id)
{
	struct kbtf_diag diag;

	c->nr++;
	if (!c->finding)
		return;
	kbtf_fail_btf(&diag, c->btf, KBTF_NO_OFFSET, -EINVAL, "kfunc-kind",
		      "id %u of a kfunc has to be that of a FUNC, and the last type is [%u]", id,
		      kbtf_end_id(c->btf) - 1);
	c->finding(c->ctx, &diag);
}

static int check_member(struct checker *c, uint32_t id, uint32_t flags)
{
	const struct kbtf_type *t = kbtf_type(c->btf, id);
	struct kbtf_u32slot *slot;

	if (!t) {
		find_no_type(c, id);
		return 0;
	}
	if (kbtf_kind(t) != KBTF_FUNC) {
		FIND(c, id, "kfunc-kind", "id %u of a kfunc has to be that of a FUNC", id);
		return 0;
	}
	slot = kbtf_u32map_add(&c->seen, id);
	if (!slot)
		return -ENOMEM;
	if (!slot->value)
		check_proto(c, id, kbtf_type_get(c->btf, t->type), flags);
	else if (slot->value - 1 != flags)
		FIND(c, id, "kfunc-flags", "in one set it has flags 0x%x, in another 0x%x",
		     slot->value - 1, flags);
	slot->value = flags + 1;
	return 0;
}

static void check_count(struct checker *c, const struct kbtf_id_set *set)
{
	struct kbtf_diag diag;

	if (set->nr <= MAX_MEMBERS)
		return;
	c->nr++;
	if (!c->finding)
		return;
	kbtf_fail_at(&diag, -E2BIG, "kfunc-count", set->offset,
		     "set %.100s has %u kfuncs, more than %u", set->name, set->nr, MAX_MEMBERS);
	kbtf_diag_in(&diag, ".BTF_ids");
	c->finding(c->ctx, &diag);
}

int kbtf_kfuncs_check(const struct kbtf_ids *ids, const struct kbtf *btf, kbtf_diag_fn *finding,
		      void *ctx, size_t *ret_nr)
{
	struct checker c = { .btf = btf, .finding = finding, .ctx = ctx };
	uint32_t nr_sets = kbtf_ids_nr_sets(ids), i, j, id, flags;
	struct kbtf_id_set set;
	int err = 0;

	for (i = 0; i < nr_sets && !err; i++) {
		kbtf_ids_get_set(ids, i, &set);
		if (!(set.flags & KBTF_ID_SET_KFUNCS))
			continue;
		check_count(&c, &set);
		for (j = 0; j < set.nr && !err; j++) {
			id = kbtf_ids_get_member(ids, i, j, &flags);
			if (id)
				err = check_member(&c, id, flags);
		}
	}
	kbtf_u32map_deinit(&c.seen);
	if (ret_nr)
		*ret_nr = c.nr;
	return err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Kptrs: pointers to STRUCTs, told by a TYPE_TAG, that a program may keep.
 *
 * Source: kernel/bpf/btf.c (btf_find_kptr, btf_parse_kptr).
 */
#include <string.h>

#include "fields.h"

static const struct {
	const char *tag;
	uint32_t kind;
} tags[] = {
	{ "kptr_untrusted", FIELD_KPTR },
	{ "kptr", FIELD_KPTR_OWNING },
	{ "percpu_kptr", FIELD_KPTR_OWNING },
};

/* STRUCTs that kernels register destructors for, as far as they have them: no BTF tells. */
static const char *const destructible[] = {
	"task_struct",	       "cgroup",	   "bpf_cpumask", "bpf_crypto_ctx",
	"prog_test_ref_kfunc", "prog_test_member",
};

static const struct kbtf_type *skip_modifiers(const struct fields *f, uint32_t *id)
{
	const struct kbtf_type *t = check_type(f->btf, *id);

	while (check_is_modifier(kbtf_kind(t))) {
		*id = t->type;
		t = check_type(f->btf, *id);
	}
	return t;
}

enum kptr_verdict kbtf_fields_kptr(const struct fields *f, const struct kbtf_type *t,
				   struct field *ret)
{
	const char *tag;
	size_t i;

	if (kbtf_kind(t) == KBTF_VOLATILE)
		t = check_type(f->btf, t->type);
	if (kbtf_kind(t) != KBTF_PTR)
		return KPTR_NONE;
	t = check_type(f->btf, t->type);
	if (kbtf_kind(t) != KBTF_TYPE_TAG || kbtf_kflag(t))
		return KPTR_NONE;
	if (kbtf_kind(check_type(f->btf, t->type)) == KBTF_TYPE_TAG)
		return KPTR_TWO_TAGS;
	tag = kbtf_fields_name(f, t->name_off);
	if (f->c->version->res_spin_lock && !strcmp(tag, "uptr"))
		return KPTR_NONE; /* of maps alone */
	for (i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (!strcmp(tag, tags[i].tag))
			break;
	if (i == sizeof(tags) / sizeof(*tags)) {
		ret->node = tag;
		return KPTR_UNKNOWN_TAG;
	}
	ret->kind = tags[i].kind;
	ret->target = t->type;
	ret->referenced = !strcmp(tag, "kptr");
	return kbtf_kind(skip_modifiers(f, &ret->target)) == KBTF_STRUCT ? KPTR_FOUND
									 : KPTR_BAD_TARGET;
}

static bool has_destructor(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(destructible) / sizeof(*destructible); i++)
		if (!strcmp(name, destructible[i]))
			return true;
	return false;
}

bool kbtf_fields_kptr_target(struct fields *f, uint32_t id, struct field *field)
{
	const struct kbtf_type *t = check_type(f->btf, field->target);
	const char *name = kbtf_fields_name(f, t->name_off);

	if (!f->c->opts->base)
		return true; /* whether it is a kernel's cannot be told: take it for the program's
			      */
	if (!f->kernel_names &&
	    kbtf_names_new(f->c->opts->base, KBTF_KIND_BIT(KBTF_STRUCT), 0, &f->kernel_names)) {
		f->c->nomem = true;
		return false;
	}
	field->in_kernel = t->name_off && kbtf_names_next(f->kernel_names, name, 0);
	if (field->in_kernel && field->referenced && !has_destructor(name)) {
		FOUND(RULE_KPTR_DTOR, id,
		      "has a kptr to struct %s of %s, for which kernels have no destructor", name,
		      kbtf_label(f->c->opts->base));
		return false;
	}
	return true;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Prototypes: what they return and take has a size, their parameters have names
 * fit to be one, and those of a FUNC have names at all.
 *
 * Source: kernel/bpf/btf.c (btf_func_check, btf_func_proto_check).
 */
#include <stdio.h>

#include "resolve.h"

#define FOUND(rule, id, ...) kbtf_check_found_type(r->c, r->btf, rule, id, __VA_ARGS__)

bool kbtf_check_func(struct resolve *r, uint32_t id)
{
	uint32_t proto_id = check_type(r->btf, id)->type, i;
	const struct kbtf_type *proto = check_type(r->btf, proto_id);

	if (!proto) {
		FOUND(RULE_TYPE_ID_RANGE, id, "refers to type id %u, but the last is %u", proto_id,
		      check_end_id(r->btf) - 1);
		return false;
	}
	if (kbtf_kind(proto) != KBTF_FUNC_PROTO) {
		FOUND(RULE_FUNC_PROTO, id, "its type is %s where a FUNC_PROTO has to be",
		      TYPE_LABEL(r->btf, proto_id));
		return false;
	}
	if (r->state[proto_id] == FAILED)
		return false;
	for (i = 0; i < kbtf_vlen(proto); i++) {
		const struct kbtf_param *p = &kbtf_params(proto)[i];

		if (!p->name_off && p->type) {
			FOUND(RULE_PARAM_ANON, id, "parameter %u of its prototype [%u] has no name",
			      i, proto_id);
			return false;
		}
	}
	return true;
}

/* What a prototype returns, where it stands for the number of a parameter. */
#define RETURNED UINT32_MAX

static const char *value_label(uint32_t i, char buf[32])
{
	if (i == RETURNED)
		return "returns a value";
	snprintf(buf, 32, "parameter %u is", i);
	return buf;
}
#define VALUE(i) value_label(i, (char[32]){ 0 })

static enum check_rule value_rule(uint32_t i)
{
	return i == RETURNED ? RULE_RETURN_TYPE : RULE_PARAM_TYPE;
}

/* Whether a prototype may return or take a type at all. False after a finding. */
static bool may_be_value(struct resolve *r, uint32_t id, uint32_t i, uint32_t to)
{
	const struct kbtf_type *t = check_type(r->btf, to);

	if (!t) {
		FOUND(RULE_TYPE_ID_RANGE, id, "%s of type id %u, but the last is %u", VALUE(i), to,
		      check_end_id(r->btf) - 1);
		return false;
	}
	if (resolve_is_source_only(kbtf_kind(t))) {
		FOUND(value_rule(i), id, "%s of %s", VALUE(i), TYPE_LABEL(r->btf, to));
		return false;
	}
	return true;
}

static void check_value_size(struct resolve *r, uint32_t id, uint32_t i, uint32_t to)
{
	uint32_t end = to;

	if (!kbtf_resolve_type(r, to) || kbtf_resolve_sized(r, &end, NULL))
		return;
	FOUND(value_rule(i), id, "%s of %s, which has no size", VALUE(i), TYPE_LABEL(r->btf, to));
}

static void check_param(struct resolve *r, uint32_t id, uint32_t i, const struct kbtf_param *p)
{
	if (!may_be_value(r, id, i, p->type))
		return;
	if (!kbtf_check_name_in_range(r->btf, p->name_off)) {
		FOUND(RULE_STRING_RANGE, id,
		      "parameter %u: string offset %u, but the strings end at %u", i, p->name_off,
		      r->btf->str_start + r->btf->str_len);
		return;
	}
	kbtf_check_elem_name(r->c, r->btf, id, p->name_off, NAME_OPTIONAL, "parameter", i);
	check_value_size(r, id, i, p->type);
}

void kbtf_check_proto(struct resolve *r, uint32_t id)
{
	const struct kbtf_type *t = check_type(r->btf, id);
	const struct kbtf_param *params = kbtf_params(t);
	uint32_t nr = kbtf_vlen(t), i;

	if (t->type && may_be_value(r, id, RETURNED, t->type))
		check_value_size(r, id, RETURNED, t->type);
	if (nr && !params[nr - 1].type) {
		nr--;
		if (params[nr].name_off)
			FOUND(RULE_PARAM_NAME, id,
			      "parameter %u is void, a vararg, but has a name (string offset %u)",
			      nr, params[nr].name_off);
	}
	for (i = 0; i < nr && !check_done(r->c); i++)
		check_param(r, id, i, &params[i]);
}

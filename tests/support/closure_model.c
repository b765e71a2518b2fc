// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What types reach, slow and obvious: closure_model.h. */
#include <stdlib.h>

#include "closure_model.h"

void closure_init(struct closure *c, const struct kbtf *btf, bool names)
{
	*c = (struct closure){ .btf = btf, .names = names };
	c->reached = calloc(kbtf_end_id(btf), sizeof(*c->reached));
	c->whole = calloc(kbtf_end_id(btf), sizeof(*c->whole));
	if (!c->reached || !c->whole)
		abort();
}

void closure_deinit(struct closure *c)
{
	free(c->reached);
	free(c->whole);
}

bool closure_is_modifier(unsigned int kind)
{
	return kind == KBTF_TYPEDEF || kind == KBTF_CONST || kind == KBTF_VOLATILE ||
	       kind == KBTF_RESTRICT || kind == KBTF_TYPE_TAG;
}

void closure_add(struct closure *c, uint32_t id, bool by_value)
{
	by_value |= !c->names;
	if (!id || (c->reached[id] && (c->whole[id] || !by_value)))
		return;
	c->changed = c->reached[id] = true;
	c->whole[id] |= by_value;
}

static void mark_from(struct closure *c, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type(c->btf, id);
	uint32_t i;

	switch (kbtf_kind(t)) {
	case KBTF_PTR:
		closure_add(c, t->type, false);
		break;
	case KBTF_TYPEDEF:
	case KBTF_CONST:
	case KBTF_VOLATILE:
	case KBTF_RESTRICT:
	case KBTF_TYPE_TAG:
		closure_add(c, t->type, c->whole[id]);
		break;
	case KBTF_FUNC:
	case KBTF_VAR:
	case KBTF_DECL_TAG:
		closure_add(c, t->type, true);
		break;
	case KBTF_ARRAY:
		closure_add(c, kbtf_array(t)->type, true);
		closure_add(c, kbtf_array(t)->index_type, true);
		break;
	case KBTF_FUNC_PROTO:
		closure_add(c, t->type, true);
		for (i = 0; i < kbtf_vlen(t); i++)
			closure_add(c, kbtf_params(t)[i].type, true);
		break;
	case KBTF_DATASEC:
		for (i = 0; i < kbtf_vlen(t); i++)
			closure_add(c, kbtf_secinfos(t)[i].type, true);
		break;
	case KBTF_STRUCT:
	case KBTF_UNION:
		if (!c->whole[id] && *kbtf_name(c->btf, id))
			break;
		for (i = 0; i < kbtf_vlen(t); i++)
			closure_add(c, kbtf_members(t)[i].type, true);
		break;
	default:
		break;
	}
}

void closure_run(struct closure *c)
{
	uint32_t id;

	do {
		c->changed = false;
		for (id = 1; id < kbtf_end_id(c->btf); id++)
			if (c->reached[id])
				mark_from(c, id);
	} while (c->changed);
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Roots that kernels find by name when a program is loaded, and not by an id of
 * .BTF_ids.
 *
 * Source: kernel/bpf/verifier.c (find_btf_percpu_datasec, bpf_check_attach_target),
 * include/trace/bpf_probe.h, kernel/bpf/bpf_struct_ops.c (bpf_struct_ops_desc_init).
 */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "resolve.h"
#include "roots.h"

#define VALUE_PREFIX "bpf_struct_ops_"

static bool begins_with(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/*
 * The struct that a map's value type is made of:
 *
 *   struct bpf_struct_ops_NAME { ...; struct NAME data; };
 *
 * 0 where the type is no value type; others begin with that prefix too.
 */
static uint32_t struct_ops_of(const struct kbtf *btf, const struct kbtf_type *t)
{
	const char *name = kbtf_string_get(btf, t->name_off);
	const struct kbtf_type *ops;
	uint32_t id;

	if (kbtf_kind(t) != KBTF_STRUCT || !begins_with(name, VALUE_PREFIX) || !kbtf_vlen(t))
		return 0;
	id = kbtf_skip_modifiers(btf, kbtf_members(t)[kbtf_vlen(t) - 1].type);
	ops = kbtf_type_get(btf, id);
	if (kbtf_kind(ops) != KBTF_STRUCT ||
	    strcmp(kbtf_string_get(btf, ops->name_off), name + strlen(VALUE_PREFIX)))
		return 0;
	return id;
}

static int add(struct kbtf_kernel_roots *roots, uint32_t id, enum kbtf_root_source source)
{
	const struct kbtf_kernel_root root = { .type_id = id, .source = source };

	return kbtf_kernel_roots_push(roots, &root);
}

static int add_type(struct kbtf_kernel_roots *roots, uint32_t id, const struct kbtf_type *t)
{
	const char *name = kbtf_string_get(roots->btf, t->name_off);
	uint32_t ops;
	int err;

	switch (kbtf_kind(t)) {
	case KBTF_DATASEC:
		return strcmp(name, ".data..percpu") ? 0 : add(roots, id, KBTF_ROOT_PERCPU);
	case KBTF_TYPEDEF:
		return begins_with(name, "btf_trace_") ? add(roots, id, KBTF_ROOT_TRACEPOINT) : 0;
	case KBTF_FUNC:
		return begins_with(name, "__bpf_trace_") ? add(roots, id, KBTF_ROOT_TRACEPOINT) : 0;
	case KBTF_STRUCT:
		ops = struct_ops_of(roots->btf, t);
		if (!ops)
			return 0;
		err = add(roots, ops, KBTF_ROOT_STRUCT_OPS);
		return err ? err : add(roots, id, KBTF_ROOT_STRUCT_OPS);
	default:
		return 0;
	}
}

int kbtf_kernel_roots_add_named(struct kbtf_kernel_roots *roots, struct kbtf_diag *reterr)
{
	uint32_t id;

	for (id = 1; id < kbtf_end_id(roots->btf); id++)
		if (add_type(roots, id, kbtf_type_get(roots->btf, id)))
			return kbtf_fail_nomem(reterr);
	return 0;
}

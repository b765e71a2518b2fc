// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The CO-RE records of a BPF object: .BTF and .BTF.ext in, a table of checked records
 * out. Each access is followed through the object's own types once [follow], so that
 * a kernel's types need only be matched against its steps; and types that are looked for
 * are collected [add_root], as many records share one.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "buf.h"
#include "fail.h"
#include "program.h"
#include "u32map.h"

static const struct kbtf_core_abi bpf_abi = { .pointer_bytes = 8 };

/* What grows while records are read. */
struct reading {
	struct kbtf_program *program;
	struct kbtf_buf steps, roots;
	struct kbtf_u32map roots_of; /* type id to index into roots, plus 1 */
	struct kbtf_core_spec spec;  /* of the record at hand */
	struct kbtf_ext_record ext;
	struct kbtf_core_abi abi;
	struct kbtf_diag *reterr;
};

const char *kbtf_core_kind_name(unsigned int kind)
{
	static const char *const names[KBTF_NR_CORE_KINDS] = {
		[KBTF_CORE_FIELD_BYTE_OFFSET] = "byte_off",
		[KBTF_CORE_FIELD_BYTE_SIZE] = "byte_sz",
		[KBTF_CORE_FIELD_EXISTS] = "field_exists",
		[KBTF_CORE_FIELD_SIGNED] = "signed",
		[KBTF_CORE_FIELD_LSHIFT_U64] = "lshift_u64",
		[KBTF_CORE_FIELD_RSHIFT_U64] = "rshift_u64",
		[KBTF_CORE_TYPE_ID_LOCAL] = "local_type_id",
		[KBTF_CORE_TYPE_ID_TARGET] = "target_type_id",
		[KBTF_CORE_TYPE_EXISTS] = "type_exists",
		[KBTF_CORE_TYPE_SIZE] = "type_size",
		[KBTF_CORE_ENUMVAL_EXISTS] = "enumval_exists",
		[KBTF_CORE_ENUMVAL_VALUE] = "enumval_value",
		[KBTF_CORE_TYPE_MATCHES] = "type_matches",
	};

	return kind < KBTF_NR_CORE_KINDS ? names[kind] : "unknown";
}

/* kbtf_fail_at() for the record at hand. */
static int __attribute__((format(printf, 4, 5), cold))
fail_record(const struct reading *r, int err, const char *reason, const char *fmt, ...)
{
	char fact[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fact, sizeof(fact), fmt, ap);
	va_end(ap);
	kbtf_fail_at(r->reterr, err, reason, r->ext.offset, "%s", fact);
	kbtf_diag_in(r->reterr, ".BTF.ext");
	return err;
}

static int fail_access(const struct reading *r, const struct kbtf_program_record *record,
		       const char *why)
{
	const struct kbtf *btf = r->program->btf;
	const char *name = kbtf_name(btf, record->core.type_id);

	return fail_record(r, -EINVAL, "core-access", "access \"%s\" of type [%u] %s %s: %s",
			   record->core.access, record->core.type_id,
			   kbtf_kind_name(kbtf_kind(kbtf_type_get(btf, record->core.type_id))),
			   *name ? name : "(anon)", why);
}

/* One number of the access further, from the type of *id. NULL, or why it cannot be. */
static const char *follow_one(struct kbtf_core_spec *spec, const struct kbtf *btf,
			      const struct kbtf_core_abi *abi, uint32_t index, uint32_t *id)
{
	struct kbtf_core_step *step = &spec->steps[spec->nr_steps];
	const struct kbtf_type *t = kbtf_core_resolve(btf, id);
	int64_t size;

	if (!t)
		return "its types do not end";
	if (kbtf_is_composite(t)) {
		const struct kbtf_member *m;

		if (index >= kbtf_vlen(t))
			return "there is no such member";
		m = &kbtf_members(t)[index];
		spec->bit_offset += kbtf_kflag(t) ? m->offset & 0xffffff : m->offset;
		if (*kbtf_string_get(btf, m->name_off)) {
			*step = (struct kbtf_core_step){ *id, index,
							 kbtf_string_get(btf, m->name_off) };
			spec->nr_steps++;
		}
		*id = m->type;
		return NULL;
	}
	if (kbtf_kind(t) != KBTF_ARRAY)
		return "it goes on where there is no struct, union or array";
	if (!kbtf_core_is_flexible(btf, step - 1, kbtf_array(t)) && index >= kbtf_array(t)->nelems)
		return "there is no such element";
	*id = kbtf_array(t)->type;
	if (!kbtf_core_resolve(btf, id))
		return "its types do not end";
	size = kbtf_core_size(btf, abi, *id);
	if (size < 0)
		return "an element has no size";
	*step = (struct kbtf_core_step){ *id, index, NULL };
	spec->nr_steps++;
	spec->bit_offset += index * (uint32_t)size * 8;
	return NULL;
}

/* Follow a field's access through the program's own types. NULL, or why that cannot be. */
static const char *follow_field(struct reading *r, uint32_t id)
{
	const struct kbtf *btf = r->program->btf;
	struct kbtf_core_spec *spec = &r->spec;
	const char *why = NULL;
	int64_t size;
	uint32_t i;

	size = kbtf_core_size(btf, &r->abi, id);
	if (size < 0)
		return "the type has no size";
	spec->steps[spec->nr_steps++] = (struct kbtf_core_step){ id, spec->raw[0], NULL };
	spec->bit_offset = spec->raw[0] * (uint32_t)size * 8;
	for (i = 1; i < spec->nr_raw && !why; i++)
		why = follow_one(spec, btf, &r->abi, spec->raw[i], &id);
	return why;
}

static const char *follow_enumval(struct reading *r, uint32_t id)
{
	const struct kbtf *btf = r->program->btf;
	const struct kbtf_type *t = kbtf_type_get(btf, id);
	struct kbtf_core_spec *spec = &r->spec;

	if (!kbtf_is_any_enum(t))
		return "it is no enum";
	if (spec->nr_raw > 1)
		return "an enumerator has no parts";
	if (spec->raw[0] >= kbtf_vlen(t))
		return "there is no such enumerator";
	spec->steps[spec->nr_steps++] = (struct kbtf_core_step){
		id, spec->raw[0], kbtf_string_get(btf, kbtf_enumerator_name(t, spec->raw[0]))
	};
	return NULL;
}

/* Where the record leads in the program's own types, as steps. */
static int follow(struct reading *r, const struct kbtf_program_record *record)
{
	const struct kbtf_core_record *core = &record->core;
	uint32_t id = core->type_id;
	const char *why;
	int nr;

	r->spec.root = id;
	r->spec.nr_steps = 0;
	r->spec.nr_raw = 0;
	r->spec.bit_offset = 0;
	if (!kbtf_core_is_field(core->kind) && !kbtf_core_is_enumval(core->kind))
		return strcmp(core->access, "0") ? fail_access(r, record, "a type has no parts")
						 : 0;
	nr = kbtf_core_parse_access(core->access, r->spec.raw);
	if (nr < 0)
		return fail_access(r, record,
				   nr == -E2BIG ? "more than 64 numbers"
						: "not numbers with colons between them");
	r->spec.nr_raw = (uint32_t)nr;
	if (!kbtf_core_resolve(r->program->btf, &id))
		return fail_access(r, record, "its types do not end");
	why = kbtf_core_is_field(core->kind) ? follow_field(r, id) : follow_enumval(r, id);
	return why ? fail_access(r, record, why) : 0;
}

/* Kinds that a candidate for a type of this kind may have: its own, of enums either. */
static uint32_t kinds_like(unsigned int kind)
{
	if (kind == KBTF_ENUM || kind == KBTF_ENUM64)
		return KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_ENUM64);
	return kind < KBTF_NR_KINDS ? KBTF_KIND_BIT(kind) : 0;
}

/* The root that a record looks for. */
static int add_root(struct reading *r, struct kbtf_program_record *record)
{
	const struct kbtf *btf = r->program->btf;
	struct kbtf_core_root root = { .type_id = record->core.type_id };
	struct kbtf_u32slot *slot;

	root.kinds = kinds_like(kbtf_kind(kbtf_type_get(btf, root.type_id)));
	root.name = kbtf_name(btf, root.type_id);
	if (!*root.name)
		return fail_record(r, -EINVAL, "core-type",
				   "type [%u] %s has no name to look for in a kernel (%s)",
				   root.type_id,
				   kbtf_kind_name(kbtf_kind(kbtf_type_get(btf, root.type_id))),
				   kbtf_core_kind_name(record->core.kind));
	slot = kbtf_u32map_add(&r->roots_of, root.type_id);
	if (!slot)
		return kbtf_fail_nomem(r->reterr);
	if (!slot->value) {
		if (kbtf_buf_append(&r->roots, &root, sizeof(root)))
			return kbtf_fail_nomem(r->reterr);
		slot->value = ++r->program->nr_roots;
	}
	record->root = slot->value - 1;
	return 0;
}

/* Whether a record follows pointers, as those about fields never do. */
static bool looks_behind_pointers(const struct kbtf *btf, const struct kbtf_core_record *core)
{
	uint32_t id = core->type_id;
	const struct kbtf_type *t = kbtf_core_resolve(btf, &id);

	if (core->kind == KBTF_CORE_TYPE_MATCHES)
		return true;
	if (!t || kbtf_core_is_field(core->kind) || kbtf_core_is_enumval(core->kind))
		return false;
	return kbtf_kind(t) == KBTF_PTR || kbtf_kind(t) == KBTF_ARRAY ||
	       kbtf_kind(t) == KBTF_FUNC_PROTO;
}

/* The words of a record: each in range. */
static int check_words(struct reading *r, struct kbtf_program_record *ret)
{
	const struct kbtf *btf = r->program->btf;
	const struct kbtf_ext_record *ext = &r->ext;
	const char *section = kbtf_string(btf, ext->section_name);
	const char *access = kbtf_string(btf, ext->core.access);

	if (!section || !*section)
		return fail_record(r, -EINVAL, "core-section",
				   "the name of its section is at string offset %u, where there is "
				   "none",
				   ext->section_name);
	if (ext->insn_off % 8)
		return fail_record(r, -EINVAL, "core-insn",
				   "its instruction is at byte %u of %.100s, which is no multiple "
				   "of 8",
				   ext->insn_off, section);
	if (ext->core.kind >= KBTF_NR_CORE_KINDS)
		return fail_record(r, -EINVAL, "core-kind", "kind %u, where the last known is %u",
				   ext->core.kind, KBTF_NR_CORE_KINDS - 1);
	if (!ext->core.type_id || ext->core.type_id >= kbtf_end_id(btf))
		return fail_record(r, -EINVAL, "core-type", "type id %u, where the last is %u",
				   ext->core.type_id, kbtf_end_id(btf) - 1);
	if (!access)
		return fail_record(r, -EINVAL, "core-access",
				   "its access is at string offset %u, where there are %u bytes",
				   ext->core.access, kbtf_header(btf)->str_len);
	ret->core = (struct kbtf_core_record){ .section = section,
					       .insn_off = ext->insn_off,
					       .type_id = ext->core.type_id,
					       .kind = ext->core.kind,
					       .access = access };
	return 0;
}

static int read_record(struct reading *r, struct kbtf_program_record *record)
{
	const struct kbtf *btf = r->program->btf;
	size_t size;
	int err = check_words(r, record);

	if (!err)
		err = follow(r, record);
	if (!err && record->core.kind != KBTF_CORE_TYPE_ID_LOCAL)
		err = add_root(r, record);
	if (err)
		return err;
	err = kbtf_core_calc(btf, &r->abi, record->core.kind, &r->spec, &record->value);
	if (err)
		return fail_record(r, -EINVAL, "core-value",
				   "access \"%s\" of type [%u] %s cannot be asked for %s",
				   record->core.access, record->core.type_id,
				   kbtf_name(btf, record->core.type_id),
				   kbtf_core_kind_name(record->core.kind));
	r->program->looks_behind_pointers |= looks_behind_pointers(btf, &record->core);
	record->first_step = (uint32_t)(r->steps.size / sizeof(*r->spec.steps));
	record->nr_steps = r->spec.nr_steps;
	size = r->spec.nr_steps * sizeof(*r->spec.steps);
	return kbtf_buf_append(&r->steps, r->spec.steps, size) ? kbtf_fail_nomem(r->reterr) : 0;
}

static int read_records(struct reading *r, const struct kbtf_ext *ext)
{
	struct kbtf_program *program = r->program;
	struct kbtf_ext_walk walk;
	size_t size, i;
	int err = 0;

	program->nr_records = kbtf_ext_table(ext, KBTF_EXT_CORE)->nr_records;
	program->records = kbtf_zalloc_array(program->nr_records, sizeof(*program->records));
	if (!program->records)
		return kbtf_fail_nomem(r->reterr);
	kbtf_ext_walk_init(&walk, ext, KBTF_EXT_CORE);
	for (i = 0; !err && kbtf_ext_walk_next(&walk, &r->ext); i++)
		err = read_record(r, &program->records[i]);
	program->steps = kbtf_buf_steal(&r->steps, &size);
	program->nr_steps = size / sizeof(*program->steps);
	program->roots = kbtf_buf_steal(&r->roots, &size);
	return err;
}

int kbtf_program_new(const struct kbtf *btf, const struct kbtf_ext *ext, const char *label,
		     struct kbtf_program **ret, struct kbtf_diag *reterr)
{
	struct reading *r = calloc(1, sizeof(*r));
	struct kbtf_program *program = calloc(1, sizeof(*program));
	int err;

	if (!r || !program) {
		free(r);
		free(program);
		return kbtf_fail_nomem(reterr);
	}
	program->btf = btf;
	program->label = label;
	r->program = program;
	r->abi = bpf_abi;
	r->abi.big_endian = kbtf_is_swapped(btf) != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	r->reterr = reterr;
	err = read_records(r, ext);
	kbtf_buf_deinit(&r->steps);
	kbtf_buf_deinit(&r->roots);
	kbtf_u32map_deinit(&r->roots_of);
	free(r);
	if (err)
		kbtf_program_free(program);
	else
		*ret = program;
	return err;
}

void kbtf_program_free(struct kbtf_program *program)
{
	if (!program)
		return;
	free(program->records);
	free(program->roots);
	free(program->steps);
	free(program);
}

const char *kbtf_program_label(const struct kbtf_program *program)
{
	return program->label;
}

size_t kbtf_program_nr_records(const struct kbtf_program *program)
{
	return program->nr_records;
}

const struct kbtf_core_record *kbtf_program_record(const struct kbtf_program *program, size_t i)
{
	return &program->records[i].core;
}

static const char *kind_word(const struct kbtf_type *t)
{
	switch (kbtf_kind(t)) {
	case KBTF_STRUCT:
		return "struct ";
	case KBTF_UNION:
		return "union ";
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return "enum ";
	default:
		return "";
	}
}

/* Append to what is in buf; *len counts what there would be with room for all. */
static void __attribute__((format(printf, 4, 5)))
append(char *buf, size_t size, size_t *len, const char *fmt, ...)
{
	size_t at = *len < size ? *len : size;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf + at, size - at, fmt, ap);
	va_end(ap);
	*len += n > 0 ? (size_t)n : 0;
}

int kbtf_program_describe(const struct kbtf_program *program, size_t i, char *buf, size_t size)
{
	const struct kbtf_program_record *record = &program->records[i];
	const struct kbtf_type *t = kbtf_type_get(program->btf, record->core.type_id);
	const struct kbtf_core_step *step =
		record->nr_steps ? &program->steps[record->first_step] : NULL;
	const char *name = kbtf_name(program->btf, record->core.type_id);
	size_t len = 0;
	uint32_t s;

	append(buf, size, &len, "%s%s", kind_word(t), *name ? name : "(anon)");
	for (s = 0; s < record->nr_steps; s++, step++) {
		if (step->name)
			append(buf, size, &len, ".%s", step->name);
		else if (s || step->index)
			append(buf, size, &len, "[%u]", step->index);
	}
	append(buf, size, &len, " %s", kbtf_core_kind_name(record->core.kind));
	return (int)len;
}

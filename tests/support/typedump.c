// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* BTF as a line of text, for tests to compare with: the reverse of typetext.c. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "typedump.h"

#define ROOM 8192u

struct out {
	char *text;
	size_t len;
};

static void put(struct out *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(struct out *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	out->len += (size_t)vsnprintf(out->text + out->len, ROOM - out->len, fmt, ap);
	va_end(ap);
	if (out->len >= ROOM)
		abort();
}

static const char *string(const struct kbtf *btf, uint32_t off)
{
	const char *s = kbtf_string(btf, off);

	return !s ? "(out of range)" : *s ? s : "-";
}

static void put_elems(struct out *out, const struct kbtf *btf, const struct kbtf_type *t)
{
	uint32_t i;

	for (i = 0; i < kbtf_vlen(t); i++) {
		const struct kbtf_member *m = &kbtf_members(t)[i];
		const struct kbtf_enum64 *e64 = &kbtf_enums64(t)[i];
		const struct kbtf_secinfo *s = &kbtf_secinfos(t)[i];

		switch (kbtf_kind(t)) {
		case KBTF_STRUCT:
		case KBTF_UNION:
			put(out, " (%s %u %u", string(btf, m->name_off), m->type,
			    kbtf_member_offset_bits(t, m));
			if (kbtf_kflag(t))
				put(out, " %u", kbtf_member_bitfield_bits(t, m));
			put(out, ")");
			break;
		case KBTF_ENUM:
			put(out, " (%s %d)", string(btf, kbtf_enums(t)[i].name_off),
			    kbtf_enums(t)[i].value);
			break;
		case KBTF_ENUM64:
			put(out, " (%s %llu)", string(btf, e64->name_off),
			    (unsigned long long)e64->value_hi32 << 32 | e64->value_lo32);
			break;
		case KBTF_FUNC_PROTO:
			put(out, " (%s %u)", string(btf, kbtf_params(t)[i].name_off),
			    kbtf_params(t)[i].type);
			break;
		case KBTF_DATASEC:
			put(out, " (%u %u %u)", s->type, s->offset, s->size);
			break;
		default:
			return;
		}
	}
}

static void put_type(struct out *out, const struct kbtf *btf, const struct kbtf_type *t)
{
	static const char *const keywords[][2] = {
		[KBTF_PTR] = { "ptr" },		[KBTF_STRUCT] = { "struct", "bstruct" },
		[KBTF_FWD] = { "fwd", "ufwd" }, [KBTF_UNION] = { "union", "bunion" },
		[KBTF_ENUM] = { "enum" },	[KBTF_ENUM64] = { "enum64" },
		[KBTF_FLOAT] = { "float" },	[KBTF_TYPEDEF] = { "typedef" },
		[KBTF_CONST] = { "const" },	[KBTF_VOLATILE] = { "volatile" },
		[KBTF_FUNC] = { "func" },	[KBTF_RESTRICT] = { "restrict" },
		[KBTF_VAR] = { "var" },		[KBTF_FUNC_PROTO] = { "proto" },
		[KBTF_DATASEC] = { "datasec" }, [KBTF_DECL_TAG] = { "dtag" },
		[KBTF_NR_KINDS] = { NULL },	[KBTF_TYPE_TAG] = { "ttag" },
	};
	unsigned int kind = kbtf_kind(t);
	const char *name = string(btf, t->name_off);

	switch (kind) {
	case KBTF_INT:
		put(out, "int %s %u %u", name, t->size, KBTF_INT_ENCODING(kbtf_word(t)));
		return;
	case KBTF_ARRAY:
		put(out, "array %u %u %u", kbtf_array(t)->type, kbtf_array(t)->index_type,
		    kbtf_array(t)->nelems);
		return;
	case KBTF_FWD:
		put(out, "%s %s", keywords[kind][kbtf_kflag(t)], name);
		return;
	case KBTF_PTR:
	case KBTF_CONST:
	case KBTF_VOLATILE:
	case KBTF_RESTRICT:
	case KBTF_FUNC_PROTO:
		put(out, "%s %u", keywords[kind][0], t->type);
		break;
	default:
		if (kind >= KBTF_NR_KINDS) {
			put(out, "kind %u %s %u", kind, name, t->type);
			return;
		}
		put(out, "%s %s %u", keywords[kind][keywords[kind][1] ? kbtf_kflag(t) : 0], name,
		    t->type);
		break;
	}
	if (kind == KBTF_FUNC)
		put(out, " %u", kbtf_vlen(t));
	if (kind == KBTF_VAR || kind == KBTF_DECL_TAG)
		put(out, " %d", (int32_t)kbtf_word(t));
	put_elems(out, btf, t);
}

const char *typedump(const struct kbtf *btf)
{
	static char texts[4][ROOM];
	static unsigned int turn;
	struct out out = { .text = texts[turn++ % 4] };
	uint32_t id;

	*out.text = '\0';
	for (id = kbtf_first_id(btf); id < kbtf_end_id(btf); id++) {
		put_type(&out, btf, kbtf_type(btf, id));
		if (id + 1 < kbtf_end_id(btf))
			put(&out, "; ");
	}
	return out.text;
}

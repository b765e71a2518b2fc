// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Access strings, and the sizes of what they lead to. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "access.h"

/* Types that libbpf looks through for the size of one. */
#define MAX_SIZE_DEPTH 32u

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The number at *text, which is moved behind it; -EINVAL where there is none. */
static int64_t parse_number(const char **text)
{
	const char *s = *text;
	int64_t number = 0;

	while (is_blank(*s))
		s++;
	if (*s == '+')
		s++;
	if (*s < '0' || *s > '9')
		return -EINVAL;
	for (; *s >= '0' && *s <= '9'; s++) {
		number = number * 10 + (*s - '0');
		if (number > INT_MAX)
			return -EINVAL;
	}
	*text = s;
	return number;
}

int kbtf_core_parse_access(const char *text, uint32_t *ret)
{
	int nr = 0;

	if (!*text || *text == ':')
		return -EINVAL;
	while (*text) {
		int64_t number;

		if (*text == ':')
			text++;
		number = parse_number(&text);
		if (number < 0)
			return (int)number;
		if (nr == (int)KBTF_CORE_MAX_ACCESS)
			return -E2BIG;
		ret[nr++] = (uint32_t)number;
	}
	return nr;
}

const struct kbtf_type *kbtf_core_resolve(const struct kbtf *btf, uint32_t *id)
{
	unsigned int links;

	for (links = 0; links <= KBTF_MAX_CHAIN; links++) {
		const struct kbtf_type *t = kbtf_type_get(btf, *id);

		switch (kbtf_kind(t)) {
		case KBTF_TYPEDEF:
		case KBTF_VOLATILE:
		case KBTF_CONST:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
			*id = t->type;
			break;
		default:
			return t;
		}
	}
	return NULL;
}

int64_t kbtf_core_size(const struct kbtf *btf, const struct kbtf_core_abi *abi, uint32_t type_id)
{
	uint32_t nelems = 1;
	unsigned int depth;
	int64_t size = -1;

	for (depth = 0; depth < MAX_SIZE_DEPTH && type_id && size < 0; depth++) {
		const struct kbtf_type *t = kbtf_type_get(btf, type_id);

		switch (kbtf_kind(t)) {
		case KBTF_INT:
		case KBTF_STRUCT:
		case KBTF_UNION:
		case KBTF_ENUM:
		case KBTF_ENUM64:
		case KBTF_DATASEC:
		case KBTF_FLOAT:
			size = t->size;
			break;
		case KBTF_PTR:
			size = abi->pointer_bytes;
			break;
		case KBTF_TYPEDEF:
		case KBTF_VOLATILE:
		case KBTF_CONST:
		case KBTF_RESTRICT:
		case KBTF_VAR:
		case KBTF_DECL_TAG:
		case KBTF_TYPE_TAG:
			type_id = t->type;
			break;
		case KBTF_ARRAY:
			if (__builtin_mul_overflow(nelems, kbtf_array(t)->nelems, &nelems))
				return -E2BIG;
			type_id = kbtf_array(t)->type;
			break;
		default:
			return -EINVAL;
		}
	}
	if (size < 0)
		return -EINVAL;
	if (nelems && size > UINT32_MAX / nelems)
		return -E2BIG;
	return size * nelems;
}

/* All spellings that libbpf knows. */
static bool is_long(const char *name)
{
	static const char *const names[] = {
		"long",
		"long int",
		"int long",
		"unsigned long",
		"long unsigned",
		"unsigned long int",
		"unsigned int long",
		"long unsigned int",
		"long int unsigned",
		"int unsigned long",
		"int long unsigned",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

uint32_t kbtf_core_pointer_bytes(const struct kbtf *btf, uint32_t *ret_id)
{
	uint32_t i;

	for (i = 0; i < btf->nr_types; i++) {
		const struct kbtf_type *t = kbtf_own_type(btf, i);

		if (kbtf_kind(t) != KBTF_INT || (t->size != 4 && t->size != 8) ||
		    !is_long(kbtf_string_get(btf, t->name_off)))
			continue;
		if (ret_id)
			*ret_id = btf->first_id + i;
		return t->size;
	}
	if (ret_id)
		*ret_id = 0;
	return 8;
}

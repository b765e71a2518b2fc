// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * INT and FLOAT in, words of C for a number of that size out. Each is looked up once: the
 * byte of c->layouts has its place in the table after that, counted from 1.
 */
#include <string.h>

#include "c.h"

struct number {
	const char *name;
	uint8_t kind;
	uint8_t size_bytes; /* 0: that of a pointer */
};

/* As gcc calls them, and as clang does. */
static const struct number numbers[] = {
	{ "int", KBTF_INT, 4 },
	{ "unsigned int", KBTF_INT, 4 },
	{ "char", KBTF_INT, 1 },
	{ "unsigned char", KBTF_INT, 1 },
	{ "signed char", KBTF_INT, 1 },
	{ "_Bool", KBTF_INT, 1 },
	{ "short int", KBTF_INT, 2 },
	{ "short unsigned int", KBTF_INT, 2 },
	{ "short", KBTF_INT, 2 },
	{ "unsigned short", KBTF_INT, 2 },
	{ "long int", KBTF_INT, 0 },
	{ "long unsigned int", KBTF_INT, 0 },
	{ "long", KBTF_INT, 0 },
	{ "unsigned long", KBTF_INT, 0 },
	{ "long long int", KBTF_INT, 8 },
	{ "long long unsigned int", KBTF_INT, 8 },
	{ "long long", KBTF_INT, 8 },
	{ "unsigned long long", KBTF_INT, 8 },
	{ "__int128", KBTF_INT, 16 },
	{ "__int128 unsigned", KBTF_INT, 16 },
	{ "unsigned __int128", KBTF_INT, 16 },
	{ "float", KBTF_FLOAT, 4 },
	{ "double", KBTF_FLOAT, 8 },
	{ "long double", KBTF_FLOAT, 16 },
	{ "long double", KBTF_FLOAT, 12 },
	{ "_Float16", KBTF_FLOAT, 2 },
	{ "__fp16", KBTF_FLOAT, 2 },
	{ "__bf16", KBTF_FLOAT, 2 },
	{ "_Float32", KBTF_FLOAT, 4 },
	{ "_Float64", KBTF_FLOAT, 8 },
	{ "_Float128", KBTF_FLOAT, 16 },
	{ "__float128", KBTF_FLOAT, 16 },
};

#define NR_NUMBERS (sizeof(numbers) / sizeof(*numbers))
#define NOT_THERE 0xff

static uint8_t find(const struct kbtf_c *c, const struct kbtf_type *t)
{
	const char *name = kbtf_string_get(c->btf, t->name_off);
	size_t i;

	for (i = 0; i < NR_NUMBERS; i++) {
		uint32_t size = numbers[i].size_bytes ? numbers[i].size_bytes : c->ptr_bytes;

		if (numbers[i].kind == kbtf_kind(t) && size == t->size &&
		    !strcmp(numbers[i].name, name))
			return (uint8_t)(i + 1);
	}
	return NOT_THERE;
}

/* What is called otherwise, as by Rust, or is of a size that it has nowhere. */
static const char *int_of_size(uint32_t size_bytes, uint32_t encoding)
{
	bool is_signed = encoding & KBTF_INT_SIGNED;

	switch (size_bytes) {
	case 1:
		return encoding & KBTF_INT_BOOL ? "_Bool"
		       : is_signed		? "signed char"
						: "unsigned char";
	case 2:
		return is_signed ? "short" : "unsigned short";
	case 8:
		return is_signed ? "long long" : "unsigned long long";
	case 16:
		return is_signed ? "__int128" : "unsigned __int128";
	default:
		return is_signed ? "int" : "unsigned int";
	}
}

static const char *float_of_size(uint32_t size_bytes)
{
	switch (size_bytes) {
	case 2:
		return "unsigned short"; /* there is no name for it that compilers agree on */
	case 4:
		return "float";
	case 8:
		return "double";
	default:
		return "long double";
	}
}

const char *kbtf_c_number(const struct kbtf_c *c, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(c->btf, type_id);
	uint8_t *number = &c->layouts[type_id];

	if (!*number)
		*number = find(c, t);
	if (*number != NOT_THERE)
		return numbers[*number - 1].name;
	if (kbtf_kind(t) == KBTF_FLOAT)
		return float_of_size(t->size);
	return int_of_size(t->size, KBTF_INT_ENCODING(kbtf_word(t)));
}

const char *kbtf_c_integer(uint32_t size_bytes)
{
	return int_of_size(size_bytes, 0);
}

bool kbtf_c_is_bool(const struct kbtf_c *c, uint32_t type_id)
{
	return kbtf_kind(kbtf_type_get(c->btf, type_id)) == KBTF_INT &&
	       !strcmp(kbtf_c_number(c, type_id), "_Bool");
}

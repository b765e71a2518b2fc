// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* INT and FLOAT in, words of C for a number of that size out. */
#include <string.h>

#include "c.h"

struct number {
	const char *name;
	uint8_t size_bytes; /* 0: that of a pointer */
};

/* As gcc calls them, and as clang does. */
static const struct number ints[] = {
	{ "int", 4 },
	{ "unsigned int", 4 },
	{ "char", 1 },
	{ "unsigned char", 1 },
	{ "signed char", 1 },
	{ "_Bool", 1 },
	{ "short int", 2 },
	{ "short unsigned int", 2 },
	{ "short", 2 },
	{ "unsigned short", 2 },
	{ "long int", 0 },
	{ "long unsigned int", 0 },
	{ "long", 0 },
	{ "unsigned long", 0 },
	{ "long long int", 8 },
	{ "long long unsigned int", 8 },
	{ "long long", 8 },
	{ "unsigned long long", 8 },
	{ "__int128", 16 },
	{ "__int128 unsigned", 16 },
	{ "unsigned __int128", 16 },
};

static const struct number floats[] = {
	{ "float", 4 },	   { "double", 8 },	{ "long double", 16 }, { "long double", 12 },
	{ "_Float16", 2 }, { "__fp16", 2 },	{ "__bf16", 2 },       { "_Float32", 4 },
	{ "_Float64", 8 }, { "_Float128", 16 }, { "__float128", 16 },
};

static const char *find(const struct number *numbers, size_t nr, const char *name,
			uint32_t size_bytes, uint32_t ptr_bytes)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		uint32_t size = numbers[i].size_bytes ? numbers[i].size_bytes : ptr_bytes;

		if (size == size_bytes && !strcmp(numbers[i].name, name))
			return numbers[i].name;
	}
	return NULL;
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
		return "_Float16";
	case 4:
		return "float";
	case 8:
		return "double";
	default:
		return "long double";
	}
}

const char *kbtf_c_number(const struct kbtf_c *c, const struct kbtf_type *t)
{
	const char *name = kbtf_string_get(c->btf, t->name_off), *found;

	if (kbtf_kind(t) == KBTF_FLOAT) {
		found = find(floats, sizeof(floats) / sizeof(*floats), name, t->size, c->ptr_bytes);
		return found ? found : float_of_size(t->size);
	}
	found = find(ints, sizeof(ints) / sizeof(*ints), name, t->size, c->ptr_bytes);
	return found ? found : int_of_size(t->size, KBTF_INT_ENCODING(kbtf_word(t)));
}

const char *kbtf_c_integer(uint32_t size_bytes)
{
	return int_of_size(size_bytes, 0);
}

bool kbtf_c_is_bool(const struct kbtf_c *c, const struct kbtf_type *t)
{
	return kbtf_kind(t) == KBTF_INT && !strcmp(kbtf_c_number(c, t), "_Bool");
}

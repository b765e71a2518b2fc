// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * BTF of structs and unions that lie in all ways that C can be brought to: members
 * aligned as they are by themselves, more, or less; bitfields anywhere; holes; structs
 * inside of structs, with names and without. Nothing here knows the rules of compilers:
 * members are only put one behind the other.
 *
 *   make_layouts layouts|wild SEED >FILE
 *
 * wild: random BTF instead, as gen.h has it, most of which C has no words for. Its names are
 * many: of two members of one name in a struct C takes none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

#define NR_COMPOSITES 300u
#define MOST_MEMBERS 9u
#define MOST_TYPES 4000u

struct made {
	uint32_t size_bytes, align_bytes;
	bool is_integer; /* that bitfields can be made of */
	bool is_bool;
	bool is_composite;
	bool is_promoted; /* is a member without a name somewhere; members' names clash in a second
			   */
};

static struct rng rng;
static struct raw raw;
static struct made types[MOST_TYPES];
static uint32_t nr_types = 1; /* 0 is void */

static uint32_t begin(unsigned int kind, const char *name, unsigned int kflag, uint32_t word,
		      uint32_t align_bytes)
{
	raw_type(&raw, kind, name ? raw_string(&raw, name) : 0, 0, kflag, word);
	types[nr_types] = (struct made){ .size_bytes = word, .align_bytes = align_bytes };
	return nr_types++;
}

static void add_int(const char *name, uint32_t size_bytes, uint32_t encoding)
{
	uint32_t id = begin(KBTF_INT, name, 0, size_bytes, size_bytes);

	raw_word(&raw, encoding << 24 | 8 * size_bytes);
	types[id].is_integer = true;
	types[id].is_bool = encoding & KBTF_INT_BOOL;
}

static void add_enum(uint32_t n, uint32_t size_bytes)
{
	char name[32];
	uint32_t id;

	snprintf(name, sizeof(name), "e%u", n);
	id = begin(size_bytes == 8 ? KBTF_ENUM64 : KBTF_ENUM, name, n & 1, size_bytes, size_bytes);
	types[id].is_integer = true;
	snprintf(name, sizeof(name), "E%u_A", n);
	if (size_bytes == 8)
		raw_elem(&raw, 3, raw_string(&raw, name), n & 1 ? ~0u : 1u, n & 1 ? ~0u : n & 2);
	else
		raw_elem(&raw, 2, raw_string(&raw, name), n & 1 ? ~0u : 1u);
}

static void add_base(void)
{
	static const uint32_t sizes[] = { 1, 2, 4, 8 };
	uint32_t i, proto;

	add_int("char", 1, 0);
	add_int("unsigned char", 1, 0);
	add_int("short int", 2, KBTF_INT_SIGNED);
	add_int("int", 4, KBTF_INT_SIGNED);
	add_int("unsigned int", 4, 0);
	add_int("long int", 8, KBTF_INT_SIGNED);
	add_int("long long unsigned int", 8, 0);
	add_int("__int128", 16, KBTF_INT_SIGNED);
	add_int("_Bool", 1, KBTF_INT_BOOL);
	add_int("i16 of some other language", 2, KBTF_INT_SIGNED);
	for (i = 0; i < 8; i++)
		add_enum(i, sizes[i % 4]);
	begin(KBTF_FLOAT, "float", 0, 4, 4);
	begin(KBTF_FLOAT, "double", 0, 8, 8);
	proto = begin(KBTF_FUNC_PROTO, NULL, 0, 4, 0);
	raw_elem(&raw, 2, 0, 6);
	for (i = 0; i < 3; i++) {
		uint32_t ptr = begin(KBTF_PTR, NULL, 0, i ? proto : 0, 8);

		types[ptr].size_bytes = 8;
	}
}

/* A type with a size, now and then one that is made for this member. */
static uint32_t some_type(void)
{
	uint32_t of, id, n;

	do
		of = 1 + rng_below(&rng, nr_types - 1);
	while (!types[of].align_bytes || types[of].size_bytes > 4096);
	if (rng_one_in(&rng, 5)) {
		n = rng_below(&rng, 4);
		id = begin(KBTF_ARRAY, NULL, 0, 0, types[of].align_bytes);
		raw_words(&raw, 3, of, 4, n);
		types[id].size_bytes = n * types[of].size_bytes;
		return id;
	}
	if (rng_one_in(&rng, 12)) {
		struct made as = types[of];

		as.is_composite = false;
		id = begin(KBTF_CONST, NULL, 0, of, 0);
		types[id] = as;
		return id;
	}
	return of;
}

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

struct member {
	uint32_t type, offset_bits, width_bits;
};

/* Put members one behind the other; returns the size. */
static uint32_t place(struct member *members, uint32_t nr, bool is_union, uint32_t *ret_align)
{
	bool tight = rng_one_in(&rng, 4), loose = rng_one_in(&rng, 4);
	uint64_t at = 0, end = 0;
	uint32_t i;

	*ret_align = 1;
	for (i = 0; i < nr; i++) {
		const struct made *t = &types[members[i].type];
		uint32_t bits = 8 * t->size_bytes;

		if (is_union)
			at = 0;
		if (loose && rng_one_in(&rng, 3) && !is_union)
			at += rng_below(&rng, 300);
		if (t->is_integer && rng_one_in(&rng, 3)) {
			members[i].width_bits = t->is_bool ? 1 : 1 + rng_below(&rng, bits);
			if (!tight && at / bits != (at + members[i].width_bits - 1) / bits)
				at = round_up(at, bits);
		} else {
			at = round_up(at, tight ? 8 : 8 * t->align_bytes);
		}
		if (*ret_align < t->align_bytes)
			*ret_align = t->align_bytes;
		members[i].offset_bits = (uint32_t)at;
		at += members[i].width_bits ? members[i].width_bits : bits;
		end = at > end ? at : end;
	}
	if (tight)
		*ret_align = 1;
	if (loose && rng_one_in(&rng, 2))
		end += rng_below(&rng, 2000);
	return (uint32_t)round_up(end, 8 * *ret_align) / 8;
}

static void add_composite(uint32_t n)
{
	struct member members[MOST_MEMBERS] = { 0 };
	uint32_t nr = rng_below(&rng, MOST_MEMBERS + 1), i, size, align, id;
	bool is_union = rng_one_in(&rng, 4), is_anonymous = rng_one_in(&rng, 4);
	char name[32];

	for (i = 0; i < nr; i++)
		members[i].type = some_type();
	size = place(members, nr, is_union, &align);
	snprintf(name, sizeof(name), "%c%u", is_union ? 'u' : 's', n);
	id = begin(is_union ? KBTF_UNION : KBTF_STRUCT, is_anonymous ? NULL : name, 1, size, align);
	for (i = 0; i < nr; i++) {
		struct made *t = &types[members[i].type];
		bool has_name = !t->is_composite || t->is_promoted || rng_one_in(&rng, 2);

		t->is_promoted |= !has_name;
		snprintf(name, sizeof(name), "m%u", nr_types * 16 + i);
		raw_elem(&raw, 3, has_name ? raw_string(&raw, name) : 0, members[i].type,
			 members[i].width_bits << 24 | members[i].offset_bits);
	}
	types[id].align_bytes = nr || !size ? align : 1;
	types[id].is_composite = true;
	if (!is_anonymous && !rng_one_in(&rng, 3))
		return;
	snprintf(name, sizeof(name), "t%u", n);
	begin(KBTF_TYPEDEF, name, 0, id, 0);
	types[nr_types - 1] = types[id];
	types[nr_types - 1].is_composite = false;
}

int main(int argc, char **argv)
{
	uint32_t n;
	size_t size;
	void *bytes;
	int failed;

	if (argc != 3)
		return 2;
	rng.state = strtoull(argv[2], NULL, 0);
	if (!strcmp(argv[1], "wild")) {
		const struct gen_opts opts = { .nr_types = 400, .nr_names = 4000 };

		gen_btf(&rng, NULL, &opts, &raw);
	} else {
		raw_init(&raw, 0);
		add_base();
		for (n = 0; n < NR_COMPOSITES; n++)
			add_composite(n);
	}
	bytes = raw_finish(&raw, &size);
	failed = fwrite(bytes, 1, size, stdout) != size || fflush(stdout);
	free(bytes);
	raw_deinit(&raw);
	return failed;
}

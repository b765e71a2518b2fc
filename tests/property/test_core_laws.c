// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Laws of reading, writing and indexing. */
#include "laws.h"

#include <errno.h>
#include <string.h>

static struct gen_opts some_opts(struct rng *rng)
{
	return (struct gen_opts){
		.nr_types = rng_below(rng, 60),
		.nr_names = 1 + rng_below(rng, 30),
		.tame = rng_one_in(rng, 2),
	};
}

/* What was opened is written as it was; in the other byte order it is the same BTF. */
static void check_write(const struct raw *r, const struct kbtf *base, const struct kbtf *other_base)
{
	struct raw other = *r;
	struct kbtf_open_opts opts = { .base = base };
	struct kbtf *btf, *swapped;
	size_t size, other_size, written_size;
	void *bytes, *other_bytes, *written;
	struct kbtf_diag diag;

	other.swapped = !r->swapped;
	bytes = raw_finish(r, &size);
	other_bytes = raw_finish(&other, &other_size);
	assert_ok(kbtf_open(bytes, size, &opts, &btf, &diag), &diag);
	opts.base = other_base;
	assert_ok(kbtf_open(other_bytes, other_size, &opts, &swapped, &diag), &diag);
	law(kbtf_is_swapped(btf) == r->swapped);
	law(kbtf_is_swapped(swapped) != r->swapped);
	law(size == other_size && !memcmp(kbtf_bytes(btf, NULL), kbtf_bytes(swapped, NULL), size));
	law(!kbtf_write(btf, &written, &written_size));
	law(written_size == size && !memcmp(written, bytes, size));
	free(written);
	law(!kbtf_write(swapped, &written, &written_size));
	law(written_size == size && !memcmp(written, other_bytes, size));
	free(written);
	kbtf_free(btf);
	kbtf_free(swapped);
	free(other_bytes);
	free(bytes);
}

static void check_identity(struct rng *rng)
{
	struct gen_opts opts = some_opts(rng);
	struct kbtf *base, *other_base;
	struct raw r, other;

	gen_btf(rng, NULL, &opts, &r);
	if (rng_one_in(rng, 2)) {
		raw_layout_known(&r, rng_below(rng, KBTF_NR_KINDS) + 1);
		r.layout.data[2] = (uint8_t)rng_next(rng);
	}
	check_write(&r, NULL, NULL);
	other = r;
	other.swapped = true;
	{
		struct kbtf_open_opts open_opts = { .flags = KBTF_OPEN_TAKE };
		size_t size;
		void *bytes = raw_finish(&r, &size);

		law(!kbtf_open(bytes, size, &open_opts, &base, NULL));
		bytes = raw_finish(&other, &size);
		law(!kbtf_open(bytes, size, &open_opts, &other_base, NULL));
	}
	raw_deinit(&r);
	opts = some_opts(rng);
	gen_btf(rng, base, &opts, &r);
	check_write(&r, base, other_base);
	raw_deinit(&r);
	kbtf_free(other_base);
	kbtf_free(base);
}

static void test_write_is_identity(void **state)
{
	(void)state;
	each_seed(400, check_identity);
}

/* Any index finds what looking at every type finds. */
static void check_name(const struct kbtf *btf, const struct kbtf_names *names, uint32_t kinds,
		       const char *name)
{
	uint32_t id, found = 0;

	for (id = kbtf_first_id(btf); id < kbtf_end_id(btf); id++) {
		unsigned int kind = kbtf_kind(kbtf_type(btf, id));

		if (!*kbtf_name(btf, id) || strcmp(kbtf_name(btf, id), name) ||
		    !(kinds & KBTF_KIND_BIT(kind)))
			continue;
		found = kbtf_names_next(names, name, found);
		law(found == id);
	}
	law(!kbtf_names_next(names, name, found));
}

static void check_names(struct rng *rng)
{
	struct gen_opts opts = some_opts(rng);
	uint32_t kinds = rng_one_in(rng, 3) ? UINT32_MAX : (uint32_t)rng_next(rng), id;
	struct kbtf *base, *btf;
	struct kbtf_names *names;
	int flags;

	opts.nr_types += 1;
	opts.sorted = rng_one_in(rng, 2);
	base = generated(rng, NULL, &opts);
	btf = rng_one_in(rng, 2) ? base : generated(rng, base, &opts);
	for (flags = 0; flags < 2; flags++) {
		law(!kbtf_names_new(btf, kinds, flags, &names));
		for (id = 0; id < kbtf_end_id(btf); id++)
			check_name(btf, names, kinds, kbtf_name(btf, id));
		check_name(btf, names, kinds, "m");
		check_name(btf, names, kinds, "n");
		check_name(btf, names, kinds, "o");
		check_name(btf, names, kinds, "");
		kbtf_names_free(names);
	}
	if (btf != base)
		kbtf_free(btf);
	kbtf_free(base);
}

static void test_index_is_looking_at_every_type(void **state)
{
	(void)state;
	each_seed(600, check_names);
}

/*
 * Any change of one word either is refused or leaves BTF that can be read through
 * and through; a refusal has a reason and a text.
 */
static void read_all(const struct kbtf *btf)
{
	uint32_t id, i, words = 0;

	for (id = 0; id < kbtf_end_id(btf); id++) {
		const uint32_t *w = (const uint32_t *)kbtf_type(btf, id);

		law(w);
		law(kbtf_name(btf, id));
		for (i = 0; i < kbtf_type_size_bytes(btf, id) / 4; i++)
			words ^= w[i];
	}
	law(words || !words);
}

static void check_changed_words(struct rng *rng)
{
	struct gen_opts opts = some_opts(rng);
	unsigned int tries;
	size_t size, at;
	uint8_t *bytes;
	struct raw r;

	gen_btf(rng, NULL, &opts, &r);
	r.swapped = rng_one_in(rng, 2);
	bytes = raw_finish(&r, &size);
	raw_deinit(&r);
	for (tries = 0; tries < 50; tries++) {
		uint8_t *copy = malloc(size);
		struct kbtf_diag diag = { 0 };
		struct kbtf *btf;
		uint32_t word = rng_one_in(rng, 2) ? (uint32_t)rng_next(rng) : rng_below(rng, 200);

		assert_non_null(copy);
		memcpy(copy, bytes, size);
		at = rng_below(rng, (uint32_t)(size - 3));
		at = rng_one_in(rng, 4) ? at : at & ~(size_t)3;
		memcpy(copy + at, &word, 4);
		if (kbtf_open(copy, size, NULL, &btf, &diag)) {
			law(diag.err < 0 && diag.reason && *diag.reason && *diag.text);
		} else {
			read_all(btf);
			kbtf_free(btf);
		}
		free(copy);
	}
	free(bytes);
}

static void test_changed_words(void **state)
{
	(void)state;
	each_seed(400, check_changed_words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_is_identity),
		cmocka_unit_test(test_index_is_looking_at_every_type),
		cmocka_unit_test(test_changed_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

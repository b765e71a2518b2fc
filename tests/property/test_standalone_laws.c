// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Laws of standalone BTF: what it means, what it takes along, and the way back. */
#include "laws.h"

#include <errno.h>
#include <string.h>

#include <kbtf/module.h>

#include "closure_model.h"
#include "model.h"

/* A kernel, a module on it, and the module standalone in one of four forms. */
struct world {
	struct kbtf *kernel, *module;
	unsigned int flags;
	struct kbtf_standalone made;
	bool is_made; /* else the chains of both are too long together */
};

static struct kbtf *reopened(const struct kbtf *btf, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .label = "again", .flags = KBTF_OPEN_TAKE };
	struct kbtf_diag diag;
	struct kbtf *ret;
	size_t size;
	void *bytes;

	law(!kbtf_write(btf, &bytes, &size));
	assert_ok(kbtf_open(bytes, size, &opts, &ret, &diag), &diag);
	law(kbtf_is_swapped(ret) == kbtf_is_swapped(btf));
	return ret;
}

static void world_init(struct world *w, struct rng *rng)
{
	struct gen_opts opts = { .nr_types = 1 + rng_below(rng, 80),
				 .nr_names = 60,
				 .tame = rng_one_in(rng, 2) };
	struct kbtf_diag diag;
	struct raw r;
	int err;

	memset(w, 0, sizeof(*w));
	gen_btf(rng, NULL, &opts, &r);
	r.swapped = rng_one_in(rng, 2);
	w->kernel = opened(&r, NULL, "vmlinux");
	opts.nr_types = rng_below(rng, 30);
	opts.nr_names = 20;
	w->module = generated(rng, w->kernel, &opts);
	w->flags = rng_below(rng, 4);
	err = kbtf_standalone(w->module, w->flags, NULL, &w->made, &diag);
	if (err)
		law(err == -ELOOP && !strcmp(diag.reason, "endless-chain"));
	w->is_made = !err;
}

static void world_deinit(struct world *w)
{
	kbtf_standalone_deinit(&w->made);
	kbtf_free(w->module);
	kbtf_free(w->kernel);
}

static void assert_same_bytes(const struct kbtf *a, const struct kbtf *b)
{
	size_t size, b_size;
	const void *bytes = kbtf_bytes(a, &size), *b_bytes = kbtf_bytes(b, &b_size);

	law(size == b_size && !memcmp(bytes, b_bytes, size));
}

/* Written, read, and put back onto the kernel it came from, a module means what it meant. */
static unsigned int nr_back;

static void check_back_home(struct rng *rng)
{
	struct kbtf *base = NULL, *again, *back;
	struct kbtf_diag diag;
	struct world w;
	uint32_t id = 0;

	world_init(&w, rng);
	if (w.is_made) {
		law(!w.made.base == !!(w.flags & KBTF_STANDALONE_BARE));
		if (w.made.base)
			base = reopened(w.made.base, NULL);
		again = reopened(w.made.btf, base);
		assert_ok(kbtf_standalone_check(again, &diag), &diag);
		assert_ok(kbtf_standalone_to_split(again, w.kernel, NULL, &back, &diag), &diag);
		kbtf_free(reopened(back, w.kernel));
		if (w.flags & KBTF_STANDALONE_NAMES ? !same_types_cut(w.module, back, &id)
						    : !same_types(w.module, back, &id))
			fail_msg("seed %u: type [%u] is not what it was", law_seed, id);
		kbtf_free(back);
		kbtf_free(again);
		kbtf_free(base);
		nr_back++;
	}
	world_deinit(&w);
}

static void test_back_home_is_identity(void **state)
{
	(void)state;
	each_seed(2000, check_back_home);
	if (ran_all_seeds())
		assert_true(nr_back > 1500);
}

/* ---- What it takes along ------------------------------------------------------ */

static unsigned int nr_cut;

static void check_takes_along(struct rng *rng)
{
	struct closure c;
	struct world w;
	uint32_t id, at;

	world_init(&w, rng);
	closure_init(&c, w.module, w.flags & KBTF_STANDALONE_NAMES);
	for (id = kbtf_first_id(w.module); id < kbtf_end_id(w.module); id++)
		closure_add(&c, id, !closure_is_modifier(kbtf_kind(kbtf_type(w.module, id))));
	closure_run(&c);
	at = w.is_made ? kbtf_first_id(w.made.btf) + kbtf_nr_types(w.module) : 0;
	for (id = 1; w.is_made && id < kbtf_first_id(w.module); id++) {
		const struct kbtf_type *x = kbtf_type(w.module, id), *y;

		if (!c.reached[id])
			continue;
		y = kbtf_type(w.made.btf, at);
		law(y && kbtf_kind(y) == kbtf_kind(x));
		law(!strcmp(kbtf_name(w.module, id), kbtf_name(w.made.btf, at)));
		if (kbtf_is_composite(x) && !c.whole[id] && *kbtf_name(w.module, id)) {
			law(!kbtf_vlen(y) && !kbtf_kflag(y) && x->size == y->size);
			nr_cut++;
		} else {
			law(x->info == y->info);
		}
		at++;
	}
	law(!w.is_made || at == kbtf_end_id(w.made.btf));
	closure_deinit(&c);
	world_deinit(&w);
}

static void test_takes_along_what_it_reaches(void **state)
{
	(void)state;
	each_seed(2000, check_takes_along);
	if (ran_all_seeds())
		assert_true(nr_cut > 500);
}

/* ---- On kernels ----------------------------------------------------------------- */

/* Relocating onto any kernel that has an int is renumbering; others refuse. */
static unsigned int nr_relocated;

static void check_any_kernel(struct rng *rng)
{
	struct kbtf *other, *relocated, *split;
	struct kbtf_target *target;
	struct kbtf_diag diag;
	struct world w;
	struct raw r;
	int err;

	world_init(&w, rng);
	gen_kernel(rng, rng_below(rng, 30), 1 + rng_below(rng, 8), &r);
	if (rng_one_in(rng, 2)) {
		raw_type(&r, KBTF_INT, raw_string(&r, "int"), 0, 0, 4);
		raw_word(&r, KBTF_INT_SIGNED << 24 | 32);
	}
	r.swapped = kbtf_is_swapped(w.kernel);
	other = opened(&r, NULL, "other");
	if (w.is_made && w.made.base) {
		law(!kbtf_target_new(other, &target));
		err = kbtf_relocate(w.made.btf, target, NULL, &relocated, &diag);
		assert_ok(kbtf_standalone_to_split(w.made.btf, other, NULL, &split, &diag), &diag);
		if (!err) {
			assert_same_bytes(relocated, split);
			kbtf_free(relocated);
			nr_relocated++;
		}
		kbtf_free(split);
		kbtf_target_free(target);
	}
	kbtf_free(other);
	world_deinit(&w);
}

static void test_any_kernel(void **state)
{
	(void)state;
	each_seed(2000, check_any_kernel);
	if (ran_all_seeds())
		assert_true(nr_relocated > 300);
}

/* ---- Telling it ------------------------------------------------------------------- */

/* BTF that opens without a base is standalone, and what is not says why. */
static unsigned int nr_not;

static void check_detection(struct rng *rng)
{
	struct kbtf *btf;
	struct kbtf_diag diag;
	struct world w;
	size_t size;
	void *bytes;
	int err, alone;

	world_init(&w, rng);
	law(!kbtf_write(w.kernel, &bytes, &size));
	assert_ok(kbtf_standalone_detect(bytes, size, &diag), &diag);
	free(bytes);
	law(!kbtf_write(w.module, &bytes, &size));
	if (kbtf_header(w.module)->str_len &&
	    rng_one_in(rng, 2)) /* hide what gives it away first */
		((char *)bytes)[kbtf_header(w.module)->hdr_len + kbtf_header(w.module)->str_off] =
			0;
	err = kbtf_standalone_detect(bytes, size, &diag);
	alone = kbtf_open(bytes, size, NULL, &btf, NULL);
	if (!alone)
		kbtf_free(btf);
	law(alone || !err);
	if (err)
		law(err == diag.err && *diag.reason && *diag.text);
	nr_not += err != 0;
	free(bytes);
	world_deinit(&w);
}

static void test_detection(void **state)
{
	(void)state;
	each_seed(2000, check_detection);
	if (ran_all_seeds())
		assert_true(nr_not > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_home_is_identity),
		cmocka_unit_test(test_takes_along_what_it_reaches),
		cmocka_unit_test(test_any_kernel),
		cmocka_unit_test(test_detection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

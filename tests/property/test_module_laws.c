// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Laws of distilling, relocating and embedding. */
#include "laws.h"

#include <errno.h>
#include <string.h>

#include <kbtf/module.h>

#include "model.h"
#include "parallel.h"

static struct kbtf *make_kernel(struct rng *rng, bool swapped)
{
	const struct gen_opts opts = { .nr_types = 5 + rng_below(rng, 80),
				       .nr_names = 60,
				       .tame = true };
	struct raw r;

	gen_btf(rng, NULL, &opts, &r);
	r.swapped = swapped;
	return opened(&r, NULL, "vmlinux");
}

static struct kbtf *make_module(struct rng *rng, const struct kbtf *kernel)
{
	const struct gen_opts opts = { .nr_types = rng_below(rng, 30),
				       .nr_names = 20,
				       .tame = true };

	return generated(rng, kernel, &opts);
}

/* A distilled module written and opened again, as it is on its way to a kernel. */
struct shipped {
	struct kbtf *base, *split;
};

static struct kbtf *reopened(const struct kbtf *btf, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .label = "shipped", .flags = KBTF_OPEN_TAKE };
	struct kbtf_diag diag;
	struct kbtf *ret;
	size_t size;
	void *bytes;

	law(!kbtf_write(btf, &bytes, &size));
	assert_ok(kbtf_open(bytes, size, &opts, &ret, &diag), &diag);
	law(kbtf_is_swapped(ret) == kbtf_is_swapped(btf));
	return ret;
}

static struct shipped ship(const struct kbtf *module)
{
	struct kbtf_distilled d;
	struct kbtf_diag diag;
	struct shipped s;

	assert_ok(kbtf_distill(module, NULL, &d, &diag), &diag);
	s.base = reopened(d.base, NULL);
	s.split = reopened(d.split, s.base);
	kbtf_distilled_deinit(&d);
	return s;
}

static void shipped_deinit(struct shipped *s)
{
	kbtf_free(s->split);
	kbtf_free(s->base);
}

static bool has_int(const struct kbtf *btf)
{
	uint32_t id;

	for (id = 1; id < kbtf_end_id(btf); id++)
		if (kbtf_kind(kbtf_type(btf, id)) == KBTF_INT && *kbtf_name(btf, id))
			return true;
	return false;
}

/* Only where a base has types that cannot be told apart, or none that makes a distilled one. */
static bool fails_at_home(const struct kbtf *kernel, const struct kbtf_diag *diag)
{
	return !strcmp(diag->reason, "ambiguous") ||
	       (!strcmp(diag->reason, "base-empty") && !has_int(kernel));
}

/* Distilled, and relocated onto the base it came from, a module means what it meant. */
static unsigned int nr_same, nr_ambiguous;

static void check_back_home(struct rng *rng)
{
	struct kbtf *kernel = make_kernel(rng, rng_one_in(rng, 2)), *ret;
	struct kbtf *module = make_module(rng, kernel);
	struct shipped s = ship(module);
	struct kbtf_target *target;
	struct kbtf_diag diag;
	int err;

	law(!kbtf_target_new(kernel, &target));
	err = kbtf_relocate(s.split, target, NULL, &ret, &diag);
	if (err) {
		law(err == -EINVAL && fails_at_home(kernel, &diag));
		nr_ambiguous++;
	} else {
		uint32_t id = 0;

		if (!same_types(module, ret, &id))
			fail_msg("seed %u: type [%u] is not what it was", law_seed, id);
		kbtf_free(ret);
		nr_same++;
	}
	kbtf_target_free(target);
	shipped_deinit(&s);
	kbtf_free(module);
	kbtf_free(kernel);
}

static void test_back_home_is_identity(void **state)
{
	(void)state;
	each_seed(600, check_back_home);
	if (ran_all_seeds())
		assert_true(nr_same > 50 && nr_ambiguous > 5);
}

/* Relocation is what the slow obvious model does, for kernels that have changed ... */
static unsigned int nr_fitting, nr_refused;

static void check_against_model(const struct kbtf *split, const struct kbtf *kernel)
{
	struct kbtf_target *target;
	struct kbtf_diag diag;
	enum kbtf_verdict verdict;
	struct kbtf *ret = NULL;
	size_t size = 0, model_size = 0;
	uint8_t *expected = model_relocate(split, kernel, &model_size);
	int err;

	law(!kbtf_target_new(kernel, &target));
	err = kbtf_relocate(split, target, NULL, &ret, &diag);
	if (!err != !!expected && err)
		assert_ok(err, &diag);
	law(!err == !!expected);
	if (expected) {
		const void *bytes = kbtf_bytes(ret, &size);

		law(size == model_size && !memcmp(bytes, expected, size));
		nr_fitting++;
	} else {
		law(!ret && diag.err == err && diag.reason && *diag.text);
		nr_refused++;
	}
	law(!kbtf_judge(split, target, NULL, &verdict, NULL));
	law(verdict == (expected ? KBTF_RELOCATES : KBTF_REFUSED));
	kbtf_free(ret);
	kbtf_target_free(target);
	free(expected);
}

static void check_changed_kernel(struct rng *rng)
{
	struct kbtf *kernel = make_kernel(rng, rng_one_in(rng, 4)), *changed;
	struct kbtf *module = make_module(rng, kernel);
	struct shipped s = ship(module);
	struct raw r;

	gen_changed(rng, kernel, rng_below(rng, 4), &r);
	r.swapped = kbtf_is_swapped(kernel);
	changed = opened(&r, NULL, "changed");
	check_against_model(s.split, changed);
	kbtf_free(changed);
	shipped_deinit(&s);
	kbtf_free(module);
	kbtf_free(kernel);
}

static void test_changed_kernels_as_the_model(void **state)
{
	(void)state;
	nr_fitting = nr_refused = 0;
	each_seed(1500, check_changed_kernel);
	if (ran_all_seeds())
		assert_true(nr_fitting > 100 && nr_refused > 100);
}

/* ... and for distilled bases that no tool would make. */
static void check_clashing_names(struct rng *rng)
{
	uint32_t nr_distilled = rng_below(rng, 7);
	struct gen_opts opts = { .nr_types = rng_below(rng, 12), .nr_names = 6 };
	struct kbtf *base, *split, *kernel;
	bool swapped = rng_one_in(rng, 4);
	struct raw r;

	opts.tame = !rng_one_in(rng, 8);
	gen_distilled(rng, nr_distilled, 1 + rng_below(rng, 6), &r);
	r.swapped = swapped;
	base = opened(&r, NULL, "base");
	split = generated(rng, base, &opts);
	gen_kernel(rng, rng_below(rng, 30), 1 + rng_below(rng, 8), &r);
	r.swapped = swapped;
	kernel = opened(&r, NULL, "kernel");
	check_against_model(split, kernel);
	kbtf_free(kernel);
	kbtf_free(split);
	kbtf_free(base);
}

static void test_clashing_names_as_the_model(void **state)
{
	(void)state;
	nr_fitting = nr_refused = 0;
	each_seed(20000, check_clashing_names);
	if (ran_all_seeds())
		assert_true(nr_fitting > 500 && nr_refused > 500);
}

/* ---- .BTF.embedded ------------------------------------------------------ */

static bool is_modifier(unsigned int kind)
{
	return kind == KBTF_TYPEDEF || kind == KBTF_CONST || kind == KBTF_VOLATILE ||
	       kind == KBTF_RESTRICT || kind == KBTF_TYPE_TAG;
}

static uint32_t behind_modifiers(const struct kbtf *btf, uint32_t id)
{
	while (is_modifier(kbtf_kind(kbtf_type(btf, id))))
		id = kbtf_type(btf, id)->type;
	return id;
}

/* What has to be embedded, worked out by recursion, which small BTF allows. */
struct closure {
	const struct kbtf *module;
	bool *wanted;	   /* by id of the module's base: it has to be there */
	uint32_t *new_ids; /* by the same: where it is, 0 until that is known */
	uint32_t pointer;  /* where the pointer to void is */
	bool *reached;
	uint32_t nr;
	bool has_pointer;
};

static void close_over(struct closure *c, uint32_t id)
{
	const struct kbtf_type *t;
	uint32_t i;

	id = behind_modifiers(c->module, id);
	t = kbtf_type(c->module, id);
	c->has_pointer |= kbtf_kind(t) == KBTF_PTR;
	if (kbtf_kind(t) == KBTF_PTR || kbtf_kind(t) == KBTF_VOID || c->wanted[id])
		return;
	c->wanted[id] = true;
	c->nr++;
	if (kbtf_kind(t) == KBTF_ARRAY) {
		close_over(c, kbtf_array(t)->type);
		close_over(c, kbtf_array(t)->index_type);
	}
	for (i = 0; kbtf_is_composite(t) && i < kbtf_vlen(t); i++)
		close_over(c, kbtf_members(t)[i].type);
}

/* A member of the module's own: through arrays to a named struct or union of the base. */
static void close_over_member(struct closure *c, uint32_t id)
{
	const struct kbtf_type *t;

	id = behind_modifiers(c->module, id);
	t = kbtf_type(c->module, id);
	if (kbtf_kind(t) == KBTF_ARRAY)
		close_over_member(c, kbtf_array(t)->type);
	else if (kbtf_is_composite(t) && t->name_off && id < kbtf_first_id(c->module))
		close_over(c, id);
}

/* All that distilling moves: through anything but named structs and unions of the base. */
static void reach(struct closure *c, uint32_t id)
{
	const struct kbtf_type *t = kbtf_type(c->module, id);
	unsigned int kind = kbtf_kind(t);
	uint32_t i;

	if (!id || c->reached[id])
		return;
	c->reached[id] = true;
	if (kbtf_is_composite(t) && t->name_off && id < kbtf_first_id(c->module))
		return;
	if (kind == KBTF_PTR || kind == KBTF_FUNC || kind == KBTF_FUNC_PROTO || kind == KBTF_VAR ||
	    kind == KBTF_DECL_TAG || is_modifier(kind))
		reach(c, t->type);
	if (kind == KBTF_ARRAY) {
		reach(c, kbtf_array(t)->type);
		reach(c, kbtf_array(t)->index_type);
	}
	for (i = 0; kind == KBTF_FUNC_PROTO && i < kbtf_vlen(t); i++)
		reach(c, kbtf_params(t)[i].type);
	for (i = 0; kind == KBTF_DATASEC && i < kbtf_vlen(t); i++)
		reach(c, kbtf_secinfos(t)[i].type);
	for (i = 0; kbtf_is_composite(t) && i < kbtf_vlen(t); i++) {
		reach(c, kbtf_members(t)[i].type);
		close_over_member(c, kbtf_members(t)[i].type);
	}
}

static void check_layout(struct closure *c, uint32_t id, const struct kbtf *embedded, uint32_t at);

/* What a base type is by value, and where it is said to be. */
static void check_value(struct closure *c, uint32_t id, const struct kbtf *embedded, uint32_t at)
{
	id = behind_modifiers(c->module, id);
	if (kbtf_kind(kbtf_type(c->module, id)) == KBTF_PTR) {
		law(!c->pointer || c->pointer == at);
		c->pointer = at;
		law(kbtf_kind(kbtf_type(embedded, at)) == KBTF_PTR);
		law(!kbtf_type(embedded, at)->type);
	} else if (!id) {
		law(!at);
	} else {
		check_layout(c, id, embedded, at);
	}
}

static void check_layout(struct closure *c, uint32_t id, const struct kbtf *embedded, uint32_t at)
{
	const struct kbtf *module = c->module;
	const struct kbtf_type *x = kbtf_type(module, id), *y = kbtf_type(embedded, at);
	unsigned int kind = kbtf_kind(x);
	uint32_t i;

	law(c->wanted[id] && y);
	law(!c->new_ids[id] || c->new_ids[id] == at);
	if (c->new_ids[id])
		return;
	c->new_ids[id] = at;
	law(kbtf_kind(y) == (kind == KBTF_ENUM64 ? KBTF_ENUM : kind));
	law(!strcmp(kbtf_name(module, id), kbtf_name(embedded, at)));
	law(kind == KBTF_ARRAY || x->size == y->size);
	if (kind == KBTF_INT)
		law(kbtf_word(x) == kbtf_word(y));
	if (kind == KBTF_FWD)
		law(kbtf_kflag(x) == kbtf_kflag(y));
	if (kind == KBTF_ARRAY) {
		law(kbtf_array(x)->nelems == kbtf_array(y)->nelems);
		check_value(c, kbtf_array(x)->type, embedded, kbtf_array(y)->type);
		check_value(c, kbtf_array(x)->index_type, embedded, kbtf_array(y)->index_type);
	}
	if (!kbtf_is_composite(x))
		return;
	law(kbtf_kflag(x) == kbtf_kflag(y) && kbtf_vlen(x) == kbtf_vlen(y));
	for (i = 0; i < kbtf_vlen(x); i++) {
		const struct kbtf_member *m = &kbtf_members(x)[i], *n = &kbtf_members(y)[i];

		law(!strcmp(kbtf_string(module, m->name_off), kbtf_string(embedded, n->name_off)));
		law(m->offset == n->offset);
		check_value(c, m->type, embedded, n->type);
	}
}

/* The named struct or union of the distilled base that a member is by value; 0 where it is none. */
static uint32_t embedded_by(const struct kbtf *split, uint32_t id)
{
	const struct kbtf_type *t;

	id = behind_modifiers(split, id);
	t = kbtf_type(split, id);
	if (kbtf_kind(t) == KBTF_ARRAY)
		return embedded_by(split, kbtf_array(t)->type);
	return kbtf_is_composite(t) && id < kbtf_first_id(split) ? id : 0;
}

/* What is embedded directly comes first, in the order in which the split embeds it. */
static void check_roots(struct closure *c, const struct kbtf_distilled *d,
			const struct kbtf *embedded)
{
	uint32_t id, i, root, at = 0;

	for (id = kbtf_first_id(d->split); id < kbtf_end_id(d->split); id++) {
		const struct kbtf_type *t = kbtf_type(d->split, id);

		for (i = 0; kbtf_is_composite(t) && i < kbtf_vlen(t); i++) {
			root = embedded_by(d->split, kbtf_members(t)[i].type);
			root = root ? d->base_ids[root - 1] : 0;
			if (!root || c->reached[root])
				continue;
			c->reached[root] = true;
			check_layout(c, root, embedded, ++at);
		}
	}
}

static void check_embedded(struct rng *rng)
{
	struct kbtf *kernel = make_kernel(rng, false);
	struct kbtf *module = make_module(rng, kernel), *embedded;
	struct closure c = { .module = module };
	struct kbtf_distilled d;
	uint32_t id;

	c.wanted = calloc(kbtf_end_id(module), sizeof(*c.wanted));
	c.new_ids = calloc(kbtf_end_id(module), sizeof(*c.new_ids));
	c.reached = calloc(kbtf_end_id(module), sizeof(*c.reached));
	assert_true(c.wanted && c.new_ids && c.reached);
	for (id = kbtf_first_id(module); id < kbtf_end_id(module); id++)
		reach(&c, id);
	law(!kbtf_distill(module, NULL, &d, NULL));
	law(!kbtf_embedded(&d, kernel, &embedded, NULL));
	law(!c.nr == !embedded);
	if (embedded) {
		law(kbtf_nr_types(embedded) == c.nr + c.has_pointer);
		memset(c.reached, 0, kbtf_end_id(module) * sizeof(*c.reached));
		check_roots(&c, &d, embedded);
		for (id = 1; id < kbtf_first_id(module); id++)
			law(c.wanted[id] == !!c.new_ids[id]);
		law(c.has_pointer == !!c.pointer);
		kbtf_free(reopened(embedded, NULL));
	}
	kbtf_free(embedded);
	kbtf_distilled_deinit(&d);
	free(c.reached);
	free(c.new_ids);
	free(c.wanted);
	kbtf_free(module);
	kbtf_free(kernel);
}

static void test_embedded_closes_over(void **state)
{
	(void)state;
	each_seed(600, check_embedded);
}

/* Onto the kernel that a module was built on, nothing has drifted. */
static void check_no_drift(struct rng *rng)
{
	struct kbtf *kernel = make_kernel(rng, false);
	struct kbtf *module = make_module(rng, kernel), *embedded, *ret = NULL;
	struct shipped s = ship(module);
	struct kbtf_relocate_opts opts = { .flags = KBTF_RELOCATE_STRICT };
	enum kbtf_verdict verdict;
	struct kbtf_target *target;
	struct kbtf_distilled d;
	struct kbtf_diag diag;

	law(!kbtf_distill(module, NULL, &d, NULL));
	law(!kbtf_embedded(&d, kernel, &embedded, NULL));
	law(!kbtf_target_new(kernel, &target));
	opts.embedded = embedded;
	opts.old_base = target;
	law(!kbtf_judge(s.split, target, &opts, &verdict, &diag));
	if (verdict == KBTF_REFUSED) {
		law(fails_at_home(kernel, &diag));
	} else if (verdict == KBTF_RELOCATES) {
		law(!kbtf_relocate(s.split, target, &opts, &ret, &diag));
		kbtf_free(ret);
	} else {
		assert_ok(1, &diag);
	}
	kbtf_target_free(target);
	kbtf_free(embedded);
	kbtf_distilled_deinit(&d);
	shipped_deinit(&s);
	kbtf_free(module);
	kbtf_free(kernel);
}

static void test_no_drift_at_home(void **state)
{
	(void)state;
	each_seed(600, check_no_drift);
}

/* ---- Threads ------------------------------------------------------------- */

#define NR_MODULES 64u

struct work {
	const struct kbtf *modules[NR_MODULES];
	const struct kbtf_target *target;
	struct kbtf *ret[NR_MODULES];
	int err[NR_MODULES];
};

/* Distill, ship and relocate the i-th module, on some thread. */
static void work_on(void *ctx, unsigned int thread, size_t i)
{
	struct work *w = ctx;
	struct kbtf_distilled d;

	(void)thread;
	w->ret[i] = NULL;
	w->err[i] = kbtf_distill(w->modules[i], NULL, &d, NULL);
	if (w->err[i])
		return;
	w->err[i] = kbtf_relocate(d.split, w->target, NULL, &w->ret[i], NULL);
	kbtf_distilled_deinit(&d);
}

static void check_threads(struct rng *rng)
{
	static const unsigned int threads[] = { 2, 3, 8, 100 };
	struct kbtf *kernel = make_kernel(rng, false), *changed;
	struct kbtf_target *target;
	struct work one, many;
	size_t i, t, size, many_size;
	struct raw r;

	gen_changed(rng, kernel, 1, &r);
	changed = opened(&r, NULL, "changed");
	law(!kbtf_target_new(changed, &target));
	for (i = 0; i < NR_MODULES; i++)
		one.modules[i] = make_module(rng, kernel);
	one.target = target;
	many = one;
	kbtf_parallel(1, NR_MODULES, work_on, &one);
	for (t = 0; t < 4; t++) {
		kbtf_parallel(threads[t], NR_MODULES, work_on, &many);
		for (i = 0; i < NR_MODULES; i++) {
			law(one.err[i] == many.err[i]);
			law(!one.ret[i] == !many.ret[i]);
			if (one.ret[i]) {
				const void *bytes = kbtf_bytes(one.ret[i], &size);
				const void *many_bytes = kbtf_bytes(many.ret[i], &many_size);

				law(size == many_size && !memcmp(bytes, many_bytes, size));
			}
			kbtf_free(many.ret[i]);
		}
	}
	for (i = 0; i < NR_MODULES; i++) {
		kbtf_free(one.ret[i]);
		kbtf_free((struct kbtf *)one.modules[i]);
	}
	kbtf_target_free(target);
	kbtf_free(changed);
	kbtf_free(kernel);
}

static void test_any_number_of_threads(void **state)
{
	(void)state;
	each_seed(20, check_threads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_home_is_identity),
		cmocka_unit_test(test_changed_kernels_as_the_model),
		cmocka_unit_test(test_clashing_names_as_the_model),
		cmocka_unit_test(test_embedded_closes_over),
		cmocka_unit_test(test_no_drift_at_home),
		cmocka_unit_test(test_any_number_of_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

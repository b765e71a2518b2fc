// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Distilling, relocating, embedding and judging. The input is three pieces of BTF
 * with the lengths of the first two, u16 of low byte first, in front:
 *
 *   | length of kernel | length of base | kernel | base | module, on the base |
 *
 * The module is relocated onto the kernel twice: as if the base were a distilled
 * one, and distilled first.
 *
 * Laws: relocation is what model.c does by the kernel's rules; results are sound;
 * onto the base that it was distilled from, a module means what it meant; verdicts
 * are what relocation does; and whether findings are collected changes nothing.
 */
#include <errno.h>
#include <string.h>

#include <kbtf/module.h>

#include "fuzz.h"
#include "model.h"

/* The model is slow: what is larger is not held against it. */
#define FEW_TYPES 64u

static bool is_small(const struct kbtf *btf)
{
	return kbtf_end_id(btf) <= 2 * FEW_TYPES && kbtf_header(btf)->str_len <= 4096;
}

static struct kbtf *open_piece(const uint8_t *data, size_t size, const struct kbtf *base,
			       const char *label)
{
	const struct kbtf_open_opts opts = { .base = base, .label = label };
	struct kbtf_diag diag;
	struct kbtf *btf = NULL;
	int err = kbtf_open(data, size, &opts, &btf, &diag);

	MUST(!err == !!btf);
	return btf;
}

/* What kbtf made opens again with all checks, and is what it was. */
static struct kbtf *reopen(const struct kbtf *btf, const struct kbtf *base)
{
	const struct kbtf_open_opts opts = { .base = base,
					     .label = "reopened",
					     .flags = KBTF_OPEN_TAKE };
	struct kbtf_diag diag;
	struct kbtf *again;
	size_t size;
	void *bytes;

	MUST(!kbtf_write(btf, &bytes, &size));
	if (kbtf_open(bytes, size, &opts, &again, &diag)) {
		/* Chains of module and base may be too long when they are one. */
		MUST(!strcmp(diag.reason, "endless-chain"));
		free(bytes);
		return NULL;
	}
	MUST(kbtf_nr_types(again) == kbtf_nr_types(btf));
	MUST(!memcmp(kbtf_bytes(again, NULL), kbtf_bytes(btf, NULL), size));
	return again;
}

static void count(void *ctx, const struct kbtf_diag *diag)
{
	MUST(diag->err < 0 && *diag->reason && *diag->text);
	++*(unsigned int *)ctx;
}

static void compare_with_model(const struct kbtf *split, const struct kbtf *kernel,
			       const struct kbtf *ret)
{
	size_t size, expected_size;
	uint8_t *expected;

	if (!is_small(split) || !is_small(kernel) ||
	    kbtf_is_swapped(split) != kbtf_is_swapped(kernel))
		return;
	expected = model_relocate(split, kernel, &expected_size);
	MUST(!ret == !expected);
	if (ret) {
		MUST(!memcmp(kbtf_bytes(ret, &size), expected, expected_size));
		MUST(size == expected_size);
	}
	free(expected);
}

static bool has_unknown_kind(const struct kbtf *btf)
{
	uint32_t id;

	for (id = 0; id < kbtf_end_id(btf); id++)
		if (kbtf_kind(kbtf_type(btf, id)) >= KBTF_NR_KINDS)
			return true;
	return false;
}

static void relocate(const struct kbtf *split, const struct kbtf_target *target,
		     const struct kbtf_relocate_opts *layouts)
{
	struct kbtf_relocate_opts opts = *layouts;
	enum kbtf_verdict verdict;
	struct kbtf_diag diag, explained, why;
	struct kbtf *ret = NULL, *again = NULL;
	unsigned int told = 0;
	int err, again_err;

	err = kbtf_relocate(split, target, NULL, &ret, &diag);
	if (!has_unknown_kind(split))
		compare_with_model(split, kbtf_target_btf(target), ret);
	opts.finding = count;
	opts.note = count;
	opts.ctx = &told;
	again_err = kbtf_relocate(split, target, &opts, &again, &explained);
	MUST(err == again_err);
	if (!err) {
		size_t size;
		const void *bytes = kbtf_bytes(ret, &size);

		MUST(!memcmp(bytes, kbtf_bytes(again, NULL), size));
		kbtf_free(again);
		kbtf_free(reopen(ret, kbtf_target_btf(target)));
		kbtf_free(ret);
	} else { /* with layouts the text may have a member more */
		MUST(!strcmp(diag.reason, explained.reason) && diag.type_id == explained.type_id);
	}
	MUST(!kbtf_judge(split, target, &opts, &verdict, &why));
	MUST((verdict == KBTF_REFUSED) == !!err);
	MUST(!err || !strcmp(explained.text, why.text));
	opts.flags = KBTF_RELOCATE_STRICT;
	if (!kbtf_relocate(split, target, &opts, &ret, NULL)) {
		MUST(!err && verdict == KBTF_RELOCATES);
		kbtf_free(ret);
	}
}

/*
 * Back onto its own base; refused only where that base has what cannot be told
 * apart, or nothing that makes a distilled one.
 */
static void relocate_home(const struct kbtf *module, const struct kbtf *split,
			  const struct kbtf_target *home)
{
	struct kbtf_diag diag;
	struct kbtf *ret;

	if (kbtf_is_swapped(module) != kbtf_is_swapped(kbtf_base(module)))
		return;
	if (kbtf_relocate(split, home, NULL, &ret, &diag)) {
		MUST(!strcmp(diag.reason, "ambiguous") || !strcmp(diag.reason, "distilled-base") ||
		     !strcmp(diag.reason, "base-empty"));
		return;
	}
	MUST(same_types(module, ret, NULL));
	kbtf_free(ret);
}

static void distill(const struct kbtf *module, const struct kbtf_target *home,
		    const struct kbtf_target *target)
{
	struct kbtf_relocate_opts opts = { .old_base = home };
	struct kbtf *embedded = NULL, *base, *split = NULL;
	struct kbtf_distilled d;
	struct kbtf_diag diag;

	if (kbtf_distill(module, NULL, &d, &diag)) {
		MUST(*diag.reason && *diag.text);
	} else {
		MUST(!kbtf_embedded(&d, kbtf_base(module), &embedded, &diag));
		opts.embedded = embedded;
		if (embedded)
			kbtf_free(reopen(embedded, NULL));
		base = reopen(d.base, NULL);
		MUST(base);
		split = reopen(d.split, base);
		if (split) {
			relocate_home(module, split, home);
			relocate(split, target, &opts);
		}
		kbtf_free(split);
		kbtf_free(base);
		kbtf_distilled_deinit(&d);
	}
	kbtf_free(embedded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kbtf_relocate_opts no_layouts = { 0 };
	struct kbtf *kernel, *base = NULL, *module = NULL;
	struct kbtf_target *target = NULL, *home = NULL;
	size_t kernel_size, base_size;

	if (size < 4)
		return 0;
	kernel_size = data[0] | data[1] << 8u;
	base_size = data[2] | data[3] << 8u;
	data += 4;
	size -= 4;
	if (kernel_size + base_size > size)
		return 0;
	kernel = open_piece(data, kernel_size, NULL, "kernel");
	base = kernel ? open_piece(data + kernel_size, base_size, NULL, "base") : NULL;
	if (base)
		module = open_piece(data + kernel_size + base_size, size - kernel_size - base_size,
				    base, "module");
	if (module) {
		MUST(!kbtf_target_new(kernel, &target));
		MUST(!kbtf_target_new(base, &home));
		relocate(module, target, &no_layouts);
		distill(module, home, target);
	}
	kbtf_target_free(home);
	kbtf_target_free(target);
	kbtf_free(module);
	kbtf_free(base);
	kbtf_free(kernel);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Standalone BTF: telling it, making it and putting it back. The input is a byte of
 * flags (enum kbtf_standalone_flags), then two pieces of BTF with the length of the
 * first, u16 of low byte first, in front:
 *
 *   | flags | length of kernel | kernel | module, on the kernel |
 *
 * The module is looked at by the rule as it is, as a kernel would that has nothing but
 * its bytes, and is then made standalone.
 *
 * Laws: what opens without a base is standalone; renumbered and renumbered back it is
 * what it was; what is made standalone is sound, by the rule and when it is read
 * again; put back onto the kernel it means what it meant; and where the kernel's own
 * way, relocation, succeeds, it gives the same bytes.
 */
#include <errno.h>
#include <string.h>

#include <kbtf/module.h>

#include "fuzz.h"
#include "model.h"
#include "renumber.h"

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

static bool has_unknown_kind(const struct kbtf *btf)
{
	uint32_t id;

	for (id = 0; id < kbtf_end_id(btf); id++)
		if (kbtf_kind(kbtf_type(btf, id)) >= KBTF_NR_KINDS)
			return true;
	return false;
}

static struct kbtf *reopen(const struct kbtf *btf, const struct kbtf *base)
{
	const struct kbtf_open_opts opts = { .base = base,
					     .label = "reopened",
					     .flags = KBTF_OPEN_TAKE };
	struct kbtf *again;
	size_t size;
	void *bytes;

	MUST(!kbtf_write(btf, &bytes, &size));
	MUST(!kbtf_open(bytes, size, &opts, &again, NULL));
	MUST(!memcmp(kbtf_bytes(again, NULL), kbtf_bytes(btf, NULL), size));
	return again;
}

/* By bytes alone, in a block of their own so that a sanitizer sees its end. */
static void renumber(const uint8_t *data, size_t size)
{
	const struct kbtf_stand alone = { .first_id = 1 }, elsewhere = { 1000, 77777 };
	struct kbtf_diag diag;
	uint8_t *bytes = malloc(size ? size : 1);
	struct kbtf *btf;
	int err, again;

	MUST(bytes);
	memcpy(bytes, data, size);
	err = kbtf_renumber_check(bytes, size, alone, &diag);
	again = kbtf_renumber(bytes, size, alone, elsewhere, NULL);
	MUST(err == again);
	if (err) {
		MUST(err == diag.err && *diag.reason && *diag.text);
		MUST(!memcmp(bytes, data, size));
	} else {
		MUST(!kbtf_renumber_check(bytes, size, elsewhere, NULL));
		MUST(!kbtf_renumber(bytes, size, elsewhere, alone, NULL));
		MUST(!memcmp(bytes, data, size));
	}
	free(bytes);
	err = kbtf_standalone_detect(data, size, &diag);
	MUST(!err || (err == diag.err && *diag.reason && *diag.text));
	btf = open_piece(data, size, NULL, "alone");
	if (btf) {
		MUST(!err || has_unknown_kind(btf));
		MUST(kbtf_standalone_check(btf, NULL) == err);
	}
	kbtf_free(btf);
}

/* Kernels of the other byte order, or with an INT of that name that is another, refuse. */
static void relocate(const struct kbtf_standalone *made, const struct kbtf *kernel,
		     const struct kbtf *split)
{
	struct kbtf_target *target;
	struct kbtf *relocated;
	size_t size;
	const void *bytes = kbtf_bytes(split, &size);

	MUST(!kbtf_target_new(kernel, &target));
	if (made->base && !kbtf_relocate(made->btf, target, NULL, &relocated, NULL)) {
		MUST(!memcmp(kbtf_bytes(relocated, NULL), bytes, size));
		kbtf_free(relocated);
	}
	kbtf_target_free(target);
}

static void put_back(const struct kbtf *module, const struct kbtf *kernel, unsigned int flags,
		     const struct kbtf_standalone *made)
{
	struct kbtf_diag diag;
	struct kbtf *split;

	if (kbtf_standalone_to_split(made->btf, kernel, NULL, &split, &diag)) {
		MUST(!strcmp(diag.reason, "byte-order") &&
		     kbtf_is_swapped(module) != kbtf_is_swapped(kernel));
		return;
	}
	MUST(flags & KBTF_STANDALONE_NAMES ? same_types_cut(module, split, NULL)
					   : same_types(module, split, NULL));
	kbtf_free(reopen(split, kernel));
	relocate(made, kernel, split);
	kbtf_free(split);
}

static void make(const struct kbtf *module, const struct kbtf *kernel, unsigned int flags)
{
	struct kbtf_standalone made, other, back;
	struct kbtf *base, *again;
	struct kbtf_diag diag;
	size_t size, back_size;

	if (kbtf_standalone(module, flags, NULL, &made, &diag)) {
		MUST(!strcmp(diag.reason, "endless-chain") || !strcmp(diag.reason, "kind-unknown"));
		return;
	}
	MUST(!made.base == !!(flags & KBTF_STANDALONE_BARE));
	MUST(!kbtf_standalone_check(made.btf, NULL));
	base = made.base ? reopen(made.base, NULL) : NULL;
	again = reopen(made.btf, base);
	/* The other form and back. */
	MUST(!kbtf_standalone(again, flags ^ KBTF_STANDALONE_BARE, NULL, &other, NULL));
	MUST(!kbtf_standalone(other.btf, flags, NULL, &back, NULL));
	/* Not byte for byte: an empty name of BTF that was standalone before may lie behind 0,
	 * which it is when it stands alone. */
	MUST(same_types(made.btf, back.btf, NULL));
	kbtf_bytes(made.btf, &size);
	kbtf_bytes(back.btf, &back_size);
	MUST(size == back_size);
	kbtf_standalone_deinit(&back);
	kbtf_standalone_deinit(&other);
	kbtf_free(again);
	kbtf_free(base);
	put_back(module, kernel, flags, &made);
	kbtf_standalone_deinit(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf *kernel, *module;
	unsigned int flags;
	size_t kernel_size;

	if (size < 3)
		return 0;
	flags = data[0] & (KBTF_STANDALONE_BARE | KBTF_STANDALONE_NAMES);
	kernel_size = data[1] | data[2] << 8u;
	data += 3;
	size -= 3;
	if (kernel_size > size)
		return 0;
	renumber(data + kernel_size, size - kernel_size);
	kernel = open_piece(data, kernel_size, NULL, "kernel");
	module = kernel ? open_piece(data + kernel_size, size - kernel_size, kernel, "module")
			: NULL;
	if (module)
		make(module, kernel, flags);
	kbtf_free(module);
	kbtf_free(kernel);
	return 0;
}

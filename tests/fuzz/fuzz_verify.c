// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * kbtf_verify() with every profile and version. The input is a byte that chooses, and
 * BTF; for a module with .BTF.base the BTF is cut in two where two more bytes say.
 *
 * Laws: what stops at the first finding finds the same first one; sound is what
 * kbtf_open() says; and what a kernel takes as a program's is sound.
 */
#include <errno.h>
#include <string.h>

#include <kbtf/verify.h>

#include "fuzz.h"

/* What a module stands on: int, struct device, const int. */
static const struct {
	struct kbtf_header header;
	uint32_t types[10];
	char strings[12];
} kernel_bytes = {
	{ .magic = KBTF_MAGIC,
	  .version = 1,
	  .hdr_len = sizeof(struct kbtf_header),
	  .type_len = 40,
	  .str_off = 40,
	  .str_len = 12 },
	{ 1, 0x01000000, 4, 32, /* INT int */
	  5, 0x04000000, 8,	/* STRUCT device */
	  0, 0x0a000000, 1 },	/* CONST int */
	"\0int\0device",
};

static const struct kbtf *kernel(void)
{
	static struct kbtf *ret;

	if (!ret)
		MUST(!kbtf_open(&kernel_bytes, sizeof(kernel_bytes), NULL, &ret, NULL));
	return ret;
}

/* The first finding of a run. */
struct first {
	unsigned int nr;
	struct kbtf_diag diag;
};

static void keep_first(void *ctx, const struct kbtf_diag *diag)
{
	struct first *first = ctx;

	MUST(diag->err < 0 && *diag->reason && *diag->text);
	if (!first->nr++)
		first->diag = *diag;
}

static int verify(const uint8_t *bytes, size_t size, struct kbtf_verify_opts *opts)
{
	struct first all = { 0 }, one = { 0 };
	struct kbtf_diag diag;
	int err;

	err = kbtf_verify(bytes, size, opts, keep_first, &all, &diag);
	if (err == -ENOMEM)
		return err;
	MUST(!err == !all.nr);
	MUST(!err || (err == all.diag.err && err == diag.err && !strcmp(diag.text, all.diag.text)));
	opts->flags |= KBTF_VERIFY_FIRST_ONLY;
	MUST(kbtf_verify(bytes, size, opts, keep_first, &one, NULL) == err);
	MUST(one.nr == !!all.nr && (!err || !strcmp(one.diag.text, all.diag.text)));
	return err;
}

/* Kernels go further back than kbtf follows, and do not look at types they drop. */
static void must_be_sound(const uint8_t *bytes, size_t size)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_SOUND };
	struct kbtf_diag diag;

	if (kbtf_verify(bytes, size, &opts, NULL, NULL, &diag))
		MUST(!strcmp(diag.reason, "endless-chain"));
}

static void must_be_open(const uint8_t *bytes, size_t size, int err)
{
	struct kbtf *btf;
	int open_err = kbtf_open(bytes, size, NULL, &btf, NULL);

	MUST(open_err == err);
	if (!open_err)
		kbtf_free(btf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf_verify_opts opts = { .label = "fuzz" };
	uint8_t chosen;
	int err;

	if (!size)
		return 0;
	chosen = *data++;
	size--;
	opts.profile = (enum kbtf_profile)(chosen % KBTF_NR_PROFILES);
	opts.rules = (enum kbtf_kernel_rules)(chosen / KBTF_NR_PROFILES % KBTF_NR_RULES);
	opts.pointer_size = chosen & 0x80 ? 4 : 8;
	if (opts.profile == KBTF_PROFILE_MODULE) {
		opts.base = kernel();
		if (chosen & 0x40 && size >= 2) {
			opts.distilled = data + 2;
			opts.distilled_size = (data[0] | data[1] << 8u) % (size - 1);
			data += 2 + opts.distilled_size;
			size -= 2 + opts.distilled_size;
		}
	}
	err = verify(data, size, &opts);
	if (opts.profile == KBTF_PROFILE_PROGRAM && !err)
		must_be_sound(data, size);
	if (opts.profile == KBTF_PROFILE_SOUND)
		must_be_open(data, size, err);
	return 0;
}

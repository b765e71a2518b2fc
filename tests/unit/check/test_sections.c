// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Header, sections and strings: one sound BTF, patched. And what is about the whole of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kbtf/verify.h>

#include "host.h"
#include "text_btf.h"

/* Words of the header, by number. */
enum { MAGIC, HDR_LEN, TYPE_OFF, TYPE_LEN, STR_OFF, STR_LEN };

struct patch {
	const char *name;
	struct {
		int word; /* of the file; -1: none */
		uint32_t value;
	} words[3];
	long cut;   /* bytes less */
	long extra; /* bytes more, 0 each; -1: all that follows the header is strings */
	int err;
	const char *finding;
};

#define NONE                                                                                       \
	{                                                                                          \
		-1, 0                                                                              \
	}

/* 24 bytes of header, 16 of an INT, 5 of "\0int\0": 45 bytes. Words 6 to 9 are the INT. */
static const struct patch patches[] = {
	{ "as it is", { NONE, NONE, NONE }, 0, 0, 0, NULL },
	{ "nothing",
	  { NONE, NONE, NONE },
	  45,
	  0,
	  -EINVAL,
	  "+0x0: 0 bytes end before the header's length, which ends at 8 [header-truncated]" },
	{ "seven bytes",
	  { NONE, NONE, NONE },
	  38,
	  0,
	  -EINVAL,
	  "+0x7: 7 bytes end before the header's length, which ends at 8 [header-truncated]" },
	{ "header longer than all",
	  { { HDR_LEN, 46 }, NONE, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x4: header length is 46, but there are 45 bytes [header-length]" },
	{ "header with a layout",
	  { { HDR_LEN, 32 }, { 6, 0 }, { 7, FIRST_BYTE(9) } },
	  0,
	  0,
	  -E2BIG,
	  "+0x1c: header byte 28 is 0x09, but the kernel knows 24 bytes of a header of 32 "
	  "[header-unknown]" },
	{ "header of 4 bytes has no length",
	  { { HDR_LEN, 4 }, NONE, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x0: both sections end at 0, and nobody knows the 45 bytes after them [section-gap]" },
	{ "magic",
	  { { MAGIC, FIRST_WORD(0xeb9e, 1, 0) }, NONE, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x0: magic is 0xeb9e where BTF has 0xeb9f [magic]" },
	{ "version",
	  { { MAGIC, FIRST_WORD(KBTF_MAGIC, 2, 0) }, NONE, NONE },
	  0,
	  0,
	  -EOPNOTSUPP,
	  "+0x2: version is 2, the kernel knows 1 [version]" },
	{ "flags",
	  { { MAGIC, FIRST_WORD(KBTF_MAGIC, 1, 0x80) }, NONE, NONE },
	  0,
	  0,
	  -EOPNOTSUPP,
	  "+0x3: flags are 0x80, the kernel knows none [flags]" },
	{ "header alone",
	  { NONE, NONE, NONE },
	  21,
	  0,
	  -EINVAL,
	  "+0x18: there is nothing after the 24 bytes of the header [no-data]" },
	{ "types begin too late",
	  { { TYPE_OFF, 100 }, NONE, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x10: string section begins at 16, and nobody knows the bytes from 0 on "
	  "[section-gap]" },
	{ "strings begin too late",
	  { { STR_OFF, 22 }, NONE, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x10: string section begins at 22, beyond the 21 bytes after the header "
	  "[section-range]" },
	{ "hole before the types",
	  { { TYPE_OFF, 4 }, { TYPE_LEN, 12 }, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x8: type section begins at 4, and nobody knows the bytes from 0 on [section-gap]" },
	{ "strings among types",
	  { { STR_OFF, 12 }, NONE, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x10: string section begins at 12, but the one before it ends at 16 "
	  "[section-overlap]" },
	{ "strings too long",
	  { { STR_LEN, 6 }, NONE, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x14: string section of 6 bytes begins at 16, with 5 left [section-range]" },
	{ "bytes behind",
	  { NONE, NONE, NONE },
	  0,
	  3,
	  -EINVAL,
	  "+0x2d: both sections end at 21, and nobody knows the 3 bytes after them [section-gap]" },
	{ "strings first",
	  { { TYPE_OFF, 5 }, { STR_OFF, 0 }, NONE },
	  0,
	  0,
	  -EINVAL,
	  "+0x10: string section ends at byte 29 of 45 [strings-last]" },
	{ "no strings",
	  { { TYPE_LEN, 21 }, { STR_OFF, 21 }, { STR_LEN, 0 } },
	  0,
	  0,
	  -EINVAL,
	  "+0x14: string section is empty; it has to begin with an empty string [strings-empty]" },
	{ "strings do not end",
	  { { STR_LEN, 4 }, NONE, NONE },
	  1,
	  0,
	  -EINVAL,
	  "+0x2b: last byte of the string section is 0x74, not 0 [strings-unterminated]" },
	{ "strings of split BTF",
	  { { TYPE_LEN, 17 }, { STR_OFF, 17 }, { STR_LEN, 4 } },
	  0,
	  0,
	  -EINVAL,
	  "+0x29: first byte of the string section is 0x69, not 0: this is split BTF and needs its "
	  "base, or it is damaged [strings-start]" },
	{ "types not aligned",
	  { { TYPE_OFF, 21 }, { TYPE_LEN, 0 }, { STR_OFF, 0 } },
	  0,
	  -1,
	  -EINVAL,
	  "+0x8: type section begins at 21, which is not a multiple of 4 [section-align]" },
	{ "no types",
	  { { TYPE_LEN, 0 }, { STR_OFF, 0 }, { STR_LEN, 21 } },
	  0,
	  -1,
	  -EINVAL,
	  "+0xc: there are no types [types-empty]" },
};

static uint8_t *patched(const struct patch *p, size_t *ret_size)
{
	size_t size, i;
	uint8_t *bytes = text_btf("INT int 4 : 32\n", 0, &size), *ret;

	for (i = 0; i < 3; i++)
		if (p->words[i].word >= 0)
			memcpy(bytes + 4 * p->words[i].word, &p->words[i].value, 4);
	if (p->extra < 0) {
		uint32_t len = 21;

		memcpy(bytes + 4 * STR_LEN, &len, 4);
		bytes[24] = 0;
	}
	*ret_size = size - (size_t)p->cut + (size_t)(p->extra > 0 ? p->extra : 0);
	ret = calloc(1, *ret_size ? *ret_size : 1);
	memcpy(ret, bytes, size < *ret_size ? size : *ret_size);
	free(bytes);
	return ret;
}

static void assert_verdict(const uint8_t *bytes, size_t size, const struct kbtf_verify_opts *opts,
			   const char *name, int err, const char *finding)
{
	struct kbtf_diag diag;
	char line[800];
	int ret = kbtf_verify(bytes, size, opts, NULL, NULL, &diag);

	if (ret)
		kbtf_diag_format(&diag, line, sizeof(line));
	if (ret != err || (ret && strcmp(line, finding)))
		fail_msg("%s: %d, %s\ninstead of %d, %s", name, ret, ret ? line : "accepted", err,
			 finding ? finding : "accepted");
}

static void test_patches(void **state)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_PROGRAM };
	size_t i, size;

	(void)state;
	for (i = 0; i < sizeof(patches) / sizeof(*patches); i++) {
		uint8_t *bytes = patched(&patches[i], &size);

		assert_verdict(bytes, size, &opts, patches[i].name, patches[i].err,
			       patches[i].finding);
		free(bytes);
	}
}

/* The kernel subtracts offsets into an int: a string section 2 GiB on is sorted in front. */
static void test_sections_far_apart(void **state)
{
	const struct patch far = { "far", { { STR_OFF, 0x80000001 }, NONE, NONE }, 0, 0, 0, NULL };
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_PROGRAM };
	size_t size;
	uint8_t *bytes = patched(&far, &size);

	(void)state;
	assert_verdict(bytes, size, &opts, "far", -EINVAL,
		       "+0x10: string section begins at 2147483649, beyond the 21 bytes after the "
		       "header [section-range]");
	free(bytes);
}

static void count(void *ctx, const struct kbtf_diag *diag)
{
	unsigned int *nr = ctx;

	(void)diag;
	++*nr;
}

static void test_flags_do_not_hide_the_rest(void **state)
{
	/* header flags, and an INT of 2 bytes with 32 bits */
	const struct patch p = { "", { { MAGIC, FIRST_WORD(KBTF_MAGIC, 1, 1) }, { 8, 2 }, NONE },
				 0,  0,
				 0,  NULL };
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_VMLINUX };
	unsigned int nr = 0;
	size_t size;
	uint8_t *bytes = patched(&p, &size);

	(void)state;
	assert_int_equal(kbtf_verify(bytes, size, &opts, count, &nr, NULL), -EOPNOTSUPP);
	assert_int_equal(nr, 2);
	free(bytes);
}

static void test_kernel_asks_less_of_its_own(void **state)
{
	const struct patch p = { "no types", { { TYPE_LEN, 0 }, { STR_OFF, 0 }, NONE }, 0, -1, 0,
				 NULL };
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_VMLINUX };
	size_t size;
	uint8_t *bytes = patched(&p, &size);

	(void)state;
	assert_verdict(bytes, size, &opts, "vmlinux without types", 0, NULL);
	free(bytes);
}

static void test_too_large(void **state)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_PROGRAM };
	size_t size = (16u << 20) + 1;
	uint8_t *bytes = calloc(1, size);

	(void)state;
	assert_verdict(bytes, size, &opts, "large", -E2BIG,
		       "16777217 bytes, at most 16777216 are taken [size]");
	free(bytes);
}

/* A string section of 16 MiB and a byte, which only a kernel's own BTF can have. */
static void test_too_many_strings(void **state)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_VMLINUX };
	uint32_t header[6] = { FIRST_WORD(KBTF_MAGIC, 1, 0), 24, 0, 0, 0, (16u << 20) + 1 };
	size_t size = sizeof(header) + header[5];
	uint8_t *bytes = calloc(1, size);

	(void)state;
	memcpy(bytes, header, sizeof(header));
	assert_verdict(bytes, size, &opts, "strings", -EINVAL,
		       "+0x14: string section takes 16777217 bytes, at most 16777216 are taken "
		       "[strings-size]");
	free(bytes);
}

/* nr PTRs to void. */
static uint8_t *many_types(uint32_t nr, const char *strings, uint32_t strings_len, size_t *ret_size)
{
	uint32_t header[6] = { FIRST_WORD(KBTF_MAGIC, 1, 0), 24, 0, nr * 12, nr * 12, strings_len },
		 i;
	uint32_t ptr[3] = { 0, kbtf_info(KBTF_PTR, 0, 0), 0 };
	uint8_t *bytes;

	*ret_size = sizeof(header) + nr * 12 + strings_len;
	bytes = malloc(*ret_size);
	memcpy(bytes, header, sizeof(header));
	for (i = 0; i < nr; i++)
		memcpy(bytes + sizeof(header) + i * 12, ptr, sizeof(ptr));
	memcpy(bytes + sizeof(header) + nr * 12, strings, strings_len);
	return bytes;
}

/* Standing alone they are dropped without a word; behind a base the kernel's table overflows. */
static void test_too_many_types(void **state)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_VMLINUX };
	struct kbtf *base;
	size_t size;
	uint8_t *bytes;

	(void)state;
	bytes = many_types(0x100000, "", 1, &size);
	assert_verdict(bytes, size, &opts, "a million", 0, NULL);
	free(bytes);
	bytes = text_btf("INT int 4 : 32\n", 0, &size);
	assert_int_equal(kbtf_open(bytes, size, NULL, &base, NULL), 0);
	free(bytes);
	opts.profile = KBTF_PROFILE_MODULE;
	opts.base = base;
	bytes = many_types(0x100000, "", 0, &size);
	assert_verdict(bytes, size, &opts, "a million of a module's", -EFAULT,
		       "1048576 types of its own, the kernel has room for 1048575 [type-count]");
	free(bytes);
	kbtf_free(base);
}

static void set_swapped(uint8_t *bytes, size_t at, uint32_t word)
{
	word = __builtin_bswap32(word);
	memcpy(bytes + at, &word, 4);
}

/* BTF of the other byte order is held against a kernel of that order, unless told not to. */
static void test_byte_order(void **state)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_PROGRAM };
	const struct patch as_it_is = { "", { NONE, NONE, NONE }, 0, 0, 0, NULL };
	size_t size, i;
	uint8_t *bytes = patched(&as_it_is, &size), low = bytes[0];

	(void)state;
	bytes[0] = bytes[1];
	bytes[1] = low;
	for (i = 4; i < 40; i += 4) {
		uint32_t word;

		memcpy(&word, bytes + i, 4);
		set_swapped(bytes, i, word);
	}
	assert_verdict(bytes, size, &opts, "other order", 0, NULL);
	opts.flags = KBTF_VERIFY_HOST_ORDER;
	assert_verdict(bytes, size, &opts, "this host's order", -EINVAL,
		       "+0x4: header length is 402653184, but there are 45 bytes [header-length]");
	opts.flags = 0;
	set_swapped(bytes, 24 + 8, 12); /* the INT's size */
	set_swapped(bytes, 24 + 12, 97);
	assert_verdict(
		bytes, size, &opts, "other order, INT", -EINVAL,
		"+0x18: type [1] INT int: offset 0 and 97 bits end at bit 97, beyond size 12 "
		"[int-size]");
	free(bytes);
}

static void test_module_needs_its_kernel(void **state)
{
	struct kbtf_verify_opts opts = { .profile = KBTF_PROFILE_MODULE, .label = "a.ko: .BTF" };
	struct kbtf_open_opts split = { .label = "split" };
	struct kbtf *base, *on_base;
	size_t size;
	uint8_t *bytes = text_btf("INT int 4 : 32\n", 0, &size);

	(void)state;
	assert_verdict(bytes, size, &opts, "no base", -EOPNOTSUPP,
		       "a.ko: .BTF: no kernel's BTF was given to hold the module against "
		       "[base-missing]");
	assert_int_equal(kbtf_open(bytes, size, NULL, &base, NULL), 0);
	split.base = base;
	assert_int_equal(kbtf_open(bytes, size, &split, &on_base, NULL), 0);
	opts.base = on_base;
	assert_verdict(bytes, size, &opts, "split base", -EOPNOTSUPP,
		       "a.ko: .BTF: split is split BTF, a kernel's own stands alone [base-split]");
	kbtf_free(on_base);
	kbtf_free(base);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patches),
		cmocka_unit_test(test_sections_far_apart),
		cmocka_unit_test(test_flags_do_not_hide_the_rest),
		cmocka_unit_test(test_kernel_asks_less_of_its_own),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_too_many_strings),
		cmocka_unit_test(test_too_many_types),
		cmocka_unit_test(test_byte_order),
		cmocka_unit_test(test_module_needs_its_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Resolving in files of either class and byte order, linked or not; files that are damaged. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kbtf/btf.h>
#include <kbtf/image.h>
#include <kbtf/inspect.h>
#include <kbtf/job.h>
#include <kbtf/resolve_btfids.h>

#include "../image/temp_dir.h"
#include "ids_made.h"

#define NR_SORTS 8u /* of ELF, relocatable and linked */

static const struct elf_sort *sort_of(unsigned int i)
{
	return &elf_sorts[i % 4];
}

static struct made_elf made_of(unsigned int i, const uint32_t *words)
{
	return ids_made(sort_of(i), i < 4 ? ET_REL : ET_EXEC, words);
}

static void check_file(const char *path, const struct made_elf *expected)
{
	size_t size;
	char *bytes = slurp(path, &size);

	assert_non_null(bytes);
	assert_int_equal(size, expected->size);
	assert_memory_equal(bytes, expected->bytes, size);
	free(bytes);
}

/* As what is resolved in place becomes: in relocatable files with symbols that say where the
 * flags are. */
static struct made_elf resolved_of(unsigned int i)
{
	const struct ids_made_places beside = { 3, 5, 2 };

	if (i >= 4)
		return made_of(i, ids_made_resolved);
	return ids_made_with(sort_of(i), ET_REL, IDS_MADE_TYPES, &beside, ids_made_resolved);
}

static void test_in_place(void **state)
{
	const struct kbtf_resolve_btfids_opts opts = { .path = "vmlinux" };
	struct kbtf_resolve_btfids_result result;
	struct kbtf_diag diag;
	unsigned int i;

	(void)state;
	for (i = 0; i < NR_SORTS; i++) {
		struct made_elf fresh = made_of(i, ids_made_fresh), resolved = resolved_of(i);

		make_file("vmlinux", fresh.bytes, fresh.size);
		assert_ok(kbtf_resolve_btfids(&opts, &result, &diag), &diag);
		check_file("vmlinux", &resolved);
		assert_int_equal(result.nr_ids, 4);
		assert_int_equal(result.nr_warnings, 0);
		/* once more, and nothing is written: it may be read-only */
		assert_int_equal(chmod("vmlinux", 0400), 0);
		assert_ok(kbtf_resolve_btfids(&opts, &result, &diag), &diag);
		check_file("vmlinux", &resolved);
		unlink("vmlinux");
		free(fresh.bytes);
		free(resolved.bytes);
	}
}

/*
 * As in a build that makes BTF of a module anew and does not link it again: f and a have
 * changed places, and each keeps its flags, back and forth.
 */
static void test_again_on_other_btf(void **state)
{
	static const char other_types[] = "int i 4 1; struct s 8 (m 1 0); ptr 2; proto 3 (p 1); "
					  "func a 4 1; func f 4 1; typedef t 1";
	static const uint32_t other[IDS_MADE_WORDS] = { 2, 2, 1, 5, 1, 6, 0x20, 1, 7 };
	const struct ids_made_places first_places = { 3, 5, 2 }, other_places = { 5, 3, 2 };
	const struct kbtf_resolve_btfids_opts opts = { .path = "module" };
	struct kbtf_resolve_btfids_result result;
	struct made_elf elf, expected;
	struct kbtf_diag diag;
	unsigned int i, back;

	(void)state;
	for (i = 0; i < 4; i++)
		for (back = 0; back < 2; back++) {
			elf = ids_made_with(sort_of(i), ET_REL, back ? IDS_MADE_TYPES : other_types,
					    back ? &other_places : &first_places,
					    back ? other : ids_made_resolved);
			expected = ids_made_with(sort_of(i), ET_REL,
						 back ? IDS_MADE_TYPES : other_types,
						 back ? &first_places : &other_places,
						 back ? ids_made_resolved : other);
			make_file("module", elf.bytes, elf.size);
			assert_ok(kbtf_resolve_btfids(&opts, &result, &diag), &diag);
			check_file("module", &expected);
			free(elf.bytes);
			free(expected.bytes);
		}
}

static void count(void *ctx, const struct kbtf_job_result *result)
{
	unsigned int *nr = ctx;

	nr[result->outcome]++;
}

/* The job writes what is patched in place. */
static void test_job(void **state)
{
	const char *const inputs[] = { "fresh" };
	unsigned int nr[KBTF_NR_OUTCOMES] = { 0 }, i;
	const struct kbtf_job_opts opts = { .command = KBTF_JOB_IDS,
					    .inputs = inputs,
					    .nr_inputs = 1,
					    .output = "made",
					    .result = count,
					    .ctx = nr };
	struct kbtf_job_summary summary;
	struct kbtf_diag diag;
	struct kbtf_job *job;

	(void)state;
	for (i = 0; i < NR_SORTS; i++) {
		struct made_elf fresh = made_of(i, ids_made_fresh),
				resolved = made_of(i, ids_made_resolved);

		make_file("fresh", fresh.bytes, fresh.size);
		assert_ok(kbtf_job_new(&opts, &job, &diag), &diag);
		assert_ok(kbtf_job_run(job, &summary, &diag), &diag);
		kbtf_job_free(job);
		assert_int_equal(nr[KBTF_OUT_DONE], i + 1);
		check_file("made", &resolved);
		check_file("fresh", &fresh);
		free(fresh.bytes);
		free(resolved.bytes);
	}
}

static void check_words(const char *path, const struct elf_sort *sort, const uint32_t *expected)
{
	size_t size, i;
	char *bytes = slurp(path, &size);

	assert_non_null(bytes);
	assert_int_equal(size, 4 * IDS_MADE_WORDS);
	for (i = 0; i < IDS_MADE_WORDS; i++)
		assert_int_equal(get((uint8_t *)bytes + 4 * i, 4, sort->big_endian), expected[i]);
	free(bytes);
}

/* In the order of names, in the byte order of the ELF file: (anon) x4, a, bpf_kfunc x2, f, i, s, t.
 */
static void test_files(void **state)
{
	static const uint32_t expected[IDS_MADE_WORDS] = { 8, 2, 1, 3, 1, 6, 0x20, 1, 9 };
	const struct kbtf_resolve_btfids_opts opts = { .path = "vmlinux", .to_files = true };
	struct kbtf_resolve_btfids_result result;
	struct kbtf_diag diag;
	unsigned int i;

	(void)state;
	for (i = 0; i < NR_SORTS; i++) {
		struct made_elf fresh = made_of(i, ids_made_fresh);
		struct kbtf *btf;
		size_t size;
		char *bytes;

		make_file("vmlinux", fresh.bytes, fresh.size);
		assert_ok(kbtf_resolve_btfids(&opts, &result, &diag), &diag);
		check_file("vmlinux", &fresh);
		check_words("vmlinux.BTF_ids", sort_of(i), expected);
		bytes = slurp("vmlinux.BTF", &size);
		assert_int_equal((uint8_t)bytes[0], sort_of(i)->big_endian ? 0xeb : 0x9f);
		assert_ok(kbtf_open(bytes, size, NULL, &btf, &diag), &diag);
		assert_string_equal(kbtf_name(btf, 8), "s");
		assert_string_equal(kbtf_name(btf, 3), "a");
		assert_string_equal(kbtf_name(btf, 4), "bpf_kfunc");
		kbtf_free(btf);
		free(bytes);

		assert_ok(kbtf_patch_btfids("vmlinux", "vmlinux.BTF_ids", &diag), &diag);
		bytes = slurp("vmlinux", &size);
		assert_int_equal(size, fresh.size);
		assert_memory_not_equal(bytes, fresh.bytes, size);
		free(bytes);
		free(fresh.bytes);
	}
}

static int collect(void *ctx, const char *text, size_t n)
{
	strncat(ctx, text, n);
	return 0;
}

static void test_list(void **state)
{
	const char *const inputs[] = { "vmlinux" };
	const struct kbtf_list_ids_opts opts = { .inputs = inputs, .nr_inputs = 1 };
	unsigned int i;

	(void)state;
	for (i = 0; i < NR_SORTS; i++) {
		struct made_elf elf = made_of(i, ids_made_resolved);
		char text[1024] = "";

		make_file("vmlinux", elf.bytes, elf.size);
		free(elf.bytes);
		if (i < 4) /* not linked: it would be a module, which stands on a kernel */
			continue;
		assert_int_equal(kbtf_list_ids(&opts, collect, text), 0);
		assert_string_equal(text, "vmlinux\n"
					  "  kfuncs kfuncs: 2\n"
					  "           5  struct s *f(int p);  SLEEPABLE\n"
					  "           6  struct s *a(int p);  ACQUIRE\n"
					  "  set plain: 1\n"
					  "           7  TYPEDEF t\n"
					  "  list list\n"
					  "           2  STRUCT s\n");
	}
}

static void refuse_each(const struct made_elf *elf, const char *line, const char *files_line)
{
	struct kbtf_resolve_btfids_opts opts = { .path = "vmlinux" };
	struct kbtf_resolve_btfids_result result;
	struct kbtf_diag diag;
	int to_files;

	make_file("vmlinux", elf->bytes, elf->size);
	for (to_files = 0; to_files < 2; to_files++) {
		opts.to_files = to_files;
		assert_true(kbtf_resolve_btfids(&opts, &result, &diag) < 0);
		assert_diag(&diag, to_files ? files_line : line);
		check_file("vmlinux", elf);
		assert_int_equal(nr_names("."), 1);
	}
}

static void refuse(const struct made_elf *elf, const char *line)
{
	refuse_each(elf, line, line);
}

static void test_damaged(void **state)
{
	struct made_elf elf = made_of(0, ids_made_fresh);
	uint64_t offset = get_shdr(&elf, 2, SH_OFFSET);
	uint32_t words[IDS_MADE_WORDS];
	size_t size = elf.size;

	(void)state;
	elf.size--;
	refuse(&elf,
	       "vmlinux: 6 section headers at 0x270 reach beyond the end of the file at 0x3ef "
	       "[elf-truncated]");
	elf.size = size;

	set_shdr(&elf, 2, SH_SIZE, 34);
	refuse(&elf,
	       "vmlinux: .symtab: symbol [6] __BTF_ID__set__plain with 8 bytes at 0x1c is not "
	       "inside section .BTF_ids of 34 bytes at 0x0 [elf-symbols]");
	set_shdr(&elf, 2, SH_SIZE, 4 * IDS_MADE_WORDS);

	put(elf.bytes + offset + 4, 3, 4, sort_of(0)->big_endian);
	refuse(&elf,
	       "vmlinux: .BTF_ids+0x4: set set8__kfuncs counts 3 ids, its symbol has 24 bytes "
	       "[ids-set]");
	free(elf.bytes);

	memcpy(words, ids_made_resolved, sizeof(words));
	words[5] = 7; /* as on other BTF */
	elf = made_of(0, words);
	refuse_each(&elf,
		    "vmlinux: .BTF_ids+0x4: set kfuncs was resolved before, with other ids (7 "
		    "where this BTF gives 6): which flags are whose cannot be told any more "
		    "[ids-resolved]",
		    "vmlinux: .BTF_ids+0x4: set kfuncs was resolved before, with other ids (5 "
		    "where this BTF gives 3): which flags are whose cannot be told any more "
		    "[ids-resolved]");
	set_shdr(&elf, 1, SH_TYPE, SHT_NOBITS);
	refuse(&elf,
	       "vmlinux: section .BTF has no bytes in this file (SHT_NOBITS): this may be the "
	       "debug half of a split file [section-without-bytes]");
	free(elf.bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temp_dir_setup, temp_dir_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_in_place), TEST(test_again_on_other_btf),
		TEST(test_job),	     TEST(test_files),
		TEST(test_list),     TEST(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

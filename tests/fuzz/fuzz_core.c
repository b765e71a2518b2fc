// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * CO-RE: .BTF.ext and access strings of a program, and minimising for it. The input is
 *
 *   u16 size of the program's BTF, u16 size of its .BTF.ext, both of them, a kernel's BTF
 *
 * Laws: a walk of records gives as many as the table says; what is left opens, and has
 * an answer to each record as the kernel had; and what is left of that is the same bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/reduce.h>

#include "fuzz.h"

#define MAX_RECORDS 256u

struct answers {
	struct {
		enum kbtf_core_outcome outcome;
		uint64_t value;
		bool poisons;
	} of[MAX_RECORDS];
	size_t nr;
	bool failed; /* one of them: then less may be left */
};

static void on_result(void *ctx, const struct kbtf_core_result *r)
{
	struct answers *a = ctx;
	char text[1024];

	MUST(!r->why == (r->outcome < KBTF_CORE_MISSING));
	if (r->why)
		kbtf_diag_format(r->why, text, sizeof(text));
	kbtf_program_describe(r->program, r->index, text, sizeof(text));
	MUST(a->nr == r->index && a->nr < MAX_RECORDS);
	a->of[a->nr].outcome = r->outcome;
	a->of[a->nr].value = r->value;
	a->of[a->nr++].poisons = r->poisons;
	a->failed |= r->outcome == KBTF_CORE_FAILED;
}

static void on_keep(void *ctx, const struct kbtf_core_keep *keep)
{
	(void)ctx;
	MUST(kbtf_type(keep->btf, keep->type_id));
}

static struct kbtf *minimize(const struct kbtf *kernel_btf, const struct kbtf_program *program,
			     unsigned int flags, struct answers *answers)
{
	struct kbtf_minimize_opts opts = {
		.flags = flags, .result = on_result, .keep = on_keep, .ctx = answers
	};
	struct kbtf_core_kernel *kernel;
	struct kbtf_minimized left;
	struct kbtf_diag diag;
	int err;

	memset(answers, 0, sizeof(*answers));
	MUST(!kbtf_core_kernel_new(kernel_btf, &kernel));
	err = kbtf_minimize(kernel, &program, 1, &opts, &left, &diag);
	kbtf_core_kernel_free(kernel);
	if (err == -ELOOP) /* a struct that embeds itself is no better for having less in it */
		return NULL;
	MUST(!err);
	kernel_btf = left.base;
	left.base = NULL;
	kbtf_minimized_deinit(&left);
	return (struct kbtf *)kernel_btf;
}

static void check_same(const struct kbtf_program *program, const struct answers *a,
		       const struct answers *b)
{
	size_t i;

	MUST(a->nr == b->nr);
	for (i = 0; i < a->nr; i++) {
		MUST(a->of[i].outcome == b->of[i].outcome);
		if (kbtf_program_record(program, i)->kind != KBTF_CORE_TYPE_ID_TARGET)
			MUST(a->of[i].value == b->of[i].value);
		MUST(a->of[i].poisons == b->of[i].poisons);
	}
}

static void try_kernel(const struct kbtf_program *program, const uint8_t *data, size_t size)
{
	struct kbtf_open_opts opts = { .flags = KBTF_OPEN_TRUST_CHAINS };
	struct kbtf *kernel, *sound = NULL, *left, *again;
	struct answers whole, rest;
	size_t left_size, again_size;

	if (kbtf_open(data, size, &opts, &kernel, NULL))
		return;
	left = minimize(kernel, program, KBTF_MINIMIZE_NEAREST, &whole);
	/* Chains that do not end are cut, which no law is about. */
	if (!whole.failed && !kbtf_open(data, size, NULL, &sound, NULL)) {
		MUST(left);
		again = minimize(left, program, KBTF_MINIMIZE_MERGED, &rest);
		check_same(program, &whole, &rest);
		kbtf_bytes(left, &left_size);
		kbtf_bytes(again, &again_size);
		MUST(left_size == again_size &&
		     !memcmp(kbtf_bytes(left, NULL), kbtf_bytes(again, NULL), left_size));
		kbtf_free(again);
	}
	kbtf_free(sound);
	kbtf_free(left);
	kbtf_free(kernel);
}

static void walk(const struct kbtf_ext *ext)
{
	struct kbtf_ext_record record;
	struct kbtf_ext_walk w;
	unsigned int kind;

	for (kind = 0; kind < KBTF_NR_EXT_KINDS; kind++) {
		uint32_t nr = 0;

		kbtf_ext_walk_init(&w, ext, kind);
		while (kbtf_ext_walk_next(&w, &record))
			nr++;
		MUST(nr == kbtf_ext_table(ext, kind)->nr_records);
	}
}

/* Numbers that were read, written as such a string has them, are read again. */
static void try_access(const uint8_t *data, size_t size)
{
	uint32_t numbers[KBTF_CORE_MAX_ACCESS], again[KBTF_CORE_MAX_ACCESS];
	char *text = malloc(size + 1), plain[KBTF_CORE_MAX_ACCESS * 11 + 1];
	int nr, len = 0, i;

	MUST(text);
	memcpy(text, data, size);
	text[size] = '\0';
	nr = kbtf_core_parse_access(text, numbers);
	free(text);
	MUST(nr == -EINVAL || nr == -E2BIG || (nr > 0 && nr <= (int)KBTF_CORE_MAX_ACCESS));
	if (nr < 0)
		return;
	for (i = 0; i < nr; i++)
		len += snprintf(plain + len, sizeof(plain) - (size_t)len, "%s%u", i ? ":" : "",
				numbers[i]);
	MUST(kbtf_core_parse_access(plain, again) == nr);
	MUST(!memcmp(numbers, again, (size_t)nr * sizeof(*again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf_program *program = NULL;
	uint16_t btf_size, ext_size;
	struct kbtf_ext *ext = NULL;
	struct kbtf *btf = NULL;

	try_access(data, size);
	if (size < 4)
		return 0;
	memcpy(&btf_size, data, 2);
	memcpy(&ext_size, data + 2, 2);
	data += 4;
	size -= 4;
	if (btf_size > size || ext_size > size - btf_size)
		return 0;
	if (!kbtf_ext_open(data + btf_size, ext_size, NULL, &ext, NULL))
		walk(ext);
	if (ext && kbtf_ext_table(ext, KBTF_EXT_CORE)->nr_records <= MAX_RECORDS &&
	    !kbtf_open(data, btf_size, NULL, &btf, NULL) &&
	    !kbtf_program_new(btf, ext, "program", &program, NULL))
		try_kernel(program, data + btf_size + ext_size, size - btf_size - ext_size);
	kbtf_program_free(program);
	kbtf_free(btf);
	kbtf_ext_free(ext);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What came of a kernel, collected while it is minimised. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "minimize.h"

void kbtf_minimize_made_init(struct kbtf_minimize_made *made, const char *kernel,
			     const char *program, unsigned int flags)
{
	memset(made, 0, sizeof(*made));
	made->result.kernel = kernel;
	made->result.program = program;
	made->flags = flags;
}

void kbtf_minimize_made_deinit(struct kbtf_minimize_made *made)
{
	kbtf_buf_deinit(&made->findings);
	kbtf_buf_deinit(&made->missing);
	kbtf_buf_deinit(&made->keeps);
	kbtf_buf_deinit(&made->strings);
	free(made->output);
}

static void append(struct kbtf_minimize_made *made, struct kbtf_buf *buf, const void *bytes,
		   size_t size)
{
	made->no_memory |= kbtf_buf_append(buf, bytes, size) != 0;
}

/* The kernel goes in front of what is said of a program: "6.12: prog.o: tp+0x8: ...". */
static void append_diag(struct kbtf_minimize_made *made, struct kbtf_buf *buf,
			const struct kbtf_diag *diag)
{
	struct kbtf_diag placed = *diag;
	size_t len = strlen(made->result.kernel);

	if (strncmp(placed.place, made->result.kernel, len))
		kbtf_diag_in(&placed, made->result.kernel);
	append(made, buf, &placed, sizeof(placed));
}

void kbtf_minimize_made_finding(struct kbtf_minimize_made *made, const struct kbtf_diag *diag)
{
	append_diag(made, &made->findings, diag);
}

static enum kbtf_outcome outcome_of(int err)
{
	switch (err) {
	case -ENOMEM:
	case -ENOENT:
	case -EACCES:
	case -EPERM:
	case -EIO:
	case -ENOSPC:
	case -EROFS:
	case -EISDIR:
	case -ENOTDIR:
		return KBTF_OUT_FAILED;
	default:
		return KBTF_OUT_REFUSED;
	}
}

void kbtf_minimize_made_fail(struct kbtf_minimize_made *made, const struct kbtf_diag *why)
{
	size_t len = strlen(made->result.kernel);

	made->why = *why;
	if (strncmp(made->why.place, made->result.kernel, len))
		kbtf_diag_in(&made->why, made->result.kernel);
	made->result.outcome = outcome_of(why->err);
}

void kbtf_minimize_made_result(void *ctx, const struct kbtf_core_result *r)
{
	struct kbtf_minimize_made *made = ctx;

	made->result.nr_records++;
	made->result.nr_outcomes[r->outcome]++;
	if (r->outcome == KBTF_CORE_AMBIGUOUS || r->outcome == KBTF_CORE_FAILED)
		append_diag(made, &made->findings, r->why);
	else if (r->outcome == KBTF_CORE_MISSING && made->flags & KBTF_MINJOB_MISSING)
		append_diag(made, &made->missing, r->why);
}

/* Strings move while they are collected: what is kept first is their offset, plus 1. */
static const char *intern(struct kbtf_minimize_made *made, const char *s)
{
	size_t at = made->strings.size + 1;

	append(made, &made->strings, s, strlen(s) + 1);
	return (const char *)(uintptr_t)at;
}

void kbtf_minimize_made_keep(void *ctx, const struct kbtf_core_keep *keep)
{
	struct kbtf_minimize_made *made = ctx;
	const struct kbtf_type *t = kbtf_type(keep->btf, keep->type_id);
	const struct kbtf_core_record *record = kbtf_program_record(keep->program, keep->index);
	struct kbtf_minimize_keep k = {
		.program = kbtf_program_label(keep->program),
		.section = record->section,
		.insn_off = record->insn_off,
	};
	const char *name = kbtf_name(keep->btf, keep->type_id);
	char text[300];

	snprintf(text, sizeof(text), "%s %.200s", kbtf_kind_name(kbtf_kind(t)),
		 *name ? name : "(anon)");
	k.type = intern(made, text);
	if (keep->element)
		k.element = intern(made, *keep->element ? keep->element : "(anon)");
	if (keep->btf != made->base)
		k.module = intern(made, kbtf_label(keep->btf));
	kbtf_program_describe(keep->program, keep->index, text, sizeof(text));
	k.record = intern(made, text);
	append(made, &made->keeps, &k, sizeof(k));
}

static void settle(const struct kbtf_minimize_made *made, const char **s)
{
	if (*s)
		*s = (const char *)made->strings.data + (uintptr_t)*s - 1;
}

void kbtf_minimize_made_finish(struct kbtf_minimize_made *made)
{
	struct kbtf_minimize_result *r = &made->result;
	struct kbtf_minimize_keep *keeps = (struct kbtf_minimize_keep *)made->keeps.data;
	struct kbtf_diag no_memory;
	size_t i;

	if (made->no_memory) {
		kbtf_fail_nomem(&no_memory);
		kbtf_minimize_made_fail(made, &no_memory);
		made->findings.size = made->missing.size = made->keeps.size = 0;
	}
	r->output = made->output;
	r->why = r->outcome == KBTF_OUT_DONE ? NULL : &made->why;
	r->findings = (const struct kbtf_diag *)made->findings.data;
	r->nr_findings = made->findings.size / sizeof(*r->findings);
	r->missing = (const struct kbtf_diag *)made->missing.data;
	r->nr_missing = made->missing.size / sizeof(*r->missing);
	r->keeps = keeps;
	r->nr_keeps = made->keeps.size / sizeof(*keeps);
	for (i = 0; i < r->nr_keeps; i++) {
		settle(made, &keeps[i].type);
		settle(made, &keeps[i].element);
		settle(made, &keeps[i].module);
		settle(made, &keeps[i].record);
	}
}

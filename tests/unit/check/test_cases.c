// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Every rule of the kernels has an input that breaks it, and the findings of each
 * input are these, word for word. KBTF_TEST_PRINT prints them as they are now.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cases.h"
#include "text_btf.h"

const struct check_case *const all_cases[] = { meta_cases,   resolve_cases, field_cases,
					       module_cases, sound_cases,   NULL };

struct findings {
	char text[16384];
	size_t len;
	const char *reasons[64];
	int errs[64];
	unsigned int nr;
};

static void add(void *ctx, const struct kbtf_diag *diag)
{
	struct findings *f = ctx;

	f->len += (size_t)kbtf_diag_format(diag, f->text + f->len, sizeof(f->text) - f->len);
	f->text[f->len++] = '\n';
	f->text[f->len] = '\0';
	f->reasons[f->nr] = diag->reason;
	f->errs[f->nr++] = diag->err;
}

/* Verify a case with these flags; the findings go to ret. */
static int run(const struct check_case *cs, unsigned int flags, struct findings *ret,
	       struct kbtf_diag *first)
{
	struct kbtf_verify_opts opts = { .profile = cs->profile,
					 .rules = cs->rules,
					 .flags = flags };
	size_t size, base_size, distilled_size = 0;
	uint8_t *bytes, *base_bytes, *distilled = NULL;
	struct kbtf *base = NULL;
	uint32_t str_start = 0;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (cs->base) {
		struct kbtf_open_opts open_opts = { .label = "vmlinux" };

		base_bytes = text_btf(cs->base, 0, &base_size);
		assert_int_equal(kbtf_open(base_bytes, base_size, &open_opts, &base, NULL), 0);
		free(base_bytes);
		opts.base = base;
		if (cs->profile != KBTF_PROFILE_PROGRAM)
			str_start = kbtf_header(base)->str_len;
	}
	if (cs->distilled) {
		distilled = text_btf(cs->distilled, 0, &distilled_size);
		opts.distilled = distilled;
		opts.distilled_size = distilled_size;
		str_start = ((struct kbtf_header *)distilled)->str_len;
	}
	bytes = text_btf(cs->types, str_start, &size);
	err = kbtf_verify(bytes, size, &opts, add, ret, first);
	free(bytes);
	free(distilled);
	kbtf_free(base);
	return err;
}

static void check(const struct check_case *cs)
{
	struct findings all, one;
	struct kbtf_diag first = { .err = 1 };
	char line[1024];
	int err = run(cs, 0, &all, &first);

	if (getenv("KBTF_TEST_PRINT")) {
		printf("=== %s\n%s", cs->name, all.text);
		return;
	}
	if (strcmp(all.text, cs->findings))
		fail_msg("%s: found\n%sinstead of\n%s", cs->name, all.text, cs->findings);
	assert_int_equal(err, all.nr ? all.errs[0] : 0);
	if (!all.nr)
		return;
	/* the first one is what is returned, and all there is where no more is asked for */
	kbtf_diag_format(&first, line, sizeof(line));
	assert_int_equal(strncmp(all.text, line, strlen(line)), 0);
	assert_int_equal(run(cs, KBTF_VERIFY_FIRST_ONLY, &one, NULL), err);
	assert_int_equal(one.nr, 1);
	assert_int_equal(strncmp(all.text, one.text, one.len), 0);
}

static void test_cases(void **state)
{
	const struct check_case *const *list, *cs;

	(void)state;
	for (list = all_cases; *list; list++)
		for (cs = *list; cs->name; cs++)
			check(cs);
}

/* Rules that need other bytes than a list of types (test_sections.c), or cannot be broken. */
static const char *const elsewhere[] = {
	"size",
	"header-truncated",
	"header-length",
	"header-unknown",
	"magic",
	"version",
	"flags",
	"no-data",
	"section-range",
	"section-gap",
	"section-overlap",
	"strings-last",
	"strings-empty",
	"strings-size",
	"strings-unterminated",
	"strings-start",
	"section-align",
	"types-empty",
	"type-count",
	"base-missing",
	"base-split",
	/* a VAR whose type has no size is refused before the DATASEC that holds it */
	"secinfo-type",
	/* the kernel's own last doubts, which what is checked before leaves no room for */
	"resolve-state",
	"field-beyond-size",
};

static void test_every_rule_has_a_case(void **state)
{
	const struct check_case *const *list, *cs;
	const struct kbtf_rule *rules;
	struct findings found;
	size_t nr, i, j;
	bool *seen;

	(void)state;
	rules = kbtf_rules(&nr);
	seen = calloc(nr, sizeof(*seen));
	for (list = all_cases; *list; list++) {
		for (cs = *list; cs->name; cs++) {
			run(cs, 0, &found, NULL);
			for (i = 0; i < nr; i++)
				for (j = 0; j < found.nr; j++)
					seen[i] |= !strcmp(rules[i].name, found.reasons[j]);
		}
	}
	for (i = 0; i < nr; i++) {
		for (j = 0; j < sizeof(elsewhere) / sizeof(*elsewhere); j++)
			seen[i] |= !strcmp(rules[i].name, elsewhere[j]);
		if (!seen[i])
			print_error("no case breaks %s\n", rules[i].name);
	}
	for (i = 0; i < nr; i++)
		assert_true(seen[i]);
	free(seen);
}

static void test_rule_names_are_unique(void **state)
{
	const struct kbtf_rule *rules;
	size_t nr, i, j;

	(void)state;
	rules = kbtf_rules(&nr);
	for (i = 0; i < nr; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(rules[i].name, rules[j].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_every_rule_has_a_case),
		cmocka_unit_test(test_rule_names_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_KFUNC_TEST_H
#define KBTF_TESTS_KFUNC_TEST_H

#include "made.h"

#include <stdio.h>
#include <string.h>

#include <kbtf/kfunc.h>

/* A member of a set, by the name that its symbol asks for. */
struct member {
	const char *name;
	uint32_t flags;
};

/* .BTF_ids as a compiler leaves it: sets with flags one after another, each of set_flags. */
static inline struct kbtf_ids *make_sets(uint32_t set_flags, const struct member *const *sets)
{
	static uint32_t words[4096];
	uint32_t at = 0, start, nr = 0, set, i;
	struct {
		char name[64];
		uint32_t word, size;
	} symbols[1024];
	struct kbtf_ids *ids;
	struct kbtf_diag diag;

	memset(words, 0, sizeof(words));
	for (set = 0; sets[set]; set++) {
		start = at;
		words[at + 1] = set_flags;
		at += 2;
		for (i = 0; sets[set][i].name; i++) {
			snprintf(symbols[nr].name, sizeof(symbols[nr].name),
				 "__BTF_ID__func__%s__%u", sets[set][i].name, nr);
			symbols[nr].word = at;
			symbols[nr++].size = 4;
			words[at + 1] = sets[set][i].flags;
			at += 2;
		}
		snprintf(symbols[nr].name, sizeof(symbols[nr].name), "__BTF_ID__set8__set%u", set);
		symbols[nr].word = start;
		symbols[nr++].size = 4 * (at - start);
	}
	assert_ok(kbtf_ids_new(words, 4 * (size_t)at, false, &ids, &diag), &diag);
	for (i = 0; i < nr; i++)
		assert_ok(kbtf_ids_add_symbol(ids, symbols[i].name, 4 * (uint64_t)symbols[i].word,
					      symbols[i].size, &diag),
			  &diag);
	return ids;
}

#define members(...) ((const struct member[]){ __VA_ARGS__, { 0 } })
#define sets(...) ((const struct member *const[]){ __VA_ARGS__, NULL })

/* Diagnoses, a line each. */
static inline void collect_lines(void *ctx, const struct kbtf_diag *diag)
{
	char *lines = ctx, line[1024];

	kbtf_diag_format(diag, line, sizeof(line));
	strcat(strcat(lines, line), "\n");
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_MODULE_MUTANTS_H
#define KBTF_TESTS_MODULE_MUTANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kbtf/btf.h>

#include "mutants.h"

/*
 * BTF of modules, real and grown, a little of it changed: split on a kernel's, or
 * on a distilled base of its own. The same seed gives the same bytes where kernel
 * and real modules are the same.
 */
struct module_mutant {
	struct mutant split, base;
	bool has_base;
};

/* BTF of a real module. */
struct module_model {
	const uint8_t *split, *base; /* base is NULL where it stands on the kernel's */
	size_t split_size, base_size;
};

/* What mutants are made of. */
struct module_source {
	const struct kbtf *kernel;
	bool relocates; /* of what stands on a base there are more for a kernel that looks at it */
	const struct module_model *models;
	size_t nr_models;
	uint32_t *twins; /* types that could be in a base, and others have the name of */
	size_t nr_twins;
};

/* Without models. False where there is no memory. */
bool module_source_init(struct module_source *source, const struct kbtf *kernel, bool relocates);
void module_source_deinit(struct module_source *source);

/* Whether real BTF is small enough to be mutated. */
bool module_model_fits(const struct module_model *model, const struct kbtf *kernel);

void module_mutant_make(struct module_mutant *m, uint64_t seed, const struct module_source *source);

#endif

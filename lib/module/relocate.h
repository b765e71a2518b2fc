/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_MODULE_RELOCATE_H
#define KBTF_MODULE_RELOCATE_H

#include "target.h"

/* A relocation under way: where each type of the distilled base goes, and what was found wrong. */
struct kbtf_relocation {
	const struct kbtf *split;
	const struct kbtf *distilled; /* its base */
	const struct kbtf_target *target;
	const struct kbtf_relocate_opts *opts;
	uint32_t *ids;	   /* distilled id -> kernel id; 0 where nothing fits */
	uint32_t *strs;	   /* distilled string -> the kernel type that bears it, then its name */
	uint8_t *embedded; /* by distilled id */
	struct kbtf_target *layouts; /* of opts->embedded */
	uint32_t nr_drifts;
	uint32_t nr_findings;
	struct kbtf_diag first;	      /* finding */
	struct kbtf_diag first_drift; /* where there are any */
};

int kbtf_relocation_init(struct kbtf_relocation *r, const struct kbtf *split,
			 const struct kbtf_target *target, const struct kbtf_relocate_opts *opts,
			 struct kbtf_diag *reterr);
void kbtf_relocation_deinit(struct kbtf_relocation *r);

/*
 * Find a kernel type for each type of the distilled base. Misfits are counted and
 * told of, not returned: 0, or -ENOMEM.
 */
int kbtf_relocation_map(struct kbtf_relocation *r);

/* Compare the layouts of embedded types, where the old ones are at hand. 0, or -ENOMEM. */
int kbtf_relocation_find_drift(struct kbtf_relocation *r);

/* Make the relocated BTF, when nothing was found wrong. */
int kbtf_relocation_rewrite(struct kbtf_relocation *r, struct kbtf **ret, struct kbtf_diag *reterr);

/* Whether the type that a distilled one was given is another kind of thing than it. */
bool kbtf_is_luck(const struct kbtf_relocation *r, uint32_t id);

/* explain.c: say why nothing fits a distilled type, or why two do, or that one only does by luck.
 */
int kbtf_explain_misfit(struct kbtf_relocation *r, uint32_t id);
void kbtf_explain_ambiguous(struct kbtf_relocation *r, uint32_t id, uint32_t kernel_id);
void kbtf_explain_luck(struct kbtf_relocation *r, uint32_t id);

/* Count a finding and tell of it. */
void kbtf_relocation_found(struct kbtf_relocation *r, const struct kbtf_diag *diag);

/* The BTF and id of the layout that a distilled struct had when the module was built; 0: unknown.
 */
uint32_t kbtf_relocation_old_layout(const struct kbtf_relocation *r, uint32_t id,
				    const struct kbtf **ret_btf);

#endif

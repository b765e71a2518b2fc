/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_ADD_LAYOUT_H
#define KBTF_CORE_ADD_LAYOUT_H

#include <kbtf/btf.h>

/*
 * Put BTF that has a 24-byte header and nothing between its types and strings in place of
 * the same with a layout section there, which has a row for every kind. On failure it stays as
 * it was. -E2BIG, -ENOMEM.
 */
int kbtf_add_layout(struct kbtf **btf, struct kbtf_diag *reterr);

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_IDS_H
#define KBTF_CORE_IDS_H

#include <kbtf/btf.h>
#include <kbtf/ids.h>

#include "rewrite.h"

/*
 * Send all ids through a map and sort each set again. Returns 0; -ENOENT where an
 * id goes nowhere, of which *ret_unmapped (may be NULL) is the number, and then
 * nothing was changed; -ENOMEM.
 *
 * Source: the kernel searches sets by bisection (btf_id_set8_contains).
 */
int kbtf_ids_map(struct kbtf_ids *ids, const struct kbtf_map *map, uint32_t *ret_unmapped);

#endif

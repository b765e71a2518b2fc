/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_ENV_H
#define KBTF_BASE_ENV_H

/*
 * What the files that are also built inside a kernel take from around them; this is
 * user space's side of it. A kernel's build has an env.h of its own, found first,
 * that gives them the same:
 *
 *   numbers   uint32_t and its kin, size_t, bool, and the names of errno
 *   messages  struct kbtf_diag, kbtf_fail(), kbtf_fail_at()
 *
 * and stdint.h, stddef.h and stdbool.h, which public headers include. Such files are
 * lib/module/renumber.c and the kind table that it walks by, lib/core/kinds.c.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

#endif

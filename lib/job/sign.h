/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_SIGN_H
#define KBTF_JOB_SIGN_H

#include <stddef.h>

#include <kbtf/diag.h>

/*
 * Have a module signed by a shell command, to which the path of a copy is added. What
 * the command writes to its standard output goes to our standard error.
 *
 * *ret are the signed bytes, the caller's to free(). Returns 0; -EINVAL where the
 * command failed, changed the module or left no signature; or what the system said.
 */
int kbtf_sign(const char *command, const void *bytes, size_t size, void **ret, size_t *ret_size,
	      struct kbtf_diag *reterr);

#endif

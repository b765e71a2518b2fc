// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The environment of `make M=...`, for the tools that it calls. */
#define _GNU_SOURCE /* asprintf */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "external.h"

/* make has gone to the kernel's directory: a relative path is one of the module's. */
static const char *find_base(const char *base, const char *module_dir)
{
	char *path;

	if (*base == '/' || !access(base, F_OK) || asprintf(&path, "%s/%s", module_dir, base) < 0)
		return base;
	if (!access(path, F_OK))
		return path;
	free(path);
	return base;
}

struct external external_read(void)
{
	const char *module_dir = getenv("KBUILD_EXTMOD");
	const char *base = getenv("BTF_BASE"), *ref = getenv("BTF_BASE_REF");
	struct external ret = { 0 };

	if (!module_dir || !*module_dir)
		return ret;
	ret.is = true;
	if (base && !*base)
		ret.is_alone = true;
	else if (base)
		ret.base = find_base(base, module_dir);
	if (ref && *ref)
		ret.ref = !strcmp(ref, "0") || !strcmp(ref, "n") ? REF_NO : REF_YES;
	return ret;
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TOOL_EXTERNAL_H
#define KBTF_TOOL_EXTERNAL_H

#include <stdbool.h>

/*
 * What a kernel build says in the environment of a module that is not the kernel's own, and
 * what who calls `make M=...` may ask for its BTF:
 *
 *   BTF_BASE not set    on the kernel that is built for, distilled where that reads .BTF.base
 *   BTF_BASE=FILE       the same on the BTF of FILE
 *   BTF_BASE=           standalone
 *   BTF_BASE_REF=1      distilled, whatever the kernel reads; 0: not distilled
 */
struct external {
	bool is; /* an external module is built */
	bool is_alone;
	const char *base; /* NULL: that of the kernel */
	enum { REF_AS_KERNEL_READS, REF_YES, REF_NO } ref;
};

/* Nothing of it is set where no external module is built. base lives as long as the process. */
struct external external_read(void);

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TOOL_PROGRESS_H
#define KBTF_TOOL_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* A bar on standard error, for work on a terminal that takes more than a second. */
struct progress {
	bool wanted, shown;
	double started, drawn; /* seconds */
};

void progress_init(struct progress *progress, bool wanted);
void progress_update(struct progress *progress, size_t nr_done, size_t nr_all);
/* Clear the line, so that something else can be written there. */
void progress_hide(struct progress *progress);

#endif

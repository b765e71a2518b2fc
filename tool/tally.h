/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TOOL_TALLY_H
#define KBTF_TOOL_TALLY_H

#include <stddef.h>

#include <kbtf/diag.h>

/* Which types are to blame how often: "STRUCT device [embedded-size]", counted once a file. */
struct tally {
	struct tally_row *rows;
	size_t nr;
	size_t nr_files; /* added so far */
};

/* Count the findings of one file. Where there is no memory some stay uncounted. */
void tally_add(struct tally *tally, const struct kbtf_diag *findings, size_t nr);
/* Print the types most to blame, at most so many. */
void tally_print(struct tally *tally, const char *title, size_t most);
void tally_deinit(struct tally *tally);

#endif

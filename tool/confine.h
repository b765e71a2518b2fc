/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TOOL_CONFINE_H
#define KBTF_TOOL_CONFINE_H

/* What a command still has to be able to do once it knows what it is asked for. */
enum confine_need {
	NEEDS_READING,
	NEEDS_WRITING,	/* also files: to make, to write to, to rename, to remove */
	NEEDS_PROGRAMS, /* also to run other programs, of which nothing is known */
};

/*
 * Give up what is not needed, for good: a flaw in how a file is parsed then cannot be used to run
 * programs, to reach the network, other processes or the kernel's administration, and where only
 * reading is needed, to change files. Calls that were given up fail with EPERM. The one thread that
 * there is calls this. Where the kernel has no seccomp filters, or KBTF_CONFINE is "no", nothing
 * changes.
 */
void confine(enum confine_need need);

#endif

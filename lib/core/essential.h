/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CORE_ESSENTIAL_H
#define KBTF_CORE_ESSENTIAL_H

#include <stddef.h>
#include <string.h>

/*
 * Length of the essential part of a name: what stands before its last flavour, which
 * is three underscores with something else on either side, and what follows.
 *
 *   sock___old -> sock      __sk_buff, a____b, a___ -> themselves
 *
 * Source: libbpf's libbpf.c (bpf_core_essential_name_len).
 */
static inline size_t kbtf_essential_len(const char *name)
{
	size_t len = strlen(name), i, from, to;

	/* From the end: three underscores in a row cover each third place once. */
	for (i = len; i >= 2; i = i > 3 ? i - 3 : 0) {
		if (name[i - 1] != '_')
			continue;
		for (from = i - 1; from && name[from - 1] == '_';)
			from--;
		for (to = i; name[to] == '_';)
			to++;
		if (from && name[to] && to - from == 3)
			return from;
		i = from + 3; /* a long row is looked at once */
	}
	return len;
}

#endif

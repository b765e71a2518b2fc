/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_EQUIP_ELF_H
#define KBTF_JOB_EQUIP_ELF_H

#include "buf.h"

/* A section of this name says that kbtf made the file. */
#define KBTF_EQUIP_MARK ".kbtf.equip"

struct kbtf_equip_elf {
	const void *btf; /* that a file had, so at least a header */
	size_t btf_size;
	const char *release;
	const char *config; /* include/config/auto.conf, or "" */
};

/* Append the file to ret. 0 or -ENOMEM. */
int kbtf_equip_elf(const struct kbtf_equip_elf *in, struct kbtf_buf *ret);

#endif

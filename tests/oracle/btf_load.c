// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* bpf(BPF_BTF_LOAD) as it is, without a library between. Source: include/uapi/linux/bpf.h. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "btf_load.h"

#define CMD_BTF_LOAD 18
#define KERNEL_ENOTSUPP 524

/* The part of union bpf_attr that BPF_BTF_LOAD reads. */
struct load_attr {
	uint64_t btf;
	uint64_t log_buf;
	uint32_t btf_size;
	uint32_t log_size;
	uint32_t log_level;
};

int btf_load(const void *bytes, size_t size, char *log, size_t log_size)
{
	struct load_attr attr = { .btf = (uintptr_t)bytes, .btf_size = (uint32_t)size };
	long fd;

	if (log) {
		log[0] = '\0';
		attr.log_buf = (uintptr_t)log;
		attr.log_size = (uint32_t)log_size;
		attr.log_level = 1;
	}
	fd = syscall(SYS_bpf, CMD_BTF_LOAD, &attr, sizeof(attr));
	if (fd >= 0) {
		close((int)fd);
		return 0;
	}
	return errno == KERNEL_ENOTSUPP ? -EOPNOTSUPP : -errno;
}

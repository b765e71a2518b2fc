// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* A program on a function of the module acpi_call: how much was written to /proc/acpi/call. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

unsigned int calls, bytes;

struct file;

SEC("fentry/acpi_proc_write")
int BPF_PROG(writes, struct file *file, const char *text, unsigned long length)
{
	calls++;
	bytes += (unsigned int)length;
	return 0;
}

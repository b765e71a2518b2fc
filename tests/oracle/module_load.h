/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_MODULE_LOAD_H
#define KBTF_TESTS_MODULE_LOAD_H

#include <stddef.h>
#include <stdint.h>

/*
 * The running kernel asked what it says of a module's BTF, by loading the module: for
 * a machine that is nobody's. A carrier is a module that does nothing else, and has
 * the sections .BTF and .BTF.base, whose bytes are replaced.
 *
 * Kernels that take modules with wrong BTF load them without it and tell nobody why. So
 * probes are set on what the kernel's parser calls, and what returns an errno first
 * is the answer.
 */
struct module_carrier;

/* The name is the one that the kernel knows it by. NULL, with a line on stdout, where it cannot
 * be done. */
struct module_carrier *module_carrier_open(const char *path, const char *name);

/* A file whole, also one of /sys that tells no size. free() it; NULL where it cannot be read. */
uint8_t *module_read_all(const char *path, size_t *ret_size);

struct module_answer {
	int err;	/* what the kernel says of the BTF: 0 or its negative errno */
	uint8_t *bytes; /* what it made of it, if anything; free() it */
	size_t size;
};

/* base is NULL for a module without .BTF.base. Returns 0, or what made it impossible to ask. */
int module_carrier_ask(struct module_carrier *c, const void *btf, size_t btf_size, const void *base,
		       size_t base_size, struct module_answer *ret);

#endif

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * minimize_load WHOLE LEFT OBJECT...: what libbpf itself makes of objects when a file of BTF is its
 * btf_custom_path, once the whole one of a kernel and once what was left of it.
 *
 * It opens and prepares each object: maps are made, and CO-RE records relocated by the file. The
 * result, and all instructions of all programs, have to be the same; but for file
 * descriptors of maps, and ids of types of the kernel, of which LEFT has its own. With - for WHOLE
 * there is nothing to compare with, and no instruction may be the one that libbpf puts where
 * no type satisfies a record.
 *
 * Prints a line that begins with # for each that differs and for the numbers in all. Exits with
 * 77 where this process may not make maps.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libbpf makes of an instruction without an answer: a call that the verifier refuses. */
#define POISON_IMM 195896080

static struct {
	unsigned int objects, prepared, programs, ids, differ;
	unsigned long insns;
} counts;

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static void differs(const char *path, const char *program, const char *what, long at)
{
	printf("# %s: %s: %s %ld\n", path, program, what, at);
	counts.differ++;
}

/* NULL with errno set where it does not come so far. */
static struct bpf_object *prepare(const char *path, const char *btf)
{
	const struct bpf_object_open_opts opts = { .sz = sizeof(opts), .btf_custom_path = btf };
	struct bpf_object *object = bpf_object__open_file(path, &opts);
	int err = object ? bpf_object__prepare(object) : -errno;

	if (!err)
		return object;
	bpf_object__close(object);
	errno = -err;
	return NULL;
}

static bool is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* Whether both load a map, whose file descriptor is whatever it got. */
static bool are_maps(const struct bpf_insn *a, const struct bpf_insn *b)
{
	return is_wide(a) && is_wide(b) && a->src_reg == b->src_reg && a->dst_reg == b->dst_reg &&
	       (a->src_reg == BPF_PSEUDO_MAP_FD || a->src_reg == BPF_PSEUDO_MAP_VALUE);
}

/* Whether both load a number of 64 bits, as which programs get the ids of types. What enumerators
 * are comes so, too: minimize_libbpf.c tells one from the other by the record. */
static bool are_ids(const struct bpf_insn *a, const struct bpf_insn *b)
{
	return is_wide(a) && is_wide(b) && a->dst_reg == b->dst_reg && !a->src_reg && !b->src_reg &&
	       a->imm > 0 && b->imm > 0;
}

static void compare(const char *path, const struct bpf_program *a, const struct bpf_program *b)
{
	const struct bpf_insn *x = bpf_program__insns(a), *y = bpf_program__insns(b);
	size_t nr = bpf_program__insn_cnt(a), i;

	counts.programs++;
	if (nr != bpf_program__insn_cnt(b)) {
		differs(path, bpf_program__name(a), "number of instructions", (long)nr);
		return;
	}
	for (i = 0; i < nr; i++) {
		counts.insns++;
		if (!memcmp(&x[i], &y[i], sizeof(*x)) || are_maps(&x[i], &y[i]))
			continue;
		if (are_ids(&x[i], &y[i]))
			counts.ids++;
		else
			differs(path, bpf_program__name(a), "instruction", (long)i);
	}
}

static void look_for_poison(const char *path, const struct bpf_program *program)
{
	const struct bpf_insn *insns = bpf_program__insns(program);
	size_t nr = bpf_program__insn_cnt(program), i;

	counts.programs++;
	for (i = 0; i < nr; i++) {
		counts.insns++;
		if (insns[i].code == (BPF_JMP | BPF_CALL) && insns[i].imm == POISON_IMM)
			differs(path, bpf_program__name(program), "no answer for instruction",
				(long)i);
	}
}

static void try_object(const char *whole, const char *left, const char *path)
{
	struct bpf_object *a = strcmp(whole, "-") ? prepare(path, whole) : NULL, *b;
	int err = a || !strcmp(whole, "-") ? 0 : errno;
	struct bpf_program *p = NULL, *q = NULL;

	counts.objects++;
	b = prepare(path, left);
	if (!b != (err != 0) || (!b && errno != err))
		differs(path, "all of it", "result", b ? 0 : errno);
	counts.prepared += b != NULL;
	while (b && (q = bpf_object__next_program(b, q))) {
		if (a && (p = bpf_object__next_program(a, p)))
			compare(path, p, q);
		else if (!err)
			look_for_poison(path, q);
	}
	bpf_object__close(a);
	bpf_object__close(b);
}

int main(int argc, char **argv)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "kbtf", 4, 4, 1, NULL), i;

	if (fd < 0)
		return 77;
	libbpf_set_print(silent);
	for (i = 3; i < argc; i++)
		try_object(argv[1], argv[2], argv[i]);
	printf("# %u objects, of which libbpf prepares %u, %u programs, %lu instructions: "
	       "%u numbers of types, %u differ\n",
	       counts.objects, counts.prepared, counts.programs, counts.insns, counts.ids,
	       counts.differ);
	return counts.differ != 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Whether libbpf computes the same instructions from minimised BTF as from whole BTF.
 *
 *   minimize_libbpf BASE [MODULE|DIR...] --for OBJECT...
 *
 * Each object alone, and then all of them together, are minimised for, as a pair (vmlinux
 * and modules) and merged. From what is left, and from the whole, each record is relocated
 * by libbpf's own functions into the object's instruction: all records of an object one after
 * the other, as libbpf loads them, and those of each section alone. Instructions have
 * to be the same, bit for bit; of target_type_id records the types have to be of
 * the same name and kind.
 *
 * The loader here looks for candidates as libbpf does when it loads a program: in
 * vmlinux, and only for names that it has not in modules. Merged BTF gets what libbpf does with
 * btf_custom_path: no modules.
 *
 * Prints a line that begins with # for each difference and for the numbers in all; the
 * exit status is 1 where anything differs.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/image.h>
#include <kbtf/reduce.h>

#include "core_peer.h"

/* An object and what it was read from. */
struct source {
	struct kbtf_file *file;
	struct kbtf *btf;
	struct kbtf_ext *ext;
	struct btf_ext *peer_ext;
};

/* ---- Reading ---- */

static struct kbtf *open_btf(const char *path, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .label = path };
	struct kbtf_file *file;
	struct kbtf_diag diag;
	const void *bytes;
	struct kbtf *btf;
	size_t size;

	die_of(kbtf_file_open_btf(path, &file, &diag), path, &diag);
	if (kbtf_file_btf(file, &bytes, &size, &diag)) {
		kbtf_file_free(file);
		return NULL;
	}
	die_of(kbtf_open(bytes, size, &opts, &btf, &diag), path, &diag);
	kbtf_file_free(file);
	return btf;
}

static struct kbtf_section section_of(const struct source *s, const char *path, const char *name)
{
	struct kbtf_section section;
	struct kbtf_diag diag;

	die_of(kbtf_file_find_section(s->file, name, &section, &diag), path, &diag);
	return section;
}

/* The records as libbpf holds them: header, record size, sections of records. */
static void read_records(struct object *o, const struct source *s)
{
	__u32 size, at, end, record_size;
	const char *raw = btf_ext__raw_data(s->peer_ext, &size);
	const __u32 *header = (const __u32 *)raw;

	if (header[1] < 32 || !header[7])
		return;
	at = header[1] + header[6];
	end = at + header[7];
	record_size = *(const __u32 *)(raw + at);
	o->records = room((end - at) / record_size + 1, sizeof(*o->records));
	for (at += 4; at < end;) {
		const __u32 *section = (const __u32 *)(raw + at);
		const char *name = btf__name_by_offset(o->peer, section[0]);
		struct kbtf_section elf = section_of(s, o->path, name);
		__u32 i;

		at += 8;
		for (i = 0; i < section[1]; i++, at += record_size) {
			struct record *r = &o->records[o->nr_records++];

			memcpy(&r->relo, raw + at, sizeof(r->relo));
			r->section = name;
			r->insns = elf.data;
			r->nr_insns = elf.size / sizeof(*r->insns);
		}
	}
}

/* What is read stays as long as the program. */
static void read_object(struct object *o, const char *path)
{
	struct source *s = room(1, sizeof(*s));
	struct kbtf_open_opts opts = { .label = path };
	struct kbtf_section btf, ext;
	struct kbtf_diag diag;

	o->path = path;
	die_of(kbtf_file_open(path, &s->file, &diag), path, &diag);
	btf = section_of(s, path, ".BTF");
	ext = section_of(s, path, ".BTF.ext");
	die_of(kbtf_open(btf.data, btf.size, &opts, &s->btf, &diag), path, &diag);
	die_of(kbtf_ext_open(ext.data, ext.size, NULL, &s->ext, &diag), path, &diag);
	die_of(kbtf_program_new(s->btf, s->ext, path, &o->program, &diag), path, &diag);
	o->peer = btf__parse(path, &s->peer_ext);
	if (!o->peer || !s->peer_ext)
		die(path, "libbpf does not open it");
	read_records(o, s);
	if (o->nr_records != kbtf_program_nr_records(o->program))
		die(path, "libbpf has another number of records");
}

int main(int argc, char **argv)
{
	int first_object = 2, i;
	struct kbtf_core_kernel *kernel;
	struct world whole = { 0 };
	struct object *objects;
	struct kbtf *base, *module;
	struct kbtf_diag diag;
	size_t nr = 0, room_for = 0, j;

	while (first_object < argc && strcmp(argv[first_object], "--for"))
		first_object++;
	if (first_object >= argc - 1)
		die("usage", "minimize_libbpf BASE [MODULE|DIR...] --for OBJECT...");
	silence_libbpf();
	base = open_btf(argv[1], NULL);
	if (!base)
		die(argv[1], "no BTF in it");
	whole.base = peer_of(base, NULL);
	if (kbtf_core_kernel_new(base, &kernel))
		die("kbtf_core_kernel_new", "failed");
	for (i = 2; i < first_object; i++) {
		struct kbtf_paths paths;

		die_of(kbtf_paths_list(argv[i], KBTF_LIST_ALL_FILES, &paths, &diag), argv[i],
		       &diag);
		for (j = 0; j < paths.nr; j++) {
			/* Labels live as long as the program. */
			module = open_btf(strdup(paths.paths[j]), base);
			if (!module)
				continue;
			die_of(kbtf_core_kernel_add_module(kernel, module, &diag), argv[i], &diag);
			if (whole.nr_modules == room_for) {
				room_for = room_for ? 2 * room_for : 64;
				whole.modules =
					realloc(whole.modules, room_for * sizeof(*whole.modules));
				if (!whole.modules)
					die("realloc", strerror(errno));
			}
			whole.modules[whole.nr_modules++] = peer_of(module, whole.base);
		}
		kbtf_paths_deinit(&paths);
	}
	objects = room((size_t)(argc - first_object), sizeof(*objects));
	for (i = first_object + 1; i < argc; i++)
		read_object(&objects[nr++], argv[i]);
	for (j = 0; j < nr; j++) {
		compare_minimized(kernel, &whole, &objects[j], 1, false, "pair");
		compare_minimized(kernel, &whole, &objects[j], 1, true, "merged");
	}
	if (nr > 1) {
		compare_minimized(kernel, &whole, objects, nr, false, "pair for all");
		compare_minimized(kernel, &whole, objects, nr, true, "merged for all");
	}
	printf("# %zu objects, %zu modules, %lu runs, %lu records: %lu make a bad instruction, %lu "
	       "fail "
	       "to load, %lu types found in modules, %lu differ\n",
	       nr, whole.nr_modules, counts.nr_runs, counts.nr_records, counts.nr_poisoned,
	       counts.nr_failed, counts.nr_from_modules, counts.nr_differ);
	return counts.nr_differ != 0;
}

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
#define _GNU_SOURCE
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/image.h>
#include <kbtf/reduce.h>

/* What libbpf.a has, but its headers have not; only the layout matters. */
struct bpf_core_cand {
	const struct btf *btf;
	__u32 id;
};
struct bpf_core_cand_list {
	struct bpf_core_cand *cands;
	int len;
};
struct peer_step {
	__u32 type_id, idx;
	const char *name;
};
struct bpf_core_spec {
	const struct btf *btf;
	struct peer_step steps[64];
	__u32 root_type_id;
	enum bpf_core_relo_kind kind;
	int len;
	int raw[64];
	int raw_len;
	__u32 bit_offset;
};
struct bpf_core_relo_res {
	__u64 orig_val, new_val;
	bool poison, validate, fail_memsz_adjust;
	__u32 orig_sz, orig_type_id, new_sz, new_type_id;
};
int bpf_core_calc_relo_insn(const char *prog, const struct bpf_core_relo *relo, int relo_idx,
			    const struct btf *local, struct bpf_core_cand_list *cands,
			    struct bpf_core_spec *scratch, struct bpf_core_relo_res *res);
int bpf_core_patch_insn(const char *prog, struct bpf_insn *insn, int insn_idx,
			const struct bpf_core_relo *relo, int relo_idx,
			const struct bpf_core_relo_res *res);
size_t bpf_core_essential_name_len(const char *name);
int bpf_core_add_cands(struct bpf_core_cand *local, size_t len, const struct btf *btf,
		       const char *name, int start_id, struct bpf_core_cand_list *cands);

/* What a program is loaded on: vmlinux and modules, or one BTF alone. */
struct world {
	struct btf *base;
	struct btf **modules;
	size_t nr_modules;
};

struct record {
	struct bpf_core_relo relo;
	const char *section;
	const struct bpf_insn *insns; /* of the section; unaligned copies are made */
	size_t nr_insns;
};

struct object {
	const char *path;
	struct kbtf_file *file;
	struct kbtf *btf;
	struct kbtf_ext *ext;
	struct kbtf_program *program;
	struct btf *peer;
	struct btf_ext *peer_ext;
	struct record *records;
	size_t nr_records;
};

/* What became of a record. */
struct result {
	int err;
	struct bpf_insn insns[2];
	bool has_type; /* of target_type_id */
	const char *type_name;
	unsigned int type_kind;
};

static unsigned long nr_runs, nr_records, nr_poisoned, nr_failed, nr_differ, nr_from_modules;

static int be_silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static void die(const char *what, const char *why)
{
	fprintf(stderr, "minimize_libbpf: %s: %s\n", what, why);
	exit(2);
}

static void die_of(int err, const char *what, const struct kbtf_diag *diag)
{
	char line[1024];

	if (!err)
		return;
	kbtf_diag_format(diag, line, sizeof(line));
	die(what, line);
}

static void *room(size_t nr, size_t size)
{
	void *p = calloc(nr ? nr : 1, size);

	if (!p)
		die("calloc", strerror(errno));
	return p;
}

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

static struct btf *peer_of(const struct kbtf *btf, struct btf *base)
{
	struct btf *peer;
	size_t size;
	void *bytes;

	if (kbtf_write(btf, &bytes, &size))
		die("kbtf_write", "failed");
	peer = base ? btf__new_split(bytes, (__u32)size, base) : btf__new(bytes, (__u32)size);
	if (!peer)
		die(kbtf_label(btf), "libbpf does not open it");
	free(bytes);
	return peer;
}

static struct kbtf_section section_of(const struct object *o, const char *name)
{
	struct kbtf_section section;
	struct kbtf_diag diag;

	die_of(kbtf_file_find_section(o->file, name, &section, &diag), o->path, &diag);
	return section;
}

/* The records as libbpf holds them: header, record size, sections of records. */
static void read_records(struct object *o)
{
	__u32 size, at, end, record_size;
	const char *raw = btf_ext__raw_data(o->peer_ext, &size);
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
		struct kbtf_section elf = section_of(o, name);
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

static void read_object(struct object *o, const char *path)
{
	struct kbtf_open_opts opts = { .label = path };
	struct kbtf_section btf, ext;
	struct kbtf_diag diag;

	o->path = path;
	die_of(kbtf_file_open(path, &o->file, &diag), path, &diag);
	btf = section_of(o, ".BTF");
	ext = section_of(o, ".BTF.ext");
	die_of(kbtf_open(btf.data, btf.size, &opts, &o->btf, &diag), path, &diag);
	die_of(kbtf_ext_open(ext.data, ext.size, NULL, &o->ext, &diag), path, &diag);
	die_of(kbtf_program_new(o->btf, o->ext, path, &o->program, &diag), path, &diag);
	o->peer = btf__parse(path, &o->peer_ext);
	if (!o->peer || !o->peer_ext)
		die(path, "libbpf does not open it");
	read_records(o);
	if (o->nr_records != kbtf_program_nr_records(o->program))
		die(path, "libbpf has another number of records");
}

/* ---- Relocating as libbpf does ---- */

static void find_candidates(const struct world *w, const struct object *o, __u32 type_id,
			    struct bpf_core_cand_list *ret)
{
	struct bpf_core_cand local = { o->peer, type_id };
	const struct btf_type *t = btf__type_by_id(o->peer, type_id);
	size_t len = bpf_core_essential_name_len(btf__name_by_offset(o->peer, t->name_off)), i;

	bpf_core_add_cands(&local, len, w->base, "vmlinux", 1, ret);
	for (i = 0; !ret->len && i < w->nr_modules; i++) {
		/* All modules are looked at once vmlinux has none. */
		for (; i < w->nr_modules; i++)
			if (w->modules[i])
				bpf_core_add_cands(&local, len, w->modules[i], "module",
						   (int)btf__type_cnt(w->base), ret);
		nr_from_modules += ret->len > 0;
	}
}

static void relocate_record(const struct object *o, const struct record *r, int number,
			    struct bpf_core_cand_list *cands, struct result *ret)
{
	struct bpf_core_spec scratch[3];
	struct bpf_core_relo_res res;
	size_t insn = r->relo.insn_off / sizeof(struct bpf_insn), nr;

	memset(ret, 0, sizeof(*ret));
	memset(scratch, 0, sizeof(scratch));
	memset(&res, 0, sizeof(res));
	nr = insn + 1 < r->nr_insns ? 2 : 1;
	memcpy(ret->insns, r->insns + insn, nr * sizeof(struct bpf_insn));
	ret->err = bpf_core_calc_relo_insn("", &r->relo, number, o->peer, cands, scratch, &res);
	if (!ret->err)
		ret->err = bpf_core_patch_insn("", ret->insns, (int)insn, &r->relo, number, &res);
	if (ret->err || r->relo.kind != BPF_CORE_TYPE_ID_TARGET || !res.new_val)
		return;
	ret->has_type = true;
	ret->type_kind = btf_kind(btf__type_by_id(scratch[2].btf, (__u32)res.new_val));
	ret->type_name = btf__name_by_offset(
		scratch[2].btf, btf__type_by_id(scratch[2].btf, (__u32)res.new_val)->name_off);
	memset(ret->insns, 0, sizeof(ret->insns)); /* ids may differ */
}

/*
 * All records of an object, or those of one section: candidates are looked up once a
 * type and thinned out from record to record. results[i] of others are left alone.
 */
static void relocate_all(const struct world *w, const struct object *o, const char *section,
			 struct result *results)
{
	struct bpf_core_cand_list *lists = room(btf__type_cnt(o->peer), sizeof(*lists));
	bool *known = room(btf__type_cnt(o->peer), sizeof(*known));
	size_t i;

	for (i = 0; i < o->nr_records; i++) {
		const struct record *r = &o->records[i];
		__u32 id = r->relo.type_id;

		if (section && strcmp(section, r->section))
			continue;
		if (!known[id] && r->relo.kind != BPF_CORE_TYPE_ID_LOCAL) {
			find_candidates(w, o, id, &lists[id]);
			known[id] = true;
		}
		relocate_record(o, r, (int)i, &lists[id], &results[i]);
	}
	for (i = 0; i < btf__type_cnt(o->peer); i++)
		free(lists[i].cands);
	free(lists);
	free(known);
}

static bool same(const struct result *a, const struct result *b)
{
	if (a->err || b->err)
		return a->err == b->err;
	if (a->has_type != b->has_type)
		return false;
	if (a->has_type)
		return a->type_kind == b->type_kind && !strcmp(a->type_name, b->type_name);
	return !memcmp(a->insns, b->insns, sizeof(a->insns));
}

static bool is_poisoned(const struct result *r)
{
	return r->insns[0].imm == 195896080;
}

static void compare(const struct world *whole, const struct world *left, const struct object *o,
		    const char *section, const char *how)
{
	struct result *a = room(o->nr_records, sizeof(*a)), *b = room(o->nr_records, sizeof(*b));
	char what[256];
	size_t i;

	relocate_all(whole, o, section, a);
	relocate_all(left, o, section, b);
	nr_runs++;
	for (i = 0; i < o->nr_records; i++) {
		if (section && strcmp(section, o->records[i].section))
			continue;
		nr_records++;
		nr_poisoned += is_poisoned(&a[i]);
		nr_failed += a[i].err != 0;
		if (same(&a[i], &b[i]))
			continue;
		kbtf_program_describe(o->program, i, what, sizeof(what));
		printf("# differs: %s, %s%s%s: record %zu: %s: whole %d %016llx, left %d %016llx\n",
		       o->path, how, section ? ", only " : "", section ? section : "", i, what,
		       a[i].err, *(unsigned long long *)a[i].insns, b[i].err,
		       *(unsigned long long *)b[i].insns);
		nr_differ++;
	}
	free(a);
	free(b);
}

static void compare_sections(const struct world *whole, const struct world *left,
			     const struct object *o, const char *how)
{
	const char *last = NULL;
	size_t i;

	compare(whole, left, o, NULL, how);
	for (i = 0; i < o->nr_records; i++) {
		if (last && !strcmp(last, o->records[i].section))
			continue;
		last = o->records[i].section;
		compare(whole, left, o, last, how);
	}
}

/* ---- Minimising ---- */

static void world_of(const struct kbtf_minimized *m, struct world *ret)
{
	size_t i;

	ret->base = peer_of(m->base, NULL);
	ret->nr_modules = m->nr_modules;
	ret->modules = room(m->nr_modules, sizeof(*ret->modules));
	for (i = 0; i < m->nr_modules; i++)
		if (m->modules[i])
			ret->modules[i] = peer_of(m->modules[i], ret->base);
}

static void world_deinit(struct world *w)
{
	size_t i;

	for (i = 0; i < w->nr_modules; i++)
		btf__free(w->modules[i]);
	free(w->modules);
	btf__free(w->base);
}

static void try(struct kbtf_core_kernel *kernel, const struct world *whole, struct object *objects,
		size_t nr, bool merged, const char *how)
{
	struct kbtf_minimize_opts opts = { .flags = merged ? KBTF_MINIMIZE_MERGED : 0 };
	const struct kbtf_program **programs = room(nr, sizeof(*programs));
	struct kbtf_minimized minimized;
	struct kbtf_diag diag;
	struct world left;
	size_t i;

	for (i = 0; i < nr; i++)
		programs[i] = objects[i].program;
	die_of(kbtf_minimize(kernel, programs, nr, &opts, &minimized, &diag), how, &diag);
	world_of(&minimized, &left);
	for (i = 0; i < nr; i++)
		compare_sections(whole, &left, &objects[i], how);
	world_deinit(&left);
	kbtf_minimized_deinit(&minimized);
	free(programs);
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
	libbpf_set_print(be_silent);
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
		try(kernel, &whole, &objects[j], 1, false, "pair");
		try(kernel, &whole, &objects[j], 1, true, "merged");
	}
	if (nr > 1) {
		try(kernel, &whole, objects, nr, false, "pair for all");
		try(kernel, &whole, objects, nr, true, "merged for all");
	}
	printf("# %zu objects, %zu modules, %lu runs, %lu records: %lu make a bad instruction, %lu "
	       "fail "
	       "to load, %lu types found in modules, %lu differ\n",
	       nr, whole.nr_modules, nr_runs, nr_records, nr_poisoned, nr_failed, nr_from_modules,
	       nr_differ);
	return nr_differ != 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* libbpf's relocation on whole and on minimised BTF. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_peer.h"

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

/* What became of a record. */
struct result {
	int err;
	struct bpf_core_relo_res res; /* what was computed, ids left out */
	struct bpf_insn insns[2];
	bool has_type; /* of target_type_id */
	const char *type_name;
	unsigned int type_kind;
};

struct counts counts;

static int be_silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

void silence_libbpf(void)
{
	libbpf_set_print(be_silent);
}

void die(const char *what, const char *why)
{
	fprintf(stderr, "core_peer: %s: %s\n", what, why);
	exit(2);
}

void die_of(int err, const char *what, const struct kbtf_diag *diag)
{
	char line[1024];

	if (!err)
		return;
	kbtf_diag_format(diag, line, sizeof(line));
	die(what, line);
}

void *room(size_t nr, size_t size)
{
	void *p = calloc(nr ? nr : 1, size);

	if (!p)
		die("calloc", strerror(errno));
	return p;
}

struct btf *peer_of(const struct kbtf *btf, struct btf *base)
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
		counts.nr_from_modules += ret->len > 0;
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
	ret->err = bpf_core_calc_relo_insn("", &r->relo, number, o->peer, cands, scratch, &res);
	if (!ret->err) {
		ret->res = res;
		ret->res.new_type_id = 0;
		if (r->relo.kind == BPF_CORE_TYPE_ID_TARGET)
			ret->res.new_val = res.new_val != 0;
	}
	if (!ret->err && r->insns) {
		nr = insn + 1 < r->nr_insns ? 2 : 1;
		memcpy(ret->insns, r->insns + insn, nr * sizeof(struct bpf_insn));
		ret->err = bpf_core_patch_insn("", ret->insns, (int)insn, &r->relo, number, &res);
	}
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
	return !memcmp(a->insns, b->insns, sizeof(a->insns)) && a->res.new_val == b->res.new_val &&
	       a->res.poison == b->res.poison && a->res.validate == b->res.validate &&
	       a->res.new_sz == b->res.new_sz &&
	       a->res.fail_memsz_adjust == b->res.fail_memsz_adjust;
}

static bool is_poisoned(const struct result *r)
{
	return r->res.poison;
}

static void compare(const struct world *whole, const struct world *left, const struct object *o,
		    const char *section, const char *how)
{
	struct result *a = room(o->nr_records, sizeof(*a)), *b = room(o->nr_records, sizeof(*b));
	char what[256];
	size_t i;

	relocate_all(whole, o, section, a);
	relocate_all(left, o, section, b);
	counts.nr_runs++;
	for (i = 0; i < o->nr_records; i++) {
		if (section && strcmp(section, o->records[i].section))
			continue;
		counts.nr_records++;
		counts.nr_poisoned += is_poisoned(&a[i]);
		counts.nr_failed += a[i].err != 0;
		if (same(&a[i], &b[i]))
			continue;
		kbtf_program_describe(o->program, i, what, sizeof(what));
		printf("# differs: %s, %s%s%s: record %zu: %s: whole %d %016llx, left %d %016llx\n",
		       o->path, how, section ? ", only " : "", section ? section : "", i, what,
		       a[i].err, *(unsigned long long *)a[i].insns, b[i].err,
		       *(unsigned long long *)b[i].insns);
		counts.nr_differ++;
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

void compare_minimized(struct kbtf_core_kernel *kernel, const struct world *whole,
		       struct object *objects, size_t nr, bool merged, const char *how)
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

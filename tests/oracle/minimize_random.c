// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * minimize_random FIRST LAST BASE [PROGRAM_BTF]: made-up programs against a real kernel, by seed.
 *
 * The types of a program are those of a kernel too, PROGRAM_BTF or BASE itself; its records are
 * drawn from them: all kinds, any named type, any way through members and elements. So whatever
 * real types have is met, and between two kernels much that is missing or of another type. As
 * minimize_libbpf, each program alone and then ten together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/builder.h>
#include <kbtf/image.h>

#include "core_peer.h"
#include "rng.h"

#define MAX_RECORDS 24u
#define NR_TOGETHER 10u

struct made {
	struct object object;
	struct kbtf *btf; /* on the program's kernel: nothing but strings */
	struct kbtf_ext *ext;
	uint32_t words[32];
	uint32_t *bytes; /* of .BTF.ext */
	char path[32];
};

struct source {
	struct kbtf *btf;
	struct btf *peer;
	uint32_t *named; /* ids of types that can be asked for */
	uint32_t nr;
};

static struct kbtf *open_btf(const char *path)
{
	struct kbtf_open_opts opts = { .label = path };
	struct kbtf_file *file;
	struct kbtf_diag diag;
	const void *bytes;
	struct kbtf *btf;
	size_t size;

	die_of(kbtf_file_open_btf(path, &file, &diag), path, &diag);
	die_of(kbtf_file_btf(file, &bytes, &size, &diag), path, &diag);
	die_of(kbtf_open(bytes, size, &opts, &btf, &diag), path, &diag);
	kbtf_file_free(file);
	return btf;
}

static void source_init(struct source *s, const char *path)
{
	const uint32_t kinds = KBTF_KIND_BIT(KBTF_STRUCT) | KBTF_KIND_BIT(KBTF_UNION) |
			       KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_ENUM64) |
			       KBTF_KIND_BIT(KBTF_TYPEDEF) | KBTF_KIND_BIT(KBTF_INT) |
			       KBTF_KIND_BIT(KBTF_FWD);
	uint32_t id;

	s->btf = open_btf(path);
	s->peer = peer_of(s->btf, NULL);
	s->named = room(kbtf_end_id(s->btf), sizeof(*s->named));
	for (id = 1; id < kbtf_end_id(s->btf); id++)
		if (*kbtf_name(s->btf, id) &&
		    KBTF_KIND_BIT(kbtf_kind(kbtf_type(s->btf, id))) & kinds)
			s->named[s->nr++] = id;
}

static const struct kbtf_type *resolved(const struct kbtf *btf, uint32_t *id)
{
	for (;;) {
		const struct kbtf_type *t = kbtf_type(btf, *id);

		switch (kbtf_kind(t)) {
		case KBTF_TYPEDEF:
		case KBTF_CONST:
		case KBTF_VOLATILE:
		case KBTF_RESTRICT:
		case KBTF_TYPE_TAG:
			*id = t->type;
			break;
		default:
			return t;
		}
	}
}

/* A way from a type, of up to six steps: "0:3:1". */
static void draw_access(struct rng *rng, const struct kbtf *btf, uint32_t id, char *ret,
			size_t size)
{
	size_t len = (size_t)snprintf(ret, size, "%u", rng_one_in(rng, 8) ? rng_below(rng, 4) : 0);
	unsigned int steps = rng_below(rng, 6);

	while (steps--) {
		const struct kbtf_type *t = resolved(btf, &id);
		uint32_t i;

		if (kbtf_is_composite(t) && kbtf_vlen(t)) {
			i = rng_below(rng, kbtf_vlen(t));
			id = kbtf_members(t)[i].type;
		} else if (kbtf_kind(t) == KBTF_ARRAY) {
			i = rng_below(rng, kbtf_array(t)->nelems + 1);
			id = kbtf_array(t)->type;
		} else {
			return;
		}
		len += (size_t)snprintf(ret + len, size - len, ":%u", i);
	}
}

/* A kind of record that may be asked of the type; the access that goes with it. */
static uint32_t draw_kind(struct rng *rng, const struct kbtf *btf, uint32_t id, char *access,
			  size_t size)
{
	static const uint32_t of_types[] = { KBTF_CORE_TYPE_ID_LOCAL, KBTF_CORE_TYPE_ID_TARGET,
					     KBTF_CORE_TYPE_EXISTS, KBTF_CORE_TYPE_SIZE,
					     KBTF_CORE_TYPE_MATCHES };
	uint32_t resolved_id = id;
	const struct kbtf_type *t = resolved(btf, &resolved_id);

	snprintf(access, size, "0");
	if ((kbtf_kind(t) == KBTF_ENUM || kbtf_kind(t) == KBTF_ENUM64) && kbtf_vlen(t) &&
	    rng_below(rng, 2)) {
		snprintf(access, size, "%u", rng_below(rng, kbtf_vlen(t)));
		return rng_below(rng, 2) ? KBTF_CORE_ENUMVAL_EXISTS : KBTF_CORE_ENUMVAL_VALUE;
	}
	if (kbtf_is_composite(t) && rng_below(rng, 4)) {
		draw_access(rng, btf, id, access, size);
		return rng_below(rng, KBTF_CORE_FIELD_RSHIFT_U64 + 1);
	}
	return of_types[rng_below(rng, sizeof(of_types) / sizeof(*of_types))];
}

/* .BTF.ext of records; records that libbpf would refuse whatever the kernel are left out one by
 * one. */
static void fill_ext(struct made *m, const uint32_t (*records)[3], uint32_t nr, uint32_t section)
{
	uint32_t i, *w;

	free(m->bytes);
	m->bytes = room(8 + 3 + 4 * (size_t)nr, sizeof(*m->bytes));
	w = m->bytes;
	*w++ = 0x0001eb9f;
	*w++ = 32;
	w += 5;
	*w++ = nr ? 12 + 16 * nr : 0;
	*w++ = 16;
	*w++ = section;
	*w++ = nr;
	for (i = 0; i < nr; i++) {
		*w++ = i * 8;
		*w++ = records[i][0];
		*w++ = records[i][1];
		*w++ = records[i][2];
	}
}

static bool take_program(struct made *m, const uint32_t (*records)[3], uint32_t nr,
			 uint32_t section, struct kbtf_diag *why)
{
	fill_ext(m, records, nr, section);
	kbtf_ext_free(m->ext);
	m->ext = NULL;
	die_of(kbtf_ext_open(m->bytes, (11 + 4 * (size_t)nr) * 4, NULL, &m->ext, why), "ext", why);
	return !kbtf_program_new(m->btf, m->ext, m->path, &m->object.program, why);
}

static void made_init(struct made *m, const struct source *s, uint64_t seed)
{
	struct rng rng = { .state = seed };
	uint32_t records[MAX_RECORDS][3], nr = 1 + rng_below(&rng, MAX_RECORDS), section, i;
	struct kbtf_builder *b = kbtf_builder_new(s->btf);
	struct kbtf_diag why;
	/* Few types, so that records thin out each other's candidates. */
	uint32_t few = 1 + rng_below(&rng, 6), types[6];

	memset(m, 0, sizeof(*m));
	snprintf(m->path, sizeof(m->path), "seed %llu", (unsigned long long)seed);
	for (i = 0; i < few; i++)
		types[i] = s->named[rng_below(&rng, s->nr)];
	section = kbtf_builder_string(b, "tp");
	for (i = 0; i < nr; i++) {
		uint32_t id = types[rng_below(&rng, few)];
		char access[96];

		records[i][0] = id;
		records[i][2] = draw_kind(&rng, s->btf, id, access, sizeof(access));
		records[i][1] = kbtf_builder_string(b, access);
	}
	die_of(kbtf_builder_finish(b, m->path, &m->btf, &why), m->path, &why);
	while (nr && !take_program(m, records, nr, section, &why)) {
		/* The place is that of the record to blame. */
		uint32_t bad = (uint32_t)(why.offset - 44) / 16;

		memmove(records + bad, records + bad + 1, (--nr - bad) * sizeof(*records));
	}
	m->object.path = m->path;
	m->object.peer = peer_of(m->btf, s->peer);
	m->object.nr_records = nr;
	m->object.records = room(nr, sizeof(*m->object.records));
	for (i = 0; i < nr; i++)
		m->object.records[i] = (struct record){
			.relo = { .insn_off = i * 8,
				  .type_id = records[i][0],
				  .access_str_off = records[i][1],
				  .kind = records[i][2] },
			/* Some are of programs that may be left out. */
			.section = i % 3 ? "one" : "other",
		};
}

static void made_deinit(struct made *m)
{
	kbtf_program_free(m->object.program);
	kbtf_ext_free(m->ext);
	btf__free(m->object.peer);
	kbtf_free(m->btf);
	free(m->object.records);
	free(m->bytes);
}

int main(int argc, char **argv)
{
	struct kbtf_core_kernel *kernel;
	struct made together[NR_TOGETHER];
	struct object objects[NR_TOGETHER];
	uint64_t seed, first, last;
	struct source base = { 0 }, types = { 0 };
	struct world whole = { 0 };
	size_t nr = 0;

	if (argc < 4)
		die("usage", "minimize_random FIRST LAST BASE [PROGRAM_BTF]");
	first = strtoull(argv[1], NULL, 10);
	last = strtoull(argv[2], NULL, 10);
	silence_libbpf();
	source_init(&base, argv[3]);
	source_init(&types, argv[argc - 1]);
	whole.base = base.peer;
	if (kbtf_core_kernel_new(base.btf, &kernel))
		die("kbtf_core_kernel_new", "failed");
	for (seed = first; seed <= last; seed++) {
		struct made *m = &together[nr];

		made_init(m, &types, seed);
		if (!m->object.program) {
			made_deinit(m);
			continue;
		}
		objects[nr++] = m->object;
		compare_minimized(kernel, &whole, &m->object, 1, seed % 2, "alone");
		if (nr < NR_TOGETHER)
			continue;
		compare_minimized(kernel, &whole, objects, nr, false, "together");
		while (nr)
			made_deinit(&together[--nr]);
	}
	while (nr)
		made_deinit(&together[--nr]);
	printf("# %lu runs, %lu records: %lu make a bad instruction, %lu fail to load, %lu "
	       "differ\n",
	       counts.nr_runs, counts.nr_records, counts.nr_poisoned, counts.nr_failed,
	       counts.nr_differ);
	return counts.nr_differ != 0;
}

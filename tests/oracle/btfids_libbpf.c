// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * btfids_libbpf BTF BASE|- KFUNCS OUT [distill]: what resolve_btfids makes of BTF since 6.19,
 * by libbpf: OUT.BTF, and with "distill" OUT.BTF.base. KFUNCS has a line "NAME FLAGS" a
 * kfunc; of flags only FASTCALL is known here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#define FASTCALL (1u << 12)

__attribute__((noreturn)) static void die(const char *what)
{
	fprintf(stderr, "btfids_libbpf: %s\n", what);
	exit(1);
}

static struct btf *parse(const char *path, struct btf *base)
{
	struct btf *btf = btf__parse_split(path, base);

	if (!btf)
		die(path);
	return btf;
}

/* One that the BTF has not yet. */
static void add_tag(struct btf *btf, const char *tag, int func)
{
	if (btf__add_decl_tag(btf, tag, func, -1) < 0)
		die(tag);
}

struct kfunc {
	int id;
	unsigned int flags;
};

static int by_id(const void *a, const void *b)
{
	const struct kfunc *x = a, *y = b;

	return x->id - y->id;
}

static void tag_kfuncs(struct btf *btf, const char *path, int first)
{
	FILE *file = fopen(path, "r");
	static struct kfunc kfuncs[4096];
	int nr = 0, i, id, end = (int)btf__type_cnt(btf);
	unsigned int flags;
	char name[512];

	if (!file)
		die(path);
	while (fscanf(file, "%511s %u", name, &flags) == 2) {
		for (id = first; id < end; id++) {
			const struct btf_type *t = btf__type_by_id(btf, (unsigned int)id);

			if (btf_is_func(t) && !strcmp(btf__name_by_offset(btf, t->name_off), name))
				break;
		}
		if (id == end || nr == 4096)
			die(name);
		kfuncs[nr++] = (struct kfunc){ id, flags };
	}
	fclose(file);
	qsort(kfuncs, (size_t)nr, sizeof(*kfuncs), by_id);
	for (i = 0; i < nr; i++) {
		if (i && kfuncs[i].id == kfuncs[i - 1].id)
			continue;
		add_tag(btf, "bpf_kfunc", kfuncs[i].id);
		if (kfuncs[i].flags & FASTCALL)
			add_tag(btf, "bpf_fastcall", kfuncs[i].id);
	}
}

static const struct btf *sorted_btf;

static int by_name(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;
	const struct btf_type *s = btf__type_by_id(sorted_btf, x),
			      *t = btf__type_by_id(sorted_btf, y);
	int order = strcmp(btf__name_by_offset(sorted_btf, s->name_off),
			   btf__name_by_offset(sorted_btf, t->name_off));

	return order ? order : x < y ? -1 : x > y;
}

static void sort(struct btf *btf)
{
	const struct btf *base = btf__base_btf(btf);
	/* of a BTF that stands alone void is moved too: nowhere */
	unsigned int from = base ? btf__type_cnt(base) : 0, end = btf__type_cnt(btf), i;
	unsigned int *order = malloc((end - from + 1) * sizeof(*order));
	unsigned int *map = malloc((end - from + 1) * sizeof(*map));

	if (!order || !map)
		die("out of memory");
	for (i = from; i < end; i++)
		order[i - from] = i;
	sorted_btf = btf;
	qsort(order + !from, end - from - !from, sizeof(*order), by_name);
	for (i = 0; i < end - from; i++)
		map[order[i] - from] = from + i;
	if (btf__permute(btf, map, end - from, NULL))
		die("btf__permute");
	free(order);
	free(map);
}

static void save(const struct btf *btf, const char *path, const char *suffix)
{
	unsigned int size;
	const void *bytes = btf__raw_data(btf, &size);
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	file = fopen(name, "w");
	if (!bytes || !file || fwrite(bytes, 1, size, file) != size || fclose(file))
		die(name);
}

int main(int argc, char **argv)
{
	struct btf *base = NULL, *btf;

	if (argc < 5)
		die("BTF BASE|- KFUNCS OUT [distill]");
	if (strcmp(argv[2], "-"))
		base = parse(argv[2], NULL);
	btf = parse(argv[1], base);
	tag_kfuncs(btf, argv[3], base ? (int)btf__type_cnt(base) : 1);
	if (btf__dedup(btf, NULL))
		die("btf__dedup");
	if (argc > 5) {
		struct btf *new_base, *new_btf;

		if (btf__distill_base(btf, &new_base, &new_btf))
			die("btf__distill_base");
		btf__free(btf);
		btf__free(base);
		btf = new_btf;
		base = new_base;
		save(base, argv[4], ".BTF.base");
	}
	sort(btf);
	save(btf, argv[4], ".BTF");
	btf__free(btf);
	btf__free(base);
	return 0;
}

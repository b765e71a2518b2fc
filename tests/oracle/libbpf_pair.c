// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * libbpf next to kbtf, on every module of a pair of kernels.
 *
 *   libbpf_pair OLD NEW SPLIT DISTILLED RELOCATED
 *
 * In:  raw BTF of two kernels, and what kbtf made of the old one's modules: SPLIT/NAME.btf
 *      as built, DISTILLED/NAME.btf and NAME.base.btf, and RELOCATED/NAME.btf of those
 *      that kbtf could relocate onto the new kernel
 * Out: a line a module, tab-separated: the name; types of libbpf's distilled base; those
 *      of kbtf's; what libbpf says (yes or no) of relocating its own distilled BTF, and of
 *      kbtf's; what kbtf says; whether the relocated bytes are equal ("-" where either
 *      refuses)
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int be_silent(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static const char *join(char *buf, size_t size, const char *folder, const char *name,
			const char *suffix)
{
	snprintf(buf, size, "%s/%s%s", folder, name, suffix);
	return buf;
}

static const char *yes_no(bool yes)
{
	return yes ? "yes" : "no";
}

/* Whether the file has just these bytes. */
static bool file_holds(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "rb");
	char *there = malloc(size + 1);
	bool same = file && there && fread(there, 1, size + 1, file) == size &&
		    !memcmp(there, bytes, size);

	if (file)
		fclose(file);
	free(there);
	return same;
}

/*
 * Distill and relocate with libbpf alone; *ret_nr_base gets the types of its distilled
 * base. The distilled BTF goes through its bytes, as it would through a module's sections.
 */
static bool libbpf_alone(struct btf *old, struct btf *new, const char *path, int *ret_nr_base)
{
	struct btf *split = btf__parse_split(path, old);
	struct btf *made_base = NULL, *made_split = NULL, *base = NULL, *moved = NULL;
	const void *bytes;
	bool fits = false;
	__u32 size;

	*ret_nr_base = -1;
	if (!split || btf__distill_base(split, &made_base, &made_split))
		goto out;
	*ret_nr_base = (int)btf__type_cnt(made_base) - 1;
	bytes = btf__raw_data(made_base, &size);
	base = bytes ? btf__new(bytes, size) : NULL;
	bytes = btf__raw_data(made_split, &size);
	moved = base && bytes ? btf__new_split(bytes, size, base) : NULL;
	fits = moved && !btf__relocate(moved, new);
out:
	btf__free(moved);
	btf__free(base);
	btf__free(made_split);
	btf__free(made_base);
	btf__free(split);
	return fits;
}

static void compare(struct btf *old, struct btf *new, const char *name, char **folders)
{
	char path[4096], predicted[4096];
	struct btf *base, *split = NULL;
	bool alone, theirs = false, ours;
	int nr_alone, nr_ours = -1;
	const char *equal = "-";
	const void *bytes;
	__u32 size;

	alone = libbpf_alone(old, new, join(path, sizeof(path), folders[0], name, ".btf"),
			     &nr_alone);

	base = btf__parse(join(path, sizeof(path), folders[1], name, ".base.btf"), NULL);
	if (base) {
		nr_ours = (int)btf__type_cnt(base) - 1;
		split = btf__parse_split(join(path, sizeof(path), folders[1], name, ".btf"), base);
		theirs = split && !btf__relocate(split, new);
	}
	join(predicted, sizeof(predicted), folders[2], name, ".btf");
	ours = !access(predicted, R_OK);
	if (theirs && ours) {
		bytes = btf__raw_data(split, &size);
		equal = yes_no(bytes && file_holds(predicted, bytes, size));
	}
	printf("%s\t%d\t%d\t%s\t%s\t%s\t%s\n", name, nr_alone, nr_ours, yes_no(alone),
	       yes_no(theirs), yes_no(ours), equal);
	btf__free(split);
	btf__free(base);
}

static int is_btf(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && !strcmp(entry->d_name + len - 4, ".btf");
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	struct btf *old, *new;
	int nr, i;

	if (argc != 6) {
		fprintf(stderr, "Usage: libbpf_pair OLD NEW SPLIT DISTILLED RELOCATED\n");
		return 2;
	}
	libbpf_set_print(be_silent);
	old = btf__parse(argv[1], NULL);
	new = btf__parse(argv[2], NULL);
	nr = scandir(argv[3], &entries, is_btf, alphasort);
	if (!old || !new || nr < 0) {
		fprintf(stderr, "libbpf_pair: %s\n", strerror(errno));
		return 1;
	}
	for (i = 0; i < nr; i++) {
		entries[i]->d_name[strlen(entries[i]->d_name) - 4] = '\0';
		compare(old, new, entries[i]->d_name, argv + 3);
		free(entries[i]);
	}
	free(entries);
	btf__free(new);
	btf__free(old);
	return 0;
}

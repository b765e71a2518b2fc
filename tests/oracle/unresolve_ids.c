// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * unresolve_ids FILE BASE OUT: a kernel or module as its linker left it, before
 * resolve_btfids. Ids and counts become 0, and the flags of members go back to where the
 * symbols of their ids are, which only the BTF can tell once a set is sorted. BASE is
 * "-" for BTF that stands alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/btf.h>
#include <kbtf/image.h>

#include "ids.h"
#include "ids_read.h"
#include "subject.h"

__attribute__((noreturn)) static void die(const char *what, const struct kbtf_diag *why)
{
	char line[1024] = "";

	if (why)
		kbtf_diag_format(why, line, sizeof(line));
	fprintf(stderr, "unresolve_ids: %s: %s\n", what, line);
	exit(1);
}

static struct kbtf *open_base(const char *path)
{
	struct kbtf_diag why;
	struct kbtf_file *file;
	const void *bytes;
	struct kbtf *btf;
	size_t size;

	if (!strcmp(path, "-"))
		return NULL;
	if (kbtf_file_open_btf(path, &file, &why) || kbtf_file_btf(file, &bytes, &size, &why) ||
	    kbtf_open(bytes, size, NULL, &btf, &why))
		die(path, &why);
	kbtf_file_free(file);
	return btf;
}

/* The symbol of a name among those of a set: the word that it stands at. */
static uint32_t word_of(const struct kbtf_ids *ids, const struct kbtf_ids_set *s, const char *name,
			const bool *taken)
{
	uint32_t i;

	for (i = 0; i < ids->nr_refs; i++) {
		const struct kbtf_ids_ref *ref = &ids->refs[i];

		if (ref->word < s->word || ref->word >= s->word + 2 * s->nr || taken[ref->word])
			continue;
		if (!strcmp(strstr(ref->name, "__") + 2, name))
			return ref->word;
	}
	die("no symbol of the name of a member", NULL);
	return 0;
}

static void give_back_flags(const struct kbtf_ids *ids, const struct kbtf *btf,
			    const struct kbtf_ids_set *s, uint32_t *words, bool *taken)
{
	uint32_t i;

	for (i = 0; i < s->nr; i++) {
		const uint32_t *elem = ids->words + s->word + 2 * (size_t)i;
		uint32_t word;

		if (!elem[0])
			die("a member that was never resolved", NULL);
		word = word_of(ids, s, kbtf_name(btf, elem[0]), taken);
		taken[word] = true;
		words[word + 1] = elem[1];
	}
}

static void unresolve(struct kbtf_ids *ids, const struct kbtf *btf)
{
	uint32_t *words = kbtf_ids_copy_words(ids), i;
	bool *taken = calloc(ids->size / 4 + 1, sizeof(*taken));

	if (!words || !taken)
		die("out of memory", NULL);
	for (i = 0; i < ids->nr_refs; i++)
		words[ids->refs[i].word] = 0;
	for (i = 0; i < ids->nr_sets; i++) {
		const struct kbtf_ids_set *s = &ids->sets[i];

		words[s->word - s->elem_words] = 0;
		if (s->elem_words == 2)
			give_back_flags(ids, btf, s, words, taken);
	}
	kbtf_ids_take_words(ids, words);
	free(taken);
}

int main(int argc, char **argv)
{
	struct kbtf_section_edit edit = { .name = ".BTF_ids" };
	struct kbtf_subject s;
	struct kbtf_diag why;
	struct kbtf *base;
	void *bytes;
	size_t size;

	if (argc != 4) {
		fprintf(stderr, "usage: unresolve_ids FILE BASE|- OUT\n");
		return 2;
	}
	base = open_base(argv[2]);
	if (kbtf_subject_init(&s, argv[1], &why) || kbtf_subject_parse(&s, base, &why))
		die(argv[1], &why);
	if (!s.ids_words)
		die("no .BTF_ids", NULL);
	unresolve(s.ids_words, s.split);
	edit.data = kbtf_ids_bytes(s.ids_words, &edit.size);
	if (kbtf_file_edit(s.file, &edit, 1, &bytes, &size, &why) ||
	    kbtf_save(argv[3], bytes, size, NULL, 0, &why))
		die(argv[3], &why);
	free(bytes);
	kbtf_subject_deinit(&s);
	kbtf_free(base);
	return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_SHOW_MADE_H
#define KBTF_TESTS_SHOW_MADE_H

/* A small kernel with modules, and the index file that is made of it. */
#include <stdlib.h>
#include <string.h>

#include "show.h"
#include "typetext.h"

#define SHOW_MADE_KERNEL                                                                           \
	"int int 4 1; struct list_head 16 (next 3 0) (prev 3 64); ptr 2; "                         \
	"struct sock 8 (family 1 0) (state 1 32); enum color 4 (RED 0) (GREEN 1); "                \
	"enum64 color64 8 (RED64 0) (GREEN64 1); proto 1 (sk 9); func sock_init 7 1; ptr 4; "      \
	"fwd device; var jiffies 1 1"
#define SHOW_MADE_FIRST_ID 12u /* of modules */

/* Both have priv; theirs of other is not the same. */
static const char *const show_made_modules[] = {
	"struct priv 24 (sock 9 0) (list 2 64); func start 7 0; struct other 4 (x 1 0)",
	"struct only 4 (x 1 0); struct priv 24 (sock 9 0) (list 2 64); struct other 4 (y 1 0); "
	"struct device 4 (id 1 0)",
};
#define SHOW_MADE_NR_MODULES 2u

static inline struct kbtf *show_made_open(const char *text, const struct kbtf *base, void **bytes,
					  size_t *size)
{
	struct kbtf_open_opts opts = { .base = base, .flags = KBTF_OPEN_BORROW };
	struct kbtf *btf = NULL;

	*bytes = typetext_bytes(text, base ? kbtf_header(base)->str_len : 0, false, size);
	if (kbtf_open(*bytes, *size, &opts, &btf, NULL))
		abort();
	return btf;
}

/* *file goes to kbtf_buf_deinit(). */
static inline int show_made_file(struct kbtf_buf *file)
{
	static char request[] = "made", path[] = "/boot/vmlinux";
	struct kbtf_show_source source = { .path = path,
					   .stamp = { 1, 2, 3, 4, KBTF_SOURCE_THERE } };
	struct kbtf_show_sources sources = { .request = request, .list = &source, .nr = 1 };
	struct kbtf_collected items[2 + SHOW_MADE_NR_MODULES] = { 0 };
	struct kbtf_collection all = { items, 2 + SHOW_MADE_NR_MODULES };
	static char names[][8] = { "vmlinux", "a", "b", "c" };
	size_t i;
	int err;

	for (i = 0; i < all.nr; i++) {
		items[i].name = names[i];
		items[i].path = path;
	}
	items[0].btf = show_made_open(SHOW_MADE_KERNEL, NULL, &items[0].bytes, &items[0].size);
	items[0].is_alone = true;
	for (i = 0; i < SHOW_MADE_NR_MODULES; i++)
		items[1 + i].btf = show_made_open(show_made_modules[i], items[0].btf,
						  &items[1 + i].bytes, &items[1 + i].size);
	items[i + 1].why =
		(struct kbtf_diag){ .err = -1, .offset = KBTF_NO_OFFSET, .text = "cannot be read" };
	err = kbtf_show_make(&sources, &all, file);
	while (i) {
		kbtf_free(items[i].btf);
		free(items[i--].bytes);
	}
	kbtf_free(items[0].btf);
	free(items[0].bytes);
	return err;
}

/* Something to search in that has this file in memory, which is taken. Not for kbtf_show_free(). */
static inline int show_made_init(struct kbtf_show *show, void *bytes, size_t size)
{
	int err = kbtf_show_index_init(&show->index, bytes, size, size, -1, NULL);
	uint32_t nr, i;

	if (err)
		return err;
	nr = show->index.head->nr_modules;
	show->modules = calloc(nr, sizeof(*show->modules));
	show->btfs = calloc(nr, sizeof(*show->btfs));
	if (!show->modules || !show->btfs)
		abort();
	for (i = 0; i < nr; i++) {
		show->modules[i].name = show->index.texts + show->index.modules[i].name;
		show->modules[i].path = show->index.texts + show->index.modules[i].path;
	}
	return 0;
}

static inline void show_made_deinit(struct kbtf_show *show)
{
	uint32_t i;

	for (i = show->index.front ? show->index.head->nr_modules : 0; i--;)
		kbtf_free(show->btfs[i]);
	free(show->btfs);
	free(show->modules);
	kbtf_show_index_deinit(&show->index);
	memset(show, 0, sizeof(*show));
}

#endif

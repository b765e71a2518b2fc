// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Sources in, the BTF of the kernel and its modules out: one item for each name that a
 * module has [choose], read on any number of threads [collect_one]; what cannot be read is
 * left out. Modules that were loaded vouch for the files of those that were not [distrust_files].
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "parallel.h"
#include "show.h"
#include "subject.h"

/* Loaded modules that are compared with their files. */
#define NR_COMPARED 8u

struct collect {
	struct kbtf_show_sources *sources;
	const struct kbtf_show_opts *opts;
	struct kbtf_collection *collection;
	pthread_mutex_t lock; /* of nr_done */
	size_t nr_done;
};

/* ---- One module ------------------------------------------------------- */

/* Keep a copy of the bytes and BTF that is opened from it, which outlives the file. */
static int keep(struct kbtf_collected *item, const struct kbtf *btf, const struct kbtf *base,
		struct kbtf_diag *reterr)
{
	struct kbtf_open_opts opts = { .base = base,
				       .label = item->name,
				       .flags = KBTF_OPEN_BORROW };
	const void *bytes = kbtf_bytes(btf, &item->size);
	int err;

	item->bytes = malloc(item->size);
	if (!item->bytes)
		return kbtf_fail_nomem(reterr);
	memcpy(item->bytes, bytes, item->size);
	item->is_alone = !base;
	err = kbtf_open(item->bytes, item->size, &opts, &item->btf, reterr);
	if (err) {
		free(item->bytes);
		item->bytes = NULL;
	}
	return err;
}

/* Read a module as it stands on this kernel. */
static int read_module(struct kbtf_collected *item, const struct kbtf_kernel *kernel,
		       struct kbtf_diag *reterr)
{
	struct kbtf *made = NULL;
	struct kbtf_subject s;
	bool is_alone;
	int err;

	err = kbtf_subject_init(&s, item->path, reterr);
	if (err)
		return err;
	if (!s.btf.data) { /* no BTF, and nothing wrong with that */
		kbtf_subject_deinit(&s);
		return 0;
	}
	is_alone = !s.base.data && !kbtf_standalone_detect(s.btf.data, s.btf.size, NULL);
	if (!s.base.data && !is_alone)
		err = kbtf_kernel_check_origin(kernel, s.file, reterr);
	if (!err)
		err = kbtf_subject_parse_btf(&s, is_alone ? NULL : kernel->btf, reterr);
	if (!err && s.own_base)
		err = kbtf_relocate(s.split, kernel->target, NULL, &made, reterr);
	if (!err)
		err = keep(item, made ? made : s.split, is_alone ? NULL : kernel->btf, reterr);
	kbtf_free(made);
	kbtf_subject_deinit(&s);
	if (err)
		kbtf_diag_in(reterr, item->path);
	return err;
}

static void collect_one(void *ctx, unsigned int thread, size_t i)
{
	struct collect *c = ctx;
	struct kbtf_collected *item = &c->collection->items[1 + i];
	struct kbtf_diag why;

	(void)thread;
	if (read_module(item, &c->sources->kernel, &why)) /* written also where it succeeds */
		item->why = why;
	if (!c->opts->progress)
		return;
	pthread_mutex_lock(&c->lock);
	c->opts->progress(c->opts->ctx, ++c->nr_done, c->collection->nr - 1);
	pthread_mutex_unlock(&c->lock);
}

/* ---- Which modules ---------------------------------------------------- */

/* As the kernel calls it: "drivers/snd-hda.ko.xz" is snd_hda. */
static void module_name(const char *path, char name[NAME_MAX + 1])
{
	static const char *const endings[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst", ".btf" };
	const char *slash = strrchr(path, '/');
	size_t i, len, end;
	char *c;

	len = (size_t)snprintf(name, NAME_MAX + 1, "%s", slash ? slash + 1 : path);
	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		end = strlen(endings[i]);
		if (len <= NAME_MAX && len > end && !strcmp(name + len - end, endings[i])) {
			name[len - end] = '\0';
			break;
		}
	}
	for (c = name; *c; c++)
		if (*c == '-')
			*c = '_';
}

/* By name; of one name that which was listed last comes first. */
static int compare_items(const void *a, const void *b)
{
	const struct kbtf_collected *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->size < y->size) - (x->size > y->size);
}

static void item_deinit(struct kbtf_collected *item)
{
	kbtf_free(item->btf);
	free(item->bytes);
	free(item->name);
}

/* An item for the kernel, and one for each module; what stands in for another replaces it. */
static int choose(struct kbtf_show_sources *s, struct kbtf_collection *c)
{
	char name[NAME_MAX + 1];
	size_t i, kept = 1;

	c->items = kbtf_zalloc_array(s->nr + 1, sizeof(*c->items));
	if (!c->items)
		return -ENOMEM;
	c->nr = 1;
	c->items[0].name = strdup("vmlinux");
	if (!c->items[0].name)
		return -ENOMEM;
	for (i = 0; i < s->nr; i++) {
		struct kbtf_collected *item = &c->items[c->nr];

		if (!s->list[i].is_module)
			continue;
		item->path = s->list[i].path;
		item->is_live = s->list[i].is_live;
		item->is_asked = s->list[i].is_asked;
		item->size = i; /* the order of listing, until it is read */
		module_name(item->path, name);
		item->name = strdup(name);
		if (!item->name)
			return -ENOMEM;
		c->nr++;
	}
	qsort(c->items + 1, c->nr - 1, sizeof(*c->items), compare_items);
	for (i = 1; i < c->nr; i++) {
		if (kept > 1 && !strcmp(c->items[kept - 1].name, c->items[i].name))
			item_deinit(&c->items[i]);
		else
			c->items[kept++] = c->items[i];
	}
	c->nr = kept;
	return 0;
}

/* ---- Files of a kernel that is no longer that ------------------------- */

/* The file of a module that is loaded, among the sources. */
static const char *file_of(const struct kbtf_show_sources *s, const char *name)
{
	char other[NAME_MAX + 1];
	size_t i;

	for (i = 0; i < s->nr; i++) {
		if (!s->list[i].is_module || s->list[i].is_live ||
		    !strstr(s->list[i].path, "/kernel/"))
			continue;
		module_name(s->list[i].path, other);
		if (!strcmp(other, name))
			return s->list[i].path;
	}
	return NULL;
}

/* 1, 0 or -ENOMEM. */
static int differs_from_file(const struct kbtf_collected *live, const char *path,
			     const struct kbtf_kernel *kernel)
{
	struct kbtf_collected file = { .name = live->name, .path = path };
	int err = read_module(&file, kernel, NULL);
	bool differs;

	if (err == -ENOMEM)
		return err;
	differs = err || !file.bytes || file.size != live->size ||
		  memcmp(file.bytes, live->bytes, file.size);
	kbtf_free(file.btf);
	free(file.bytes);
	return differs;
}

static void leave_out(struct kbtf_collected *item, const char *release, const char *culprit)
{
	kbtf_free(item->btf);
	free(item->bytes);
	item->btf = NULL;
	item->bytes = NULL;
	kbtf_fail(&item->why, -ESTALE, "other-build",
		  "not loaded, and the files are those of another build of %s: %s is not what is "
		  "loaded",
		  release, culprit);
	kbtf_diag_in(&item->why, item->path);
}

/*
 * An update may replace the files of a release under the kernel that runs. Its types are
 * others then, although they have the same ids. Where the file of a loaded module is not
 * what was loaded, files of others are not believed either. Returns 0 or -ENOMEM.
 */
static int distrust_files(const struct collect *c)
{
	struct kbtf_collection *all = c->collection;
	const struct kbtf_kernel *kernel = &c->sources->kernel;
	const char *culprit = NULL, *path;
	size_t i, nr = 0;
	int differs;

	for (i = 1; i < all->nr && nr < NR_COMPARED && !culprit; i++) {
		const struct kbtf_collected *item = &all->items[i];

		path = item->is_live && item->bytes ? file_of(c->sources, item->name) : NULL;
		if (!path)
			continue;
		nr++;
		differs = differs_from_file(item, path, kernel);
		if (differs < 0)
			return differs;
		if (differs)
			culprit = path;
	}
	for (i = 1; i < all->nr && culprit; i++)
		if (!all->items[i].is_live && !all->items[i].is_asked && all->items[i].bytes)
			leave_out(&all->items[i], kernel->release, culprit);
	return 0;
}

/* ---- All -------------------------------------------------------------- */

static int collect_kernel(struct kbtf_show_sources *s, struct kbtf_collected *item,
			  struct kbtf_diag *reterr)
{
	int err = kbtf_kernel_load(&s->kernel, reterr);

	if (err)
		return err;
	err = kbtf_kernel_make_target(&s->kernel, reterr);
	item->path = s->kernel.name;
	return err ? err : keep(item, s->kernel.btf, NULL, reterr);
}

int kbtf_collect(struct kbtf_show_sources *sources, const struct kbtf_show_opts *opts,
		 struct kbtf_collection *ret, struct kbtf_diag *reterr)
{
	struct collect c = { .sources = sources, .opts = opts, .collection = ret };
	size_t i;
	int err;

	memset(ret, 0, sizeof(*ret));
	if (choose(sources, ret))
		err = kbtf_fail_nomem(reterr);
	else
		err = collect_kernel(sources, &ret->items[0], reterr);
	if (!err) {
		pthread_mutex_init(&c.lock, NULL);
		kbtf_parallel(opts->nr_threads ? opts->nr_threads : kbtf_nr_cpus(), ret->nr - 1,
			      collect_one, &c);
		pthread_mutex_destroy(&c.lock);
		if (sources->has_live && distrust_files(&c))
			err = kbtf_fail_nomem(reterr);
	}
	for (i = 1; i < ret->nr && !err; i++)
		if (ret->items[i].why.err == -ENOMEM)
			err = kbtf_fail_nomem(reterr);
	if (err)
		kbtf_collection_deinit(ret);
	return err;
}

void kbtf_collection_deinit(struct kbtf_collection *c)
{
	while (c->nr)
		item_deinit(&c->items[--c->nr]);
	free(c->items);
	memset(c, 0, sizeof(*c));
}

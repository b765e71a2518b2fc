// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Options in, something to find types in out: the index from the cache if it may be used, or
 * else a new one [make_index]. BTF is opened when a name leads to it, with all checks: they take
 * two milliseconds of a kernel, and without them a cache that is somebody else's work could make
 * printing go on for ever.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "show.h"

static void note(const struct kbtf_show_opts *opts, const struct kbtf_diag *diag)
{
	if (opts->note)
		opts->note(opts->ctx, diag);
}

/* ---- Making an index -------------------------------------------------- */

/* Whether nothing changed while it was read, nor could have without a trace. */
static bool may_be_kept(const struct kbtf_show_sources *before,
			const struct kbtf_show_sources *after)
{
	size_t i;

	if (before->nr != after->nr)
		return false;
	for (i = 0; i < before->nr; i++)
		if (strcmp(before->list[i].path, after->list[i].path) ||
		    !kbtf_stamp_equal(&before->list[i].stamp, &after->list[i].stamp) ||
		    !kbtf_stamp_is_settled(&before->list[i].stamp, before->looked_ns))
			return false;
	return true;
}

/*
 * The first module that was left out for a reason that does not lie in its file alone: the
 * system would not read it, or this build of kbtf cannot. The next one may.
 */
static const struct kbtf_collected *find_failed(const struct kbtf_collection *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++) {
		switch (all->items[i].why.err) {
		case 0:
		case -EINVAL:
		case -EMEDIUMTYPE:
		case -ENOENT: /* of relocating */
		case -ELOOP:
		case -E2BIG:
		case -EFBIG:
		case -ESTALE:
			break;
		default:
			return &all->items[i];
		}
	}
	return NULL;
}

static int store(const struct kbtf_show_sources *sources, const struct kbtf_show_opts *opts,
		 const struct kbtf_collection *all, const struct kbtf_buf *file,
		 struct kbtf_diag *reterr)
{
	const struct kbtf_collected *failed = find_failed(all);
	struct kbtf_show_sources after;
	int err;

	if (failed)
		return kbtf_fail(reterr, -EAGAIN, "cache", "not kept: %s could not be read",
				 failed->path);
	err = kbtf_sources_init(&after, opts, &sources->live, reterr);
	if (err)
		return err;
	err = kbtf_sources_list(&after, opts, reterr);
	if (!err && !may_be_kept(sources, &after))
		err = kbtf_fail(reterr, -EAGAIN, "cache",
				"not kept: sources changed within the last seconds");
	if (!err)
		err = kbtf_cache_store(sources, file, reterr);
	kbtf_sources_deinit(&after);
	return err;
}

static int make_index(struct kbtf_show *show, struct kbtf_show_sources *sources,
		      const struct kbtf_show_opts *opts, struct kbtf_diag *reterr)
{
	struct kbtf_collection collection;
	struct kbtf_buf file;
	struct kbtf_diag why;
	size_t size;
	int err;

	err = kbtf_sources_list(sources, opts, reterr);
	if (!err)
		err = kbtf_collect(sources, opts, &collection, reterr);
	if (err)
		return err;
	err = kbtf_show_make(sources, &collection, &file);
	if (!err && !(opts->flags & KBTF_SHOW_NO_CACHE) &&
	    store(sources, opts, &collection, &file, &why))
		note(opts, &why);
	kbtf_collection_deinit(&collection);
	if (err)
		return err == -ENOMEM ? kbtf_fail_nomem(reterr)
				      : kbtf_fail(reterr, err, "too-large", "too many names");
	size = file.size;
	err = kbtf_show_index_init(&show->index, file.data, size, size, -1, reterr);
	if (err)
		kbtf_buf_deinit(&file);
	return err;
}

/* ---- Getting ready ---------------------------------------------------- */

static void tell_left_out(struct kbtf_show *show)
{
	const struct kbtf_show_index *index = &show->index;
	uint32_t i;

	for (i = 0; i < index->head->nr_modules; i++) {
		struct kbtf_diag why;

		if (!index->modules[i].why)
			continue;
		show->nr_left_out++;
		kbtf_fail(&why, -EINVAL, NULL, "%s", index->texts + index->modules[i].why);
		note(&show->opts, &why);
	}
}

static int make_tables(struct kbtf_show *show, struct kbtf_diag *reterr)
{
	const struct kbtf_show_index *index = &show->index;
	uint32_t nr = index->head->nr_modules, i;

	show->modules = kbtf_zalloc_array(nr, sizeof(*show->modules));
	show->btfs = kbtf_zalloc_array(nr, sizeof(*show->btfs));
	if (!show->modules || !show->btfs)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < nr; i++) {
		show->modules[i].name = index->texts + index->modules[i].name;
		show->modules[i].path = index->texts + index->modules[i].path;
	}
	return 0;
}

/* An index from the cache, if there is one and it may be looked for; else a new one. */
static int get_index(struct kbtf_show *show, bool may_load, struct kbtf_diag *reterr)
{
	const struct kbtf_show_opts *opts = &show->opts;
	struct kbtf_show_sources sources;
	struct kbtf_diag why;
	int err;

	err = kbtf_sources_init(&sources, opts, &kbtf_live_kernel, reterr);
	if (err)
		return err;
	err = -ENOENT;
	if (may_load) {
		err = kbtf_cache_load(&sources, &show->index, &why);
		show->is_cached = !err;
		if (err == -ENOENT)
			note(opts, &why);
		if (err && reterr)
			*reterr = why;
	}
	if (err == -ENOENT && !(opts->flags & KBTF_SHOW_ONLY_CACHE))
		err = make_index(show, &sources, opts, reterr);
	kbtf_sources_deinit(&sources);
	if (!err)
		err = make_tables(show, reterr);
	if (!err)
		tell_left_out(show);
	return err;
}

static void drop_index(struct kbtf_show *show)
{
	uint32_t i;

	for (i = show->btfs ? show->index.head->nr_modules : 0; i--;)
		kbtf_free(show->btfs[i]); /* the kernel, which others stand on, goes last */
	free(show->btfs);
	free(show->modules);
	show->btfs = NULL;
	show->modules = NULL;
	show->nr_left_out = 0;
	kbtf_show_index_deinit(&show->index);
}

int kbtf_show_new(const struct kbtf_show_opts *opts, struct kbtf_show **ret,
		  struct kbtf_diag *reterr)
{
	struct kbtf_show *show = calloc(1, sizeof(*show));
	int err;

	if (!show)
		return kbtf_fail_nomem(reterr);
	show->opts = *opts;
	err = get_index(show, !(opts->flags & KBTF_SHOW_NO_CACHE), reterr);
	if (err)
		kbtf_show_free(show);
	else
		*ret = show;
	return err;
}

int kbtf_show_renew(struct kbtf_show *show, struct kbtf_diag *reterr)
{
	drop_index(show);
	show->is_cached = false;
	return get_index(show, false, reterr);
}

void kbtf_show_free(struct kbtf_show *show)
{
	if (!show)
		return;
	drop_index(show);
	free(show);
}

size_t kbtf_show_nr_left_out(const struct kbtf_show *show)
{
	return show->nr_left_out;
}

int kbtf_show_open(struct kbtf_show *show, uint32_t module, const struct kbtf **ret,
		   struct kbtf_diag *reterr)
{
	const struct kbtf_disk_module *m = &show->index.modules[module];
	struct kbtf_open_opts opts = { .label = show->modules[module].name,
				       .flags = KBTF_OPEN_TAKE };
	void *bytes;
	int err = 0;

	if (!show->btfs[module]) {
		if (module && !m->is_alone)
			err = kbtf_show_open(show, 0, &opts.base, reterr);
		if (!err)
			err = kbtf_show_index_btf(&show->index, module, &bytes, reterr);
		if (err)
			return err;
		err = kbtf_open(bytes, m->btf.size, &opts, &show->btfs[module], reterr);
		if (err) {
			free(bytes);
			return err == -ENOMEM ? err : -EBADMSG;
		}
	}
	*ret = show->btfs[module];
	return 0;
}

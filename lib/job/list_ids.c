// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Files in, their sets and lists of ids as text or JSON out. What is common to both forms
 * is here: opening a file [open_listed], and what a word is [kbtf_listed_member].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/inspect.h>

#include "alloc.h"
#include "fail.h"
#include "ids_read.h"
#include "list_ids.h"
#include "sort.h"

struct listing {
	const struct kbtf_list_ids_opts *opts;
	kbtf_write_fn *write;
	void *write_ctx;
	struct kbtf_json_out json;
	bool any_refused;
};

/* ---- A file ----------------------------------------------------------- */

static void close_listed(struct kbtf_listed *l)
{
	free(l->by_word);
	free(l->loose);
	kbtf_operand_deinit(&l->operand);
	kbtf_ids_free(l->ids);
	kbtf_file_free(l->file);
}

static int sort_words(struct kbtf_listed *l, struct kbtf_diag *reterr)
{
	uint32_t nr = kbtf_ids_count(l->ids), i;
	uint64_t *items;
	size_t size;

	kbtf_ids_bytes(l->ids, &size);
	l->by_word = kbtf_zalloc_array(size / 4, sizeof(*l->by_word));
	l->loose = kbtf_alloc_array(nr, sizeof(*l->loose));
	items = kbtf_alloc_array(nr, 2 * sizeof(*items));
	if (!l->by_word || !l->loose || !items) {
		free(items);
		return kbtf_fail_nomem(reterr);
	}
	for (i = 0; i < nr; i++) {
		l->by_word[kbtf_ids_offset(l->ids, i) / 4] = kbtf_ids_name(l->ids, i);
		if (!kbtf_ids_is_in_set(l->ids, i))
			items[l->nr_loose++] = kbtf_ids_offset(l->ids, i) << 32 | i;
	}
	kbtf_sort_by_key(items, items + nr, l->nr_loose);
	for (i = 0; i < l->nr_loose; i++)
		l->loose[i] = (uint32_t)items[i];
	free(items);
	return 0;
}

/* -ENOENT where the file has no .BTF_ids. */
static int open_listed(struct kbtf_listed *l, const struct kbtf_list_ids_opts *opts,
		       const char *path, struct kbtf_diag *reterr)
{
	const struct kbtf_operand_base base = { opts->base, opts->kernel, opts->root };
	int err;

	*l = (struct kbtf_listed){ .path = path };
	err = kbtf_file_open_ids(path, &l->file, reterr);
	if (err)
		return err;
	if (!kbtf_file_has_section(l->file, ".BTF_ids")) {
		kbtf_fail(reterr, -ENOENT, "no-ids", "no section .BTF_ids");
		kbtf_diag_in(reterr, path);
		return -ENOENT;
	}
	err = kbtf_ids_read(l->file, &l->ids, reterr);
	if (!err)
		err = sort_words(l, reterr);
	if (err)
		return err;
	err = kbtf_operand_init(&l->operand, path, &base, reterr);
	/* Ids are those of .BTF as it is in the file, also where that could be relocated. */
	l->btf = l->operand.subject.split ? l->operand.subject.split : l->operand.btf;
	return err == -ENOENT ? -EIO : err; /* the file was there a moment ago */
}

static void describe(const struct kbtf_listed *l, uint32_t id, uint64_t offset,
		     struct kbtf_listed_id *ret)
{
	const struct kbtf_type *t = id ? kbtf_type(l->btf, id) : NULL;

	ret->id = id;
	ret->kind = t ? kbtf_kind_name(kbtf_kind(t)) : NULL;
	ret->name = t ? kbtf_name(l->btf, id) : l->by_word[offset / 4];
	if (!ret->name)
		ret->name = "";
}

void kbtf_listed_member(const struct kbtf_listed *l, uint32_t set, uint32_t i,
			struct kbtf_listed_id *ret)
{
	struct kbtf_id_set s;
	uint32_t id;

	kbtf_ids_get_set(l->ids, set, &s);
	id = kbtf_ids_get_member(l->ids, set, i, &ret->flags);
	describe(l, id, s.offset + (s.has_flags ? 8 + 8 * (uint64_t)i : 4 + 4 * (uint64_t)i), ret);
}

void kbtf_listed_loose(const struct kbtf_listed *l, uint32_t i, struct kbtf_listed_id *ret,
		       const char **ret_list, uint64_t *ret_offset)
{
	uint32_t ref = l->loose[i];

	ret->flags = 0;
	*ret_list = kbtf_ids_list_of(l->ids, ref);
	*ret_offset = kbtf_ids_offset(l->ids, ref);
	describe(l, kbtf_ids_get(l->ids, ref), *ret_offset, ret);
}

static int collect(void *ctx, const char *text, size_t n)
{
	return kbtf_buf_append(ctx, text, n);
}

int kbtf_listed_prototype(const struct kbtf_listed *l, uint32_t id, struct kbtf_buf *out)
{
	const struct kbtf_c_opts opts = { .flags = KBTF_C_ALONE, .ids = &id, .nr_ids = 1 };
	static const char storage[] = "extern ";
	size_t from = out->size, skip = sizeof(storage) - 1;
	int err = kbtf_text_c(l->btf, &opts, collect, out, NULL);

	if (err)
		return err;
	if (out->size - from > skip && !memcmp(out->data + from, storage, skip)) {
		memmove(out->data + from, out->data + from + skip, out->size - from - skip);
		out->size -= skip;
	}
	while (out->size > from && out->data[out->size - 1] == '\n')
		out->size--;
	return 0;
}

/* ---- All files -------------------------------------------------------- */

static int print(struct listing *listing, const struct kbtf_listed *l)
{
	struct kbtf_buf text = { 0 };
	int err;

	if (listing->opts->json)
		return kbtf_listed_json(l, &listing->json);
	err = kbtf_listed_text(l, &text);
	if (!err)
		err = listing->write(listing->write_ctx, (const char *)text.data, text.size);
	kbtf_buf_deinit(&text);
	return err;
}

static void refuse(struct listing *listing, const char *path, const struct kbtf_diag *why)
{
	listing->any_refused = true;
	if (listing->opts->json) {
		kbtf_json_open_map(&listing->json, NULL);
		kbtf_json_string(&listing->json, "path", path);
		kbtf_json_diag(&listing->json, "error", why);
		kbtf_json_close_map(&listing->json);
	}
	if (listing->opts->refused)
		listing->opts->refused(listing->opts->ctx, why);
}

/* may_lack: a file without .BTF_ids is nothing to tell of. */
static int list_file(struct listing *listing, const char *path, bool may_lack)
{
	struct kbtf_listed l;
	struct kbtf_diag why;
	int err = open_listed(&l, listing->opts, path, &why);

	if (!err)
		err = print(listing, &l);
	else if (err != -ENOMEM) {
		if (err != -ENOENT || strcmp(why.reason, "no-ids") || !may_lack)
			refuse(listing, path, &why);
		err = 0;
	}
	close_listed(&l);
	return err;
}

static int list_input(struct listing *listing, const char *input)
{
	struct kbtf_paths paths;
	struct kbtf_diag why;
	bool is_dir;
	int err;
	size_t i;

	if (kbtf_paths_list(input, 0, &paths, &why)) {
		refuse(listing, input, &why);
		return why.err == -ENOMEM ? -ENOMEM : 0;
	}
	is_dir = paths.nr != 1 || strcmp(paths.paths[0], input);
	for (i = 0, err = 0; i < paths.nr && !err; i++)
		err = list_file(listing, paths.paths[i], is_dir);
	kbtf_paths_deinit(&paths);
	return err;
}

int kbtf_list_ids(const struct kbtf_list_ids_opts *opts, kbtf_write_fn *write, void *write_ctx)
{
	struct listing listing = { .opts = opts, .write = write, .write_ctx = write_ctx };
	int err = 0, json_err;
	size_t i;

	if (opts->json) {
		if (kbtf_json_out_init(&listing.json, write, write_ctx))
			return -ENOMEM;
		kbtf_json_open_map(&listing.json, NULL);
		kbtf_json_string(&listing.json, "command", "ids");
		kbtf_json_open_array(&listing.json, "files");
	}
	for (i = 0; i < opts->nr_inputs && !err; i++)
		err = list_input(&listing, opts->inputs[i]);
	if (opts->json) {
		kbtf_json_close_array(&listing.json);
		kbtf_json_close_map(&listing.json);
		json_err = kbtf_json_out_finish(&listing.json);
		err = err ? err : json_err;
	}
	return !err && listing.any_refused ? -EINVAL : err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * BTF of a kernel and its modules in, the bytes of an index file out: gather what has a
 * name [gather], sort it, cut it into blocks [put_blocks], write tables and texts of the front
 * [put_*], and join all of it with the BTF itself [join].
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "show.h"
#include "view.h"

/* A thing with a name. The first letters as a number are most of a comparison. */
struct named {
	uint64_t key;
	const char *name; /* borrowed from BTF */
	uint32_t module, type_id;
};

struct making {
	struct kbtf_buf named;				 /* of struct named */
	struct kbtf_buf sources, modules, blocks, texts; /* of the front */
	struct kbtf_buf block_bytes;
};

/* ---- Gathering -------------------------------------------------------- */

static uint64_t key_of(const char *name)
{
	uint64_t key = 0;
	unsigned int i;

	for (i = 0; i < 8 && name[i]; i++)
		key |= (uint64_t)(uint8_t)name[i] << (56 - 8 * i);
	return key;
}

static int add(struct making *m, const char *name, uint32_t module, uint32_t type_id)
{
	struct named *n;

	if (!*name)
		return 0;
	n = kbtf_buf_extend(&m->named, sizeof(*n));
	if (!n)
		return -ENOMEM;
	*n = (struct named){ key_of(name), name, module, type_id };
	return 0;
}

static int add_enumerators(struct making *m, const struct kbtf *btf, const struct kbtf_type *t,
			   uint32_t module, uint32_t type_id)
{
	uint32_t vlen = kbtf_vlen(t), i;
	int err = 0;

	for (i = 0; i < vlen && !err; i++) {
		uint32_t name_off = kbtf_kind(t) == KBTF_ENUM ? kbtf_enums(t)[i].name_off
							      : kbtf_enums64(t)[i].name_off;

		err = add(m, kbtf_string_get(btf, name_off), module, type_id);
	}
	return err;
}

/* Tags have texts rather than names. */
static int gather(struct making *m, const struct kbtf *btf, uint32_t module)
{
	uint32_t id;
	int err = 0;

	for (id = kbtf_first_id(btf); id < kbtf_end_id(btf) && !err; id++) {
		const struct kbtf_type *t = kbtf_type_get(btf, id);
		unsigned int kind = kbtf_kind(t);

		if (kind == KBTF_DECL_TAG || kind == KBTF_TYPE_TAG || kind >= KBTF_NR_KINDS)
			continue;
		err = add(m, kbtf_string_get(btf, t->name_off), module, id);
		if (!err && (kind == KBTF_ENUM || kind == KBTF_ENUM64))
			err = add_enumerators(m, btf, t, module, id);
	}
	return err;
}

static int compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	order = strcmp(x->name, y->name);
	if (order)
		return order;
	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return (x->type_id > y->type_id) - (x->type_id < y->type_id);
}

/* Also drops what is there twice: an enumerator that is named as its enum. */
static void sort(struct making *m)
{
	struct named *list = (struct named *)m->named.data;
	size_t nr = m->named.size / sizeof(*list), kept = 0, i;

	if (nr)
		qsort(list, nr, sizeof(*list), compare);
	for (i = 0; i < nr; i++)
		if (!kept || compare(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	m->named.size = kept * sizeof(*list);
}

/* ---- Writing ---------------------------------------------------------- */

static int put_text(struct kbtf_buf *texts, const char *text, uint32_t *ret)
{
	if (texts->size > UINT32_MAX / 2)
		return -E2BIG;
	*ret = (uint32_t)texts->size;
	return kbtf_buf_append(texts, text, strlen(text) + 1);
}

/* So that it means the same wherever the index is used. Links are not followed: they may change. */
static int put_path(struct making *m, const char *path, uint32_t *ret)
{
	char absolute[PATH_MAX];
	size_t len;

	if (*path == '/' || !getcwd(absolute, sizeof(absolute)))
		return put_text(&m->texts, path, ret);
	len = strlen(absolute);
	if ((size_t)snprintf(absolute + len, sizeof(absolute) - len, "/%s", path) >=
	    sizeof(absolute) - len)
		return put_text(&m->texts, path, ret);
	return put_text(&m->texts, absolute, ret);
}

/* What BTF behind it needs, which is read in words. */
static int pad(struct kbtf_buf *buf)
{
	static const uint8_t padding[8];

	return kbtf_buf_append(buf, padding, -buf->size % sizeof(padding));
}

static int put_sources(struct making *m, const struct kbtf_show_sources *s)
{
	int err = 0;
	size_t i;

	for (i = 0; i < s->nr && !err; i++) {
		const struct kbtf_show_source *source = &s->list[i];
		struct kbtf_disk_source disk = {
			.size = source->stamp.size,
			.mtime_ns = source->stamp.mtime_ns,
			.ctime_ns = source->stamp.ctime_ns,
			.ino = source->stamp.ino,
			.state = source->stamp.state,
		};

		if (source->is_live) /* their listing speaks for them */
			continue;
		err = put_path(m, source->path, &disk.path);
		if (!err)
			err = kbtf_buf_append(&m->sources, &disk, sizeof(disk));
	}
	return err;
}

static int put_modules(struct making *m, const struct kbtf_show_sources *s,
		       const struct kbtf_collection *c)
{
	char why[1024];
	int err = 0;
	size_t i;

	for (i = 0; i < c->nr && !err; i++) {
		const struct kbtf_collected *item = &c->items[i];
		struct kbtf_disk_module disk = { .is_alone = item->is_alone };

		if (item->bytes) {
			disk.btf.size = item->size;
			disk.btf.checksum = kbtf_show_checksum(item->bytes, item->size);
		}
		err = put_text(&m->texts, item->name, &disk.name);
		if (!err && (i || !s->kernel.release)) /* whose name says more than its file */
			err = put_path(m, item->path, &disk.path);
		else if (!err)
			err = put_text(&m->texts, item->path, &disk.path);
		if (!err && item->why.err) {
			kbtf_diag_format(&item->why, why, sizeof(why));
			err = put_text(&m->texts, why, &disk.why);
		}
		if (!err)
			err = kbtf_buf_append(&m->modules, &disk, sizeof(disk));
	}
	return err;
}

static bool same_name(const struct named *a, const struct named *b)
{
	return a->key == b->key && !strcmp(a->name, b->name);
}

/* One block: of list as many as have the first KBTF_SHOW_BLOCK_NAMES names. */
static int put_block(struct making *m, const struct named *list, size_t nr, size_t *ret_used)
{
	struct kbtf_buf names = { 0 }, entries = { 0 }, texts = { 0 };
	struct kbtf_block_head head = { 0 };
	struct kbtf_disk_block block = { 0 };
	struct kbtf_disk_name name = { 0 };
	int err = put_text(&m->texts, list->name, &block.first_name);
	size_t i, start;

	for (i = 0; i < nr && !err; i++) {
		struct kbtf_disk_entry entry = { list[i].module, list[i].type_id };

		if (!i || !same_name(&list[i], &list[i - 1])) {
			if (head.nr_names == KBTF_SHOW_BLOCK_NAMES)
				break;
			head.nr_names++;
			name.first = (uint32_t)i;
			err = put_text(&texts, list[i].name, &name.text);
			if (!err)
				err = kbtf_buf_append(&names, &name, sizeof(name));
		}
		if (!err)
			err = kbtf_buf_append(&entries, &entry, sizeof(entry));
	}
	name = (struct kbtf_disk_name){ .first = (uint32_t)i };
	head.nr_entries = (uint32_t)i;
	head.texts_size = (uint32_t)texts.size;
	start = m->block_bytes.size;
	if (err || kbtf_buf_append(&names, &name, sizeof(name)) ||
	    kbtf_buf_append(&m->block_bytes, &head, sizeof(head)) ||
	    kbtf_buf_append(&m->block_bytes, names.data, names.size) ||
	    kbtf_buf_append(&m->block_bytes, entries.data, entries.size) ||
	    kbtf_buf_append(&m->block_bytes, texts.data, texts.size)) {
		err = err ? err : -ENOMEM;
	} else {
		block.range.offset = start; /* from the first block, until that has a place */
		block.range.size = m->block_bytes.size - start;
		block.range.checksum =
			kbtf_show_checksum(m->block_bytes.data + start, block.range.size);
		err = kbtf_buf_append(&m->blocks, &block, sizeof(block));
	}
	kbtf_buf_deinit(&names);
	kbtf_buf_deinit(&entries);
	kbtf_buf_deinit(&texts);
	*ret_used = i;
	return err ? err : pad(&m->block_bytes);
}

static int put_blocks(struct making *m)
{
	const struct named *list = (const struct named *)m->named.data;
	size_t nr = m->named.size / sizeof(*list), used;
	int err = 0;

	for (; nr && !err; list += used, nr -= used)
		err = put_block(m, list, nr, &used);
	return err;
}

/* ---- The file --------------------------------------------------------- */

static size_t padded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

/* Give blocks and BTF their places behind the front. Returns the file's size. */
static size_t place(struct making *m, size_t front_size)
{
	struct kbtf_disk_module *modules = (struct kbtf_disk_module *)m->modules.data;
	struct kbtf_disk_block *blocks = (struct kbtf_disk_block *)m->blocks.data;
	size_t nr_modules = m->modules.size / sizeof(*modules);
	size_t nr_blocks = m->blocks.size / sizeof(*blocks);
	size_t at = front_size + m->block_bytes.size, i;

	for (i = 0; i < nr_blocks; i++)
		blocks[i].range.offset += front_size;
	for (i = 0; i < nr_modules; i++) {
		modules[i].btf.offset = at;
		at += padded(modules[i].btf.size);
	}
	return at;
}

static int join(struct making *m, const struct kbtf_collection *c, uint32_t request,
		struct kbtf_buf *ret)
{
	const struct kbtf_buf *parts[] = { &m->sources, &m->modules, &m->blocks, &m->texts,
					   &m->block_bytes };
	struct kbtf_show_head head = {
		.magic = KBTF_SHOW_MAGIC,
		.version = KBTF_SHOW_VERSION,
		.nr_sources = (uint32_t)(m->sources.size / sizeof(struct kbtf_disk_source)),
		.nr_modules = (uint32_t)c->nr,
		.nr_blocks = (uint32_t)(m->blocks.size / sizeof(struct kbtf_disk_block)),
		.texts_size = (uint32_t)m->texts.size,
		.request = request,
	}, *written;
	size_t i;
	int err;

	head.front_size =
		sizeof(head) + m->sources.size + m->modules.size + m->blocks.size + m->texts.size;
	head.file_size = place(m, head.front_size);
	err = kbtf_buf_reserve(ret, head.file_size);
	if (!err)
		err = kbtf_buf_append(ret, &head, sizeof(head));
	for (i = 0; i < sizeof(parts) / sizeof(*parts) && !err; i++)
		err = kbtf_buf_append(ret, parts[i]->data, parts[i]->size);
	for (i = 0; i < c->nr && !err; i++) {
		if (!c->items[i].bytes)
			continue;
		err = kbtf_buf_append(ret, c->items[i].bytes, c->items[i].size);
		if (!err)
			err = pad(ret);
	}
	if (err)
		return err;
	written = (struct kbtf_show_head *)ret->data;
	written->checksum =
		kbtf_show_checksum(&written->front_size,
				   head.front_size - offsetof(struct kbtf_show_head, front_size));
	return 0;
}

static void making_deinit(struct making *m)
{
	kbtf_buf_deinit(&m->named);
	kbtf_buf_deinit(&m->sources);
	kbtf_buf_deinit(&m->modules);
	kbtf_buf_deinit(&m->blocks);
	kbtf_buf_deinit(&m->texts);
	kbtf_buf_deinit(&m->block_bytes);
}

int kbtf_show_make(const struct kbtf_show_sources *sources, const struct kbtf_collection *c,
		   struct kbtf_buf *ret)
{
	struct making m = { 0 };
	uint32_t request;
	int err = 0;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < c->nr && !err; i++)
		if (c->items[i].btf)
			err = gather(&m, c->items[i].btf, (uint32_t)i);
	if (!err)
		err = put_text(&m.texts, "", &request); /* text 0 is none */
	if (!err) {
		sort(&m);
		err = put_blocks(&m);
	}
	if (!err)
		err = put_text(&m.texts, sources->request, &request);
	if (!err)
		err = put_sources(&m, sources);
	if (!err)
		err = put_modules(&m, sources, c);
	if (!err)
		err = pad(&m.texts);
	if (!err)
		err = join(&m, c, request, ret);
	making_deinit(&m);
	if (err)
		kbtf_buf_deinit(ret);
	return err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The bytes of an index file in, an index out. A file that was cut short, overwritten or
 * made to mislead is refused before anything in it is used: checksums find accidents, and
 * range checks [check_*] make sure that no number leads out of the file, whoever wrote it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "fail.h"
#include "hash.h"
#include "show_index.h"

/* The same as of any file that kbtf reads. */
#define MAX_BYTES ((uint64_t)1 << 30)

/* Where the checksum's bytes begin. */
#define SUMMED_FROM offsetof(struct kbtf_show_head, front_size)

uint64_t kbtf_show_checksum(const void *bytes, size_t size)
{
	return XXH3_64bits(bytes, size);
}

/* ---- The front -------------------------------------------------------- */

bool kbtf_show_head_ok(const struct kbtf_show_head *head, uint64_t file_size)
{
	/* 32-bit numbers of small records: the sum does not overflow 64 bits. */
	uint64_t front =
		sizeof(*head) + (uint64_t)head->nr_sources * sizeof(struct kbtf_disk_source) +
		(uint64_t)head->nr_modules * sizeof(struct kbtf_disk_module) +
		(uint64_t)head->nr_blocks * sizeof(struct kbtf_disk_block) + head->texts_size;

	return head->magic == KBTF_SHOW_MAGIC && head->version == KBTF_SHOW_VERSION &&
	       head->file_size == file_size && file_size <= MAX_BYTES &&
	       head->front_size == front && front <= file_size;
}

static bool check_range(const struct kbtf_show_head *head, const struct kbtf_disk_range *range)
{
	return range->offset >= head->front_size && range->offset <= head->file_size &&
	       range->size <= head->file_size - range->offset;
}

static bool check_sources(const struct kbtf_show_index *index)
{
	uint32_t i;

	for (i = 0; i < index->head->nr_sources; i++)
		if (index->sources[i].path >= index->head->texts_size)
			return false;
	return true;
}

static bool check_modules(const struct kbtf_show_index *index)
{
	const struct kbtf_show_head *head = index->head;
	uint32_t i;

	for (i = 0; i < head->nr_modules; i++) {
		const struct kbtf_disk_module *m = &index->modules[i];

		if (m->name >= head->texts_size || m->path >= head->texts_size ||
		    m->why >= head->texts_size || m->is_alone > 1 || !check_range(head, &m->btf))
			return false;
	}
	return head->nr_modules && index->modules[0].btf.size;
}

static bool check_blocks(const struct kbtf_show_index *index)
{
	uint32_t i;

	for (i = 0; i < index->head->nr_blocks; i++)
		if (index->blocks[i].first_name >= index->head->texts_size ||
		    !check_range(index->head, &index->blocks[i].range))
			return false;
	return true;
}

static bool check_front(const struct kbtf_show_index *index)
{
	uint32_t texts_size = index->head->texts_size;

	return texts_size && !index->texts[texts_size - 1] && index->head->request < texts_size &&
	       check_sources(index) && check_modules(index) && check_blocks(index);
}

int kbtf_show_index_init(struct kbtf_show_index *index, void *front, size_t size,
			 uint64_t file_size, int fd, struct kbtf_diag *reterr)
{
	const struct kbtf_show_head *head = front;
	const uint8_t *at = front;

	if (size < sizeof(*head) || !kbtf_show_head_ok(head, file_size) ||
	    size < (fd < 0 ? file_size : head->front_size))
		return kbtf_fail(reterr, -EINVAL, "cache", "no index file of this version");
	if (head->checksum != kbtf_show_checksum(at + SUMMED_FROM, head->front_size - SUMMED_FROM))
		return kbtf_fail(reterr, -EINVAL, "cache", "the checksum is wrong");
	index->front = front;
	index->fd = fd;
	index->head = head;
	at += sizeof(*head);
	index->sources = (const void *)at;
	at += head->nr_sources * sizeof(*index->sources);
	index->modules = (const void *)at;
	at += head->nr_modules * sizeof(*index->modules);
	index->blocks = (const void *)at;
	at += head->nr_blocks * sizeof(*index->blocks);
	index->texts = (const char *)at;
	if (check_front(index))
		return 0;
	memset(index, 0, sizeof(*index));
	return kbtf_fail(reterr, -EINVAL, "cache", "a number leads out of the file");
}

void kbtf_show_index_deinit(struct kbtf_show_index *index)
{
	if (index->front && index->fd >= 0)
		close(index->fd);
	free(index->front);
	memset(index, 0, sizeof(*index));
}

/* ---- Ranges ----------------------------------------------------------- */

static bool read_at(int fd, void *to, size_t size, uint64_t offset)
{
	uint8_t *at = to;
	ssize_t n;

	while (size) {
		n = pread(fd, at, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return true;
}

/* A copy of the bytes of a range, for free(). */
static int read_range(const struct kbtf_show_index *index, const struct kbtf_disk_range *range,
		      void **ret, struct kbtf_diag *reterr)
{
	struct kbtf_buf buf = { 0 }; /* knows how to get much memory fast */
	void *bytes = kbtf_buf_extend(&buf, range->size);

	if (!bytes)
		return kbtf_fail_nomem(reterr);
	if (index->fd < 0)
		memcpy(bytes, (const uint8_t *)index->front + range->offset, range->size);
	else if (!read_at(index->fd, bytes, range->size, range->offset))
		goto damaged;
	if (kbtf_show_checksum(bytes, range->size) == range->checksum) {
		*ret = kbtf_buf_steal(&buf, NULL);
		return 0;
	}
damaged:
	kbtf_buf_deinit(&buf);
	return kbtf_fail(reterr, -EBADMSG, "cache", "the index file is damaged");
}

int kbtf_show_index_btf(const struct kbtf_show_index *index, uint32_t module, void **ret,
			struct kbtf_diag *reterr)
{
	return read_range(index, &index->modules[module].btf, ret, reterr);
}

/* ---- Blocks of names -------------------------------------------------- */

static bool check_names(const struct kbtf_show_cursor *c, const struct kbtf_block_head *head)
{
	const struct kbtf_disk_name *n = c->names;
	uint32_t i;

	for (i = 0; i < head->nr_names; i++)
		if (n[i].text >= head->texts_size || n[i].first >= n[i + 1].first)
			return false;
	return head->nr_names && !n[0].first && n[i].first == head->nr_entries;
}

static bool check_block(const struct kbtf_show_cursor *c, const struct kbtf_block_head *head)
{
	uint32_t i;

	if (!head->texts_size || c->texts[head->texts_size - 1] || !check_names(c, head))
		return false;
	for (i = 0; i < head->nr_entries; i++)
		if (c->entries[i].module >= c->index->head->nr_modules ||
		    !c->index->modules[c->entries[i].module].btf.size)
			return false;
	return true;
}

/* Read block number nr and go to its first name. */
static int load_block(struct kbtf_show_cursor *c, uint32_t nr, struct kbtf_diag *reterr)
{
	const struct kbtf_disk_range *range;
	const struct kbtf_block_head *head;
	const uint8_t *at;
	uint64_t size;
	int err;

	free(c->block);
	c->block = NULL;
	c->nr_block = nr;
	c->at = 0;
	c->nr_names = 0;
	if (nr == c->index->head->nr_blocks)
		return -ENOENT;
	range = &c->index->blocks[nr].range;
	if (range->size < sizeof(*head))
		return kbtf_fail(reterr, -EBADMSG, "cache", "the index file is damaged");
	err = read_range(c->index, range, &c->block, reterr);
	if (err)
		return err;
	head = c->block;
	at = (const uint8_t *)(head + 1);
	size = sizeof(*head) + ((uint64_t)head->nr_names + 1) * sizeof(*c->names) +
	       (uint64_t)head->nr_entries * sizeof(*c->entries) + head->texts_size;
	if (size == range->size) {
		c->names = (const void *)at;
		c->entries = (const void *)(c->names + head->nr_names + 1);
		c->texts = (const char *)(c->entries + head->nr_entries);
		if (check_block(c, head)) {
			c->nr_names = head->nr_names;
			return 0;
		}
	}
	return kbtf_fail(reterr, -EBADMSG, "cache", "the index file is damaged");
}

/* The last block whose first name is not above text; 0 where all are. */
static uint32_t find_block(const struct kbtf_show_index *index, const char *text)
{
	uint32_t low = 0, high = index->head->nr_blocks;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcmp(index->texts + index->blocks[middle].first_name, text) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? low - 1 : 0;
}

int kbtf_cursor_init(struct kbtf_show_cursor *c, const struct kbtf_show_index *index,
		     const char *text, struct kbtf_diag *reterr)
{
	uint32_t low = 0, high;
	int err;

	memset(c, 0, sizeof(*c));
	c->index = index;
	err = load_block(c, find_block(index, text), reterr);
	if (err)
		return err;
	high = c->nr_names;
	while (low < high) {
		c->at = low + (high - low) / 2;
		if (strcmp(kbtf_cursor_name(c), text) < 0)
			low = c->at + 1;
		else
			high = c->at;
	}
	c->at = low;
	return low < c->nr_names ? 0 : load_block(c, c->nr_block + 1, reterr);
}

int kbtf_cursor_next(struct kbtf_show_cursor *c, struct kbtf_diag *reterr)
{
	return ++c->at < c->nr_names ? 0 : load_block(c, c->nr_block + 1, reterr);
}

void kbtf_cursor_deinit(struct kbtf_show_cursor *c)
{
	free(c->block);
	memset(c, 0, sizeof(*c));
}

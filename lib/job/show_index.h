/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_SHOW_INDEX_H
#define KBTF_JOB_SHOW_INDEX_H

#include <kbtf/btf.h>
#include <kbtf/diag.h>

/*
 * An index file. It is for this host and this user only, so words are in host byte order
 * and the form may change with any version.
 *
 *   | head | sources | modules | blocks | texts | block | block | ... | BTF | BTF | ...
 *   |<------------- front, always read -------->|   read where a name leads to them
 *
 * Names are sorted, each is there once, and they are cut into blocks; blocks[] has the
 * first name of each, so that a name is found by reading one block:
 *
 *   | head | names | entries | texts |
 *     names[i].text -> "sock"
 *     names[i].first -> entries[first ...], up to names[i + 1].first; one name more ends the last
 *     entries[] -> module, type id
 *
 * The front, each block and each module's BTF have a checksum of their own, and are checked
 * when they are read.
 */
#define KBTF_SHOW_MAGIC UINT64_C(0x574f48534654424b) /* no other byte order gives the same */
#define KBTF_SHOW_VERSION 1u
#define KBTF_SHOW_BLOCK_NAMES 256u

struct kbtf_show_head {
	uint64_t magic;
	uint64_t checksum; /* of all of the front that follows it */
	uint64_t front_size;
	uint64_t file_size;
	uint32_t version;
	uint32_t request; /* text: what was asked for */
	uint32_t nr_sources;
	uint32_t nr_modules; /* the kernel is number 0 */
	uint32_t nr_blocks;
	uint32_t texts_size;
};

/* Texts are offsets into the texts of the front. */
struct kbtf_disk_source {
	uint64_t size, mtime_ns, ctime_ns, ino;
	uint32_t state;
	uint32_t path;
};

/* Where bytes are in the file. */
struct kbtf_disk_range {
	uint64_t offset, size;
	uint64_t checksum;
};

struct kbtf_disk_module {
	struct kbtf_disk_range btf; /* size 0: it was left out */
	uint32_t name, path;
	uint32_t why; /* it was left out: a whole diagnosis; 0 where it has no BTF */
	uint32_t is_alone;
};

struct kbtf_disk_block {
	struct kbtf_disk_range range;
	uint32_t first_name;
	uint32_t unused;
};

struct kbtf_block_head {
	uint32_t nr_names, nr_entries;
	uint32_t texts_size;
};

/* Texts are offsets into the texts of the block. */
struct kbtf_disk_name {
	uint32_t text;
	uint32_t first;
};

struct kbtf_disk_entry {
	uint32_t module;
	uint32_t type_id;
};

/* The front of an index file, checked, and where to get the rest. */
struct kbtf_show_index {
	void *front; /* owned */
	const struct kbtf_show_head *head;
	const struct kbtf_disk_source *sources;
	const struct kbtf_disk_module *modules;
	const struct kbtf_disk_block *blocks;
	const char *texts;
	int fd; /* of the file, owned; -1 where all of it lies in memory, front first */
};

/* Whether these bytes may begin an index file of file_size bytes. */
bool kbtf_show_head_ok(const struct kbtf_show_head *head, uint64_t file_size);

/*
 * Check the front of an index file of file_size bytes: after that every number in it is
 * in range and every text ends. front is of malloc() and has size bytes: all that its head says,
 * or the whole file where fd is -1. It and fd are taken on success only.
 * Returns 0 or -EINVAL [cache].
 */
int kbtf_show_index_init(struct kbtf_show_index *index, void *front, size_t size,
			 uint64_t file_size, int fd, struct kbtf_diag *reterr);
void kbtf_show_index_deinit(struct kbtf_show_index *index);

/*
 * The BTF of a module as a block for free(). Returns 0; -EBADMSG [cache] where it is not what
 * it was; or -ENOMEM.
 */
int kbtf_show_index_btf(const struct kbtf_show_index *index, uint32_t module, void **ret,
			struct kbtf_diag *reterr);

/* A place among the names, in ascending order. */
struct kbtf_show_cursor {
	const struct kbtf_show_index *index;
	uint32_t nr_block; /* the number of its block */
	uint32_t at;	   /* the number of the name in it */
	void *block;	   /* owned */
	const struct kbtf_disk_name *names;
	const struct kbtf_disk_entry *entries;
	const char *texts;
	uint32_t nr_names; /* of the block */
};

/*
 * Go to the first name that is not less than text, or to the next one. Returns 0; -ENOENT
 * beyond the last one; -EBADMSG [cache] for a block that is damaged; or -ENOMEM. The cursor
 * goes to kbtf_cursor_deinit() in any case.
 */
int kbtf_cursor_init(struct kbtf_show_cursor *cursor, const struct kbtf_show_index *index,
		     const char *text, struct kbtf_diag *reterr);
int kbtf_cursor_next(struct kbtf_show_cursor *cursor, struct kbtf_diag *reterr);
void kbtf_cursor_deinit(struct kbtf_show_cursor *cursor);

/* The name where the cursor is; it lives until the cursor moves. */
static inline const char *kbtf_cursor_name(const struct kbtf_show_cursor *cursor)
{
	return cursor->texts + cursor->names[cursor->at].text;
}

/* XXH3 of bytes. */
uint64_t kbtf_show_checksum(const void *bytes, size_t size);

#endif

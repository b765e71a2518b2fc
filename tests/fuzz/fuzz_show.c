// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * An index file. The input is a byte that chooses, the bytes of a file, and what is wanted
 * of it is found by name. With the byte odd all checksums are made right first, as somebody
 * would do who means to mislead: so every number in the file is reached.
 */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "show_made.h"

static void sum_range(uint8_t *file, size_t size, struct kbtf_disk_range *range)
{
	if (range->offset <= size && range->size <= size - range->offset)
		range->checksum = kbtf_show_checksum(file + range->offset, range->size);
}

static void sum_up(uint8_t *file, size_t size)
{
	struct kbtf_show_head *head = (struct kbtf_show_head *)file;
	struct kbtf_disk_module *modules;
	struct kbtf_disk_block *blocks;
	uint32_t i;

	if (size < sizeof(*head))
		return;
	head->file_size = size;
	if (!kbtf_show_head_ok(head, size))
		return;
	modules = (void *)(file + sizeof(*head) +
			   (size_t)head->nr_sources * sizeof(struct kbtf_disk_source));
	blocks = (void *)(modules + head->nr_modules);
	for (i = 0; i < head->nr_modules; i++)
		sum_range(file, size, &modules[i].btf);
	for (i = 0; i < head->nr_blocks; i++)
		sum_range(file, size, &blocks[i].range);
	head->checksum = kbtf_show_checksum(
		&head->front_size, head->front_size - offsetof(struct kbtf_show_head, front_size));
}

static int look_at(void *ctx, const struct kbtf_show_match *match)
{
	(void)ctx;
	MUST(match->nr_modules);
	MUST(match->type_id >= kbtf_first_id(match->btf));
	MUST(match->type_id < kbtf_end_id(match->btf));
	touch(match->name, strlen(match->name) + 1);
	touch(match->modules[0]->name, strlen(match->modules[0]->name) + 1);
	touch(match->modules[0]->path, strlen(match->modules[0]->path) + 1);
	return 0;
}

static void find(struct kbtf_show *show, const char *name)
{
	struct kbtf_diag diag = { 0 };
	int err = kbtf_show_find(show, name, look_at, NULL, &diag);

	MUST(!err || err == -ENOENT || err == -EBADMSG);
	MUST(!err || (diag.err && *diag.text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf_show show = { 0 };
	struct kbtf_show_cursor c;
	uint8_t *copy;
	int err;

	if (!size)
		return 0;
	copy = malloc(size);
	MUST(copy);
	memcpy(copy, data + 1, size - 1);
	if (data[0] & 1)
		sum_up(copy, size - 1);
	if (show_made_init(&show, copy, size - 1)) {
		free(copy);
		return 0;
	}
	for (err = kbtf_cursor_init(&c, &show.index, "", NULL); !err;
	     err = kbtf_cursor_next(&c, NULL))
		touch(kbtf_cursor_name(&c), strlen(kbtf_cursor_name(&c)) + 1);
	kbtf_cursor_deinit(&c);
	MUST(err == -ENOENT || err == -EBADMSG);
	find(&show, "*");
	find(&show, "struct s*");
	find(&show, "priv");
	find(&show, "prov");
	show_made_deinit(&show);
	return 0;
}

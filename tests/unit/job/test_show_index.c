// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Index files: what is written is what is found, and whatever is done to the bytes, either
 * that is found still or the file is refused.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "show_made.h"

#define MAX_TEXT 8192u

struct text {
	char at[MAX_TEXT];
	size_t len;
};

static void add(struct text *text, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text->len += (size_t)vsnprintf(text->at + text->len, MAX_TEXT - text->len, fmt, ap);
	va_end(ap);
	assert_true(text->len < MAX_TEXT);
}

/* All that an index says, as text. Returns the first error. */
static int describe(const struct kbtf_show_index *index, struct text *text)
{
	struct kbtf_show_cursor c;
	uint32_t i;
	void *bytes;
	int err;

	text->len = 0;
	add(text, "%s\n", index->texts + index->head->request);
	for (i = 0; i < index->head->nr_sources; i++)
		add(text, "source %s %llu %llu\n", index->texts + index->sources[i].path,
		    (unsigned long long)index->sources[i].size,
		    (unsigned long long)index->sources[i].ino);
	for (i = 0; i < index->head->nr_modules; i++) {
		const struct kbtf_disk_module *m = &index->modules[i];

		add(text, "module %s %s %s %u\n", index->texts + m->name, index->texts + m->path,
		    index->texts + m->why, m->is_alone);
		if (!m->btf.size)
			continue;
		err = kbtf_show_index_btf(index, i, &bytes, NULL);
		if (err)
			return err;
		add(text, "%llx\n",
		    (unsigned long long)kbtf_show_checksum(bytes, (size_t)m->btf.size));
		free(bytes);
	}
	for (err = kbtf_cursor_init(&c, index, "", NULL); !err; err = kbtf_cursor_next(&c, NULL)) {
		add(text, "%s", kbtf_cursor_name(&c));
		for (i = c.names[c.at].first; i < c.names[c.at + 1].first; i++)
			add(text, " %u:%u", c.entries[i].module, c.entries[i].type_id);
		add(text, "\n");
	}
	kbtf_cursor_deinit(&c);
	return err == -ENOENT ? 0 : err;
}

static const char expected_names[] = "GREEN 0:5\nGREEN64 0:6\nRED 0:5\nRED64 0:6\ncolor 0:5\n"
				     "color64 0:6\ndevice 0:10 2:15\nint 0:1\njiffies 0:11\n"
				     "list_head 0:2\nonly 2:12\nother 1:14 2:14\npriv 1:12 2:13\n"
				     "sock 0:4\nsock_init 0:8\nstart 1:13\n";

static void test_what_is_written(void **state)
{
	struct kbtf_show_index index;
	struct kbtf_diag diag;
	struct kbtf_buf file;
	struct text text;

	(void)state;
	assert_int_equal(show_made_file(&file), 0);
	assert_ok(kbtf_show_index_init(&index, file.data, file.size, file.size, -1, &diag), &diag);
	assert_int_equal(describe(&index, &text), 0);
	assert_memory_equal(text.at, "made\nsource /boot/vmlinux 1 4\n", 30);
	assert_non_null(strstr(text.at, "\nmodule c /boot/vmlinux cannot be read 0\n"));
	assert_string_equal(strstr(text.at, "GREEN 0"), expected_names);
	kbtf_show_index_deinit(&index);
}

/* More names than a block has, each found from whatever is asked for before it. */
static void test_many_blocks(void **state)
{
	static char request[] = "many", name[] = "vmlinux";
	struct kbtf_show_sources sources = { .request = request };
	struct kbtf_collected item = { .name = name, .path = "p", .is_alone = true };
	struct kbtf_collection all = { &item, 1 };
	char types[60000] = "int int 4 1", text[16];
	struct kbtf_show_index index;
	struct kbtf_show_cursor c;
	struct kbtf_buf file;
	size_t len = strlen(types);
	unsigned int i;

	(void)state;
	for (i = 0; i < 1023; i++)
		len += (size_t)sprintf(types + len, "; struct s%04u 4 (x 1 0)", 2 * i);
	item.btf = show_made_open(types, NULL, &item.bytes, &item.size);
	assert_int_equal(kbtf_show_make(&sources, &all, &file), 0);
	kbtf_free(item.btf);
	free(item.bytes);
	assert_int_equal(kbtf_show_index_init(&index, file.data, file.size, file.size, -1, NULL),
			 0);
	assert_int_equal(index.head->nr_blocks, 4);
	for (i = 0; i < 2045; i++) {
		char wanted[16];

		sprintf(text, "s%04u", i);
		sprintf(wanted, "s%04u", i + (i & 1));
		assert_int_equal(kbtf_cursor_init(&c, &index, text, NULL), 0);
		assert_string_equal(kbtf_cursor_name(&c), wanted);
		assert_int_equal(c.entries[c.names[c.at].first].type_id, 2 + (i + 1) / 2);
		kbtf_cursor_deinit(&c);
	}
	assert_int_equal(kbtf_cursor_init(&c, &index, "s2045", NULL), -ENOENT);
	kbtf_cursor_deinit(&c);
	assert_int_equal(kbtf_cursor_init(&c, &index, "", NULL), 0);
	for (i = 1; !kbtf_cursor_next(&c, NULL); i++)
		;
	assert_int_equal(i, 1024);
	kbtf_cursor_deinit(&c);
	kbtf_show_index_deinit(&index);
}

/* A copy that ends where memory does, so that a sanitizer sees what is read beyond it. */
static void *copy_of(const struct kbtf_buf *file, size_t size)
{
	void *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, file->data, size);
	return copy;
}

static void test_cut_short(void **state)
{
	struct kbtf_show_index index;
	struct kbtf_diag diag;
	struct kbtf_buf file;
	size_t size;

	(void)state;
	assert_int_equal(show_made_file(&file), 0);
	for (size = 0; size < file.size; size++) {
		void *copy = copy_of(&file, size);

		assert_int_equal(kbtf_show_index_init(&index, copy, size, size, -1, &diag),
				 -EINVAL);
		assert_diag(&diag, "no index file of this version [cache]");
		/* The file is as long as it says, but what is there of it is not. */
		assert_int_equal(kbtf_show_index_init(&index, copy, size, file.size, -1, NULL),
				 -EINVAL);
		free(copy);
	}
	kbtf_buf_deinit(&file);
}

/* Every bit of the file turned over. */
static void test_flipped_bits(void **state)
{
	struct text original, text;
	struct kbtf_show_index index;
	size_t bit, unnoticed = 0;
	struct kbtf_buf file;

	(void)state;
	assert_int_equal(show_made_file(&file), 0);
	assert_int_equal(kbtf_show_index_init(&index, copy_of(&file, file.size), file.size,
					      file.size, -1, NULL),
			 0);
	assert_int_equal(describe(&index, &original), 0);
	kbtf_show_index_deinit(&index);
	for (bit = 0; bit < file.size * 8; bit++) {
		uint8_t *copy = copy_of(&file, file.size);
		int err;

		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		err = kbtf_show_index_init(&index, copy, file.size, file.size, -1, NULL);
		if (err) {
			assert_int_equal(err, -EINVAL);
			free(copy);
			continue;
		}
		err = describe(&index, &text);
		if (err) {
			assert_int_equal(err, -EBADMSG);
		} else { /* padding between blocks */
			assert_string_equal(text.at, original.at);
			unnoticed++;
		}
		kbtf_show_index_deinit(&index);
	}
	assert_true(unnoticed < 8 * 7 * 4);
	kbtf_buf_deinit(&file);
}

/* Make all checksums right again, as somebody would who means to mislead. */
static void sum_up(uint8_t *file, size_t size)
{
	struct kbtf_show_head *head = (struct kbtf_show_head *)file;
	struct kbtf_disk_module *modules;
	struct kbtf_disk_block *blocks;
	size_t i;

	if (!kbtf_show_head_ok(head, size))
		return;
	modules =
		(void *)(file + sizeof(*head) + head->nr_sources * sizeof(struct kbtf_disk_source));
	blocks = (void *)(modules + head->nr_modules);
	for (i = 0; i < head->nr_modules; i++)
		if (modules[i].btf.offset <= size &&
		    modules[i].btf.size <= size - modules[i].btf.offset)
			modules[i].btf.checksum = kbtf_show_checksum(file + modules[i].btf.offset,
								     modules[i].btf.size);
	for (i = 0; i < head->nr_blocks; i++)
		if (blocks[i].range.offset <= size &&
		    blocks[i].range.size <= size - blocks[i].range.offset)
			blocks[i].range.checksum = kbtf_show_checksum(file + blocks[i].range.offset,
								      blocks[i].range.size);
	head->checksum = kbtf_show_checksum(
		&head->front_size, head->front_size - offsetof(struct kbtf_show_head, front_size));
}

static int ignore_match(void *ctx, const struct kbtf_show_match *match)
{
	(void)ctx;
	assert_true(match->nr_modules > 0);
	assert_true(match->type_id < kbtf_end_id(match->btf));
	return 0;
}

/* Every word replaced by numbers that lead astray: searches answer, or tell that it is damaged. */
static void test_forged_words(void **state)
{
	static const uint32_t words[] = { 0, 1, 7, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff };
	size_t at, i, nr_refused = 0, nr_searched = 0;
	struct kbtf_buf file;

	(void)state;
	assert_int_equal(show_made_file(&file), 0);
	for (at = 0; at + 4 <= file.size; at += 4) {
		for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
			uint8_t *copy = copy_of(&file, file.size);
			struct kbtf_show show = { 0 };
			struct kbtf_diag diag;
			int err;

			memcpy(copy + at, &words[i], 4);
			sum_up(copy, file.size);
			if (show_made_init(&show, copy, file.size)) {
				free(copy);
				nr_refused++;
				continue;
			}
			err = kbtf_show_find(&show, "*", ignore_match, NULL, &diag);
			assert_true(!err || err == -EBADMSG || err == -ENOENT);
			err = kbtf_show_find(&show, "no_such", ignore_match, NULL, &diag);
			assert_true(err == -EBADMSG || err == -ENOENT);
			show_made_deinit(&show);
			nr_searched++;
		}
	}
	assert_true(nr_refused > 100 && nr_searched > 100);
	kbtf_buf_deinit(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written), cmocka_unit_test(test_many_blocks),
		cmocka_unit_test(test_cut_short),	cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_forged_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

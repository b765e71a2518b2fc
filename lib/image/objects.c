// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The objects in a file: an ELF file is one, a static archive has several
 * [open_archive], a skeleton header made by `bpftool gen skeleton` has one as a string in
 * C [open_skeleton].
 *
 * Source: ar(5); bpftool's gen.c, which writes bytes as \xHH and \0.
 */
#define _GNU_SOURCE /* memmem */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "alloc.h"
#include "fail.h"
#include "file.h"

#define AR_MAGIC "!<arch>\n"
#define AR_THIN_MAGIC "!<thin>\n"
#define AR_MAGIC_SIZE 8u
#define AR_HEADER_SIZE 60u

/* How a string with an ELF file in it begins, as it stands in the source. */
#define SKELETON_MAGIC "\\x7f\\x45\\x4c\\x46"

static int add_object(struct kbtf_objects *objects, struct kbtf_file *file)
{
	struct kbtf_file **files =
		kbtf_realloc_array(objects->files, objects->nr + 1, sizeof(*files));

	if (!files)
		return -ENOMEM;
	objects->files = files;
	files[objects->nr++] = file;
	return 0;
}

/* Open bytes as an object called PATH(MEMBER), or PATH. They are its own on success. */
static int open_object(struct kbtf_objects *objects, const char *path, const char *member,
		       void *bytes, size_t size, struct kbtf_diag *reterr)
{
	struct kbtf_file *file;
	char label[4096];
	int err;

	snprintf(label, sizeof(label), "%s%s%s%s", path, member ? "(" : "", member ? member : "",
		 member ? ")" : "");
	err = kbtf_file_open_bytes(bytes, size, label, &file, reterr);
	if (err)
		return err;
	if (add_object(objects, file)) {
		kbtf_file_free(file);
		return kbtf_fail_nomem(reterr);
	}
	if (file->owned)
		free(bytes); /* what was unpacked from them is left */
	else
		file->owned = bytes;
	return 0;
}

/* The same of a copy, for members lie at odd places. */
static int open_member(struct kbtf_objects *objects, const char *path, const char *member,
		       const void *bytes, size_t size, struct kbtf_diag *reterr)
{
	void *copy = malloc(size);
	int err;

	if (!copy)
		return kbtf_fail_nomem(reterr);
	memcpy(copy, bytes, size);
	err = open_object(objects, path, member, copy, size, reterr);
	if (err)
		free(copy);
	return err;
}

static int fail_archive(const char *path, uint64_t at, const char *text, struct kbtf_diag *reterr)
{
	kbtf_fail_at(reterr, -EINVAL, "archive", at, "%s", text);
	kbtf_diag_in(reterr, path);
	return -EINVAL;
}

/* Names end in a slash, or are "/OFFSET" into the table of long names. */
static void member_name(const char *header, const char *long_names, size_t long_size, char *ret,
			size_t size)
{
	const char *name = header;
	size_t len = 16;

	if (name[0] == '/' && name[1] >= '0' && name[1] <= '9') {
		size_t at = strtoul(name + 1, NULL, 10);

		if (at < long_size) {
			name = long_names + at;
			len = long_size - at;
		}
	}
	for (size = size - 1; size && len && *name != '/' && *name != '\n' && *name != ' ';
	     size--) {
		*ret++ = *name++;
		len--;
	}
	*ret = '\0';
}

static int open_archive(struct kbtf_objects *objects, const char *path, const struct kbtf_buf *buf,
			struct kbtf_diag *reterr)
{
	const char *long_names = NULL;
	size_t at = AR_MAGIC_SIZE, long_size = 0;
	int err = 0;

	while (at < buf->size && !err) {
		const char *header = (const char *)buf->data + at;
		char number[11], name[256], *end;
		uint64_t size;

		if (buf->size - at < AR_HEADER_SIZE || memcmp(header + 58, "`\n", 2))
			return fail_archive(path, at, "no member begins here", reterr);
		memcpy(number, header + 48, 10);
		number[10] = '\0';
		size = strtoull(number, &end, 10);
		at += AR_HEADER_SIZE;
		if (end == number || (*end && *end != ' ') || size > buf->size - at)
			return fail_archive(path, at - AR_HEADER_SIZE,
					    "the size of this member is none, or leads beyond the "
					    "end",
					    reterr);
		if (!memcmp(header, "//", 2)) {
			long_names = (const char *)buf->data + at;
			long_size = (size_t)size;
		} else if (size >= 4 && !memcmp(buf->data + at, "\177ELF", 4)) {
			member_name(header, long_names, long_size, name, sizeof(name));
			err = open_member(objects, path, name, buf->data + at, (size_t)size,
					  reterr);
		}
		at += (size_t)size + (size & 1);
	}
	return err;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Up to three digits behind the backslash at *s, which becomes the last of them. */
static uint8_t octal(const char **s, const char *end)
{
	unsigned int value = 0, digits;

	for (digits = 0; digits < 3 && end - *s > 1 && (*s)[1] >= '0' && (*s)[1] <= '7'; digits++) {
		++*s;
		value = value * 8 + (unsigned int)(**s - '0');
	}
	return (uint8_t)value;
}

/* Past what may stand between two strings that are one; end where it is none. */
static const char *next_string(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r'))
		s++;
	return s < end && *s == '"' ? s + 1 : end;
}

/*
 * The bytes of a string in C from s on. *ret is the caller's. Returns 0; -EINVAL with the
 * place in *at for what such a string has not; -ENOMEM.
 */
static int decode_string(const char *s, const char *end, uint8_t **ret, size_t *ret_size,
			 const char **at)
{
	uint8_t *out = malloc((size_t)(end - s) + 1);
	size_t n = 0;

	if (!out)
		return -ENOMEM;
	for (; s < end; s++) {
		*at = s;
		if (*s == '"') {
			s = next_string(s + 1, end);
			if (s == end) {
				*ret = out;
				*ret_size = n;
				return 0;
			}
			s--;
		} else if (*s != '\\') {
			out[n++] = (uint8_t)*s;
		} else if (end - s >= 4 && s[1] == 'x' && hex_digit(s[2]) >= 0 &&
			   hex_digit(s[3]) >= 0) {
			out[n++] = (uint8_t)(hex_digit(s[2]) << 4 | hex_digit(s[3]));
			s += 3;
		} else if (end - s >= 2 && s[1] >= '0' && s[1] <= '7') {
			out[n++] = octal(&s, end);
		} else if (end - s >= 2 && s[1] == '\n') {
			s++;
		} else {
			break;
		}
	}
	free(out);
	return -EINVAL;
}

static int open_skeleton(struct kbtf_objects *objects, const char *path, const struct kbtf_buf *buf,
			 const char *start, struct kbtf_diag *reterr)
{
	const char *end = (const char *)buf->data + buf->size, *at = start;
	uint8_t *bytes;
	size_t size;
	int err = decode_string(start, end, &bytes, &size, &at);

	if (err == -ENOMEM)
		return kbtf_fail_nomem(reterr);
	if (err) {
		kbtf_fail_at(reterr, err, "skeleton", (uint64_t)(at - (const char *)buf->data),
			     "the string that holds the object ends in the middle, or has what "
			     "bpftool does not write");
		kbtf_diag_in(reterr, path);
		return err;
	}
	err = open_object(objects, path, NULL, bytes, size, reterr);
	if (err)
		free(bytes);
	return err;
}

static bool is_elf(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[4] = "";
	bool elf = fd >= 0 && pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
		   !memcmp(magic, "\177ELF", sizeof(magic));

	if (fd >= 0)
		close(fd);
	return elf;
}

static int open_elf(struct kbtf_objects *objects, const char *path, struct kbtf_diag *reterr)
{
	struct kbtf_file *file;
	int err = kbtf_file_open_btf(path, &file, reterr);

	if (err)
		return err;
	if (!add_object(objects, file))
		return 0;
	kbtf_file_free(file);
	return kbtf_fail_nomem(reterr);
}

int kbtf_objects_open(const char *path, struct kbtf_objects *ret, struct kbtf_diag *reterr)
{
	struct kbtf_buf buf = { 0 };
	const char *skeleton;
	int err;

	memset(ret, 0, sizeof(*ret));
	/* Of an object, most is debug information, which nobody needs. */
	if (is_elf(path))
		return open_elf(ret, path, reterr);
	err = kbtf_read_path(path, &buf, reterr);
	if (err) {
		kbtf_diag_in(reterr, path);
		kbtf_buf_deinit(&buf);
		return err;
	}
	skeleton = memmem(buf.data, buf.size, SKELETON_MAGIC, sizeof(SKELETON_MAGIC) - 1);
	if (buf.size >= AR_MAGIC_SIZE && !memcmp(buf.data, AR_MAGIC, AR_MAGIC_SIZE)) {
		err = open_archive(ret, path, &buf, reterr);
	} else if (buf.size >= AR_MAGIC_SIZE && !memcmp(buf.data, AR_THIN_MAGIC, AR_MAGIC_SIZE)) {
		err = fail_archive(path, 0, "a thin archive: its members are files of their own",
				   reterr);
	} else if (skeleton) {
		err = open_skeleton(ret, path, &buf, skeleton, reterr);
	} else {
		err = open_object(ret, path, NULL, buf.data, buf.size, reterr);
		if (!err)
			memset(&buf, 0, sizeof(buf));
	}
	kbtf_buf_deinit(&buf);
	if (err)
		kbtf_objects_deinit(ret);
	return err;
}

void kbtf_objects_deinit(struct kbtf_objects *objects)
{
	while (objects->nr)
		kbtf_file_free(objects->files[--objects->nr]);
	free(objects->files);
	memset(objects, 0, sizeof(*objects));
}

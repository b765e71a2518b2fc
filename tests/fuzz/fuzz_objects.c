// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Files of BPF objects: ELF, static archives, and skeleton headers, whose object is a string in C.
 * Each object that comes of one has a label that begins with the file's, and sections that are
 * there; what does not open says where and why.
 */
#define _GNU_SOURCE /* memfd_create */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kbtf/image.h>

#include "file.h"
#include "fuzz.h"

static void look_at(const struct kbtf_file *file, const char *path)
{
	static const char *const names[] = { ".BTF", ".BTF.ext" };
	struct kbtf_section section;
	const void *bytes;
	size_t size, i;

	MUST(!strncmp(kbtf_file_label(file), path, strlen(path)));
	MUST(*kbtf_file_form(file));
	bytes = kbtf_file_bytes(file, &size);
	touch(bytes, size);
	for (i = 0; i < 2; i++)
		if (!kbtf_file_find_section(file, names[i], &section, NULL) && section.data)
			touch(section.data, section.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct kbtf_objects objects;
	struct kbtf_diag diag;
	char path[64], line[5000];
	size_t i;

	if (fd < 0)
		fd = memfd_create("objects", MFD_CLOEXEC);
	MUST(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (kbtf_objects_open(path, &objects, &diag)) {
		kbtf_diag_format(&diag, line, sizeof(line));
		MUST(!strncmp(line, path, strlen(path)) && strchr(line, '['));
		MUST(!objects.nr && !objects.files);
		return 0;
	}
	for (i = 0; i < objects.nr; i++)
		look_at(objects.files[i], path);
	kbtf_objects_deinit(&objects);
	return 0;
}

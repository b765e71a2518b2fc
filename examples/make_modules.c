// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * An example of the library, and input for ./quickstart where no kernels can be
 * fetched: the split BTF of made-up modules on the BTF of a real kernel, and that
 * kernel's BTF as a later build might have it, with one struct grown.
 *
 *   make_modules KERNEL-BTF FOLDER STRUCT
 *
 * In:  raw BTF of a kernel, such as /sys/kernel/btf/vmlinux
 * Out: FOLDER/NAME.btf for each of the modules below, FOLDER/next-kernel.btf in
 *      which STRUCT has 8 bytes more
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/btf.h>
#include <kbtf/builder.h>

#define NR_TYPES_MAX 4

/* A module whose one struct has pointers to some kernel structs and holds others. */
static const struct demo {
	const char *name;
	const char *points_to[NR_TYPES_MAX];
	const char *embeds[NR_TYPES_MAX];
} demos[] = {
	{ "demo_chardev", { "file", "inode", "task_struct" }, { "list_head" } },
	{ "demo_netdev", { "net_device", "sk_buff", "napi_struct" }, { "timer_list" } },
	{ "demo_worker", { "workqueue_struct" }, { "work_struct", "mutex", "list_head" } },
	{ "demo_block", { "request_queue", "bio" }, { "kobject", "wait_queue_head" } },
};

static int read_file(const char *path, void **ret, size_t *ret_size)
{
	size_t size = 0, room = 1 << 20;
	char *bytes = malloc(room), *more;
	FILE *file = fopen(path, "rb");
	int err = -ENOMEM;

	if (!file) {
		err = -errno;
		goto out;
	}
	while (bytes) {
		size += fread(bytes + size, 1, room - size, file);
		if (size < room) {
			err = ferror(file) ? -EIO : 0;
			break;
		}
		room *= 2;
		more = realloc(bytes, room);
		if (!more)
			break;
		bytes = more;
	}
out:
	if (file)
		fclose(file);
	if (err) {
		fprintf(stderr, "make_modules: %s: %s\n", path, strerror(-err));
		free(bytes);
		return err;
	}
	*ret = bytes;
	*ret_size = size;
	return 0;
}

static int write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
	char path[4096];
	FILE *file;
	int bad;

	if (snprintf(path, sizeof(path), "%s/%s.btf", folder, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	file = fopen(path, "wb");
	if (!file) {
		fprintf(stderr, "make_modules: %s: %s\n", path, strerror(errno));
		return -errno;
	}
	bad = fwrite(bytes, 1, size, file) != size;
	bad |= fclose(file) != 0;
	if (bad)
		fprintf(stderr, "make_modules: %s: could not be written\n", path);
	return bad ? -EIO : 0;
}

/* The id of a struct of the kernel, 0 where it has none of that name. */
static uint32_t find_struct(const struct kbtf *kernel, const struct kbtf_names *names,
			    const char *name)
{
	uint32_t id = 0;

	while ((id = kbtf_names_next(names, name, id)))
		if (kbtf_kind(kbtf_type(kernel, id)) == KBTF_STRUCT)
			return id;
	return 0;
}

static int make_module(const struct kbtf *kernel, const struct kbtf_names *names,
		       const struct demo *demo, const char *folder)
{
	uint32_t member_types[2 * NR_TYPES_MAX], member_sizes[2 * NR_TYPES_MAX];
	const char *member_names[2 * NR_TYPES_MAX];
	unsigned int nr = 0, i;
	uint32_t id, whole, proto, offset = 0;
	struct kbtf_builder *b = kbtf_builder_new(kernel);
	struct kbtf_diag diag;
	struct kbtf *split;
	const void *bytes;
	char text[600];
	size_t size;
	int err;

	if (!b)
		return -ENOMEM;
	for (i = 0; i < NR_TYPES_MAX && demo->points_to[i]; i++) {
		id = find_struct(kernel, names, demo->points_to[i]);
		if (!id)
			continue;
		member_names[nr] = demo->points_to[i];
		member_sizes[nr] = sizeof(void *);
		member_types[nr++] = kbtf_builder_type(b, KBTF_PTR, NULL, 0, id);
	}
	for (i = 0; i < NR_TYPES_MAX && demo->embeds[i]; i++) {
		id = find_struct(kernel, names, demo->embeds[i]);
		if (!id)
			continue;
		member_names[nr] = demo->embeds[i];
		member_sizes[nr] = kbtf_type(kernel, id)->size;
		member_types[nr++] = id;
	}

	/* struct NAME { ... }; void NAME_start(struct NAME *state); */
	for (i = 0; i < nr; i++)
		offset += (member_sizes[i] + 7) & ~7U;
	whole = kbtf_builder_type(b, KBTF_STRUCT, demo->name, 0, offset);
	for (i = 0, offset = 0; i < nr; i++) {
		kbtf_builder_member(b, member_names[i], member_types[i], offset * 8, 0);
		offset += (member_sizes[i] + 7) & ~7U;
	}
	id = kbtf_builder_type(b, KBTF_PTR, NULL, 0, whole);
	proto = kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 0);
	kbtf_builder_param(b, "state", id);
	snprintf(text, sizeof(text), "%s_start", demo->name);
	kbtf_builder_func(b, text, proto, 0);

	err = kbtf_builder_finish(b, demo->name, &split, &diag);
	if (err) {
		kbtf_diag_format(&diag, text, sizeof(text));
		fprintf(stderr, "make_modules: %s\n", text);
		return err;
	}
	bytes = kbtf_bytes(split, &size);
	err = write_file(folder, demo->name, bytes, size);
	kbtf_free(split);
	return err;
}

/* Write the kernel's BTF with a struct grown, as an update of the kernel might. */
static int make_next_kernel(const struct kbtf *kernel, const struct kbtf_names *names,
			    const char *grown, const char *folder)
{
	uint32_t id = find_struct(kernel, names, grown);
	struct kbtf_type *t;
	size_t size;
	void *bytes;
	int err;

	if (!id) {
		fprintf(stderr, "make_modules: the kernel has no struct %s\n", grown);
		return -ENOENT;
	}
	err = kbtf_write(kernel, &bytes, &size);
	if (err)
		return err;
	t = (struct kbtf_type *)((char *)bytes + kbtf_type_offset(kernel, id));
	t->size += 8;
	err = write_file(folder, "next-kernel", bytes, size);
	free(bytes);
	return err;
}

int main(int argc, char **argv)
{
	struct kbtf_names *names = NULL;
	struct kbtf *kernel = NULL;
	struct kbtf_diag diag;
	char text[600];
	void *bytes;
	size_t size;
	unsigned int i;
	int err;

	if (argc != 4) {
		fprintf(stderr, "Usage: make_modules KERNEL-BTF FOLDER STRUCT\n");
		return 2;
	}
	if (read_file(argv[1], &bytes, &size))
		return 1;
	err = kbtf_open(bytes, size,
			&(struct kbtf_open_opts){ .label = argv[1], .flags = KBTF_OPEN_BORROW },
			&kernel, &diag);
	if (err) {
		kbtf_diag_format(&diag, text, sizeof(text));
		fprintf(stderr, "make_modules: %s\n", text);
		goto out;
	}
	err = kbtf_names_new(kernel, KBTF_KIND_BIT(KBTF_STRUCT), 0, &names);
	for (i = 0; !err && i < sizeof(demos) / sizeof(*demos); i++)
		err = make_module(kernel, names, &demos[i], argv[2]);
	if (!err)
		err = make_next_kernel(kernel, names, argv[3], argv[2]);
out:
	kbtf_names_free(names);
	kbtf_free(kernel);
	free(bytes);
	return err ? 1 : 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * dump_modules BASE WITH WITHOUT MODULE.btf...: the headers of many modules, on a base that is
 * opened once: what `kbtf dump --format c -B BASE MODULE.btf` prints as WITH/MODULE.h, the same
 * with
 * --without-base as WITHOUT/MODULE.h. c-output.sh holds some of them against the command.
 */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/image.h>
#include <kbtf/text.h>

static void die_of(int err, const char *path, const struct kbtf_diag *why)
{
	char text[1024];

	if (!err)
		return;
	kbtf_diag_format(why, text, sizeof(text));
	fprintf(stderr, "%s: %s\n", path, text);
	exit(2);
}

static struct kbtf *open_btf(const char *path, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .label = path };
	struct kbtf_file *file;
	struct kbtf_diag why;
	const void *bytes;
	struct kbtf *btf;
	size_t size;

	die_of(kbtf_file_open_btf(path, &file, &why), path, &why);
	die_of(kbtf_file_btf(file, &bytes, &size, &why), path, &why);
	die_of(kbtf_open(bytes, size, &opts, &btf, &why), path, &why);
	kbtf_file_free(file);
	return btf;
}

static int write_out(void *ctx, const char *text, size_t size)
{
	return fwrite(text, 1, size, ctx) == size ? 0 : -1;
}

static void print(const struct kbtf *btf, unsigned int flags, const char *folder, const char *name)
{
	const struct kbtf_c_opts opts = { .flags = flags | KBTF_C_HEADER };
	struct kbtf_diag why;
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.h", folder, name);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(2);
	}
	die_of(kbtf_text_c(btf, &opts, write_out, f, &why), path, &why);
	if (fclose(f)) {
		perror(path);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct kbtf *base, *btf;
	int i;

	if (argc < 4)
		return 2;
	base = open_btf(argv[1], NULL);
	for (i = 4; i < argc; i++) {
		char *copy = strdup(argv[i]), *name = copy ? basename(copy) : NULL;

		if (!name || strlen(name) < 4)
			return 2;
		name[strlen(name) - 4] = '\0'; /* .btf */
		btf = open_btf(argv[i], base);
		print(btf, 0, argv[2], name);
		print(btf, KBTF_C_WITHOUT_BASE, argv[3], name);
		kbtf_free(btf);
		free(copy);
	}
	kbtf_free(base);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Inputs in, a list of files with their outputs out.
 *
 *   input            output to DIR/         with --raw
 *   a/x.ko.xz        DIR/x.ko.xz            DIR/x.btf
 *   modules/         DIR/net/x.ko.xz        DIR/net/x.btf     of modules/net/x.ko.xz
 *
 * The inputs are listed [add_input], each file gets its output [output_of], and
 * no two files may share one [find_collision].
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <kbtf/image.h>

#include "alloc.h"
#include "fail.h"
#include "plan.h"

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static char *join(const char *a, size_t a_len, const char *b, const char *c)
{
	size_t b_len = strlen(b), c_len = strlen(c);
	char *s = malloc(a_len + b_len + c_len + 1);

	if (!s)
		return NULL;
	memcpy(s, a, a_len);
	memcpy(s + a_len, b, b_len);
	memcpy(s + a_len + b_len, c, c_len + 1);
	return s;
}

char *kbtf_plan_raw_name(const char *path, const char *suffix)
{
	static const char *const known[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst", ".btf" };
	size_t len = strlen(path), i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t known_len = strlen(known[i]);

		if (len > known_len && !strcmp(path + len - known_len, known[i])) {
			len -= known_len;
			break;
		}
	}
	return join(path, len, suffix, "");
}

/* What the bytes of a section are called: ".BTF.base" -> ".base.btf", ".BTF_ids" as it is. */
static char *section_suffix(const char *section)
{
	if (!section || !strcmp(section, ".BTF"))
		return strdup(".btf");
	if (!strncmp(section, ".BTF.", 5))
		return join("", 0, section + 4, ".btf");
	return strdup(section);
}

/* relative is the path of the file below the input it was found in. NULL: no memory. */
static char *output_of(const struct kbtf_job_opts *opts, const char *relative, bool to_one_file)
{
	size_t len = strlen(opts->output);
	char *whole, *raw = NULL, *suffix;

	if (to_one_file)
		return strdup(opts->output);
	whole = join(opts->output, len, len && opts->output[len - 1] == '/' ? "" : "/", relative);
	if (!whole || (opts->command != KBTF_JOB_EXTRACT && !(opts->flags & KBTF_JOB_RAW)))
		return whole;
	suffix = section_suffix(opts->command == KBTF_JOB_EXTRACT ? opts->section : NULL);
	if (suffix)
		raw = kbtf_plan_raw_name(whole, suffix);
	free(suffix);
	free(whole);
	return raw;
}

static struct kbtf_plan_file *add_file(struct kbtf_plan *plan, const char *path)
{
	struct kbtf_plan_file *file;

	if (plan->nr == plan->room) {
		size_t room = plan->room ? plan->room * 2 : 64;
		void *files = kbtf_realloc_array(plan->files, room, sizeof(*plan->files));

		if (!files)
			return NULL;
		plan->files = files;
		plan->room = room;
	}
	file = &plan->files[plan->nr];
	memset(file, 0, sizeof(*file));
	file->path = strdup(path);
	if (!file->path)
		return NULL;
	plan->nr++;
	return file;
}

static int add_broken(struct kbtf_plan *plan, const char *path, const struct kbtf_diag *why)
{
	struct kbtf_plan_file *file = add_file(plan, path);

	if (!file)
		return -ENOMEM;
	file->broken = malloc(sizeof(*file->broken));
	if (!file->broken)
		return -ENOMEM;
	*file->broken = *why;
	return 0;
}

static int add_input(struct kbtf_plan *plan, const struct kbtf_job_opts *opts, const char *input)
{
	bool is_dir = is_directory(input);
	struct kbtf_paths paths;
	struct kbtf_diag why;
	int err = 0;
	size_t i;

	err = kbtf_paths_list(input, 0, &paths, &why);
	if (err)
		return err == -ENOMEM ? err : add_broken(plan, input, &why);
	for (i = 0; i < paths.nr && !err; i++) {
		const char *path = paths.paths[i], *relative = strrchr(path, '/');
		struct kbtf_plan_file *file = add_file(plan, path);

		relative = relative ? relative + 1 : path;
		if (is_dir)
			for (relative = path + strlen(input); *relative == '/';)
				relative++;
		if (!file) {
			err = -ENOMEM;
			break;
		}
		if (opts->output)
			file->output = output_of(opts, relative, plan->to_one_file);
		else if (opts->flags & KBTF_JOB_IN_PLACE)
			file->output = strdup(path);
		else
			continue;
		if (!file->output)
			err = -ENOMEM;
	}
	kbtf_paths_deinit(&paths);
	return err;
}

static int by_output(const void *a, const void *b)
{
	const struct kbtf_plan_claim *x = a, *y = b;

	return strcmp(x->output, y->output);
}

int kbtf_plan_check_claims(struct kbtf_plan_claim *claims, size_t nr, struct kbtf_diag *reterr)
{
	size_t i;

	if (nr)
		qsort(claims, nr, sizeof(*claims), by_output);
	for (i = 1; i < nr; i++)
		if (!strcmp(claims[i - 1].output, claims[i].output))
			return kbtf_fail(reterr, -EINVAL, "output-collision",
					 "%s and %s would both be written to %s",
					 claims[i - 1].path, claims[i].path, claims[i].output);
	return 0;
}

static int find_collision(const struct kbtf_plan *plan, struct kbtf_diag *reterr)
{
	struct kbtf_plan_claim *claims = kbtf_alloc_array(plan->nr, sizeof(*claims));
	size_t nr = 0, i;
	int err;

	if (!claims)
		return kbtf_fail_nomem(reterr);
	for (i = 0; i < plan->nr; i++)
		if (plan->files[i].output)
			claims[nr++] = (struct kbtf_plan_claim){ plan->files[i].path,
								 plan->files[i].output };
	err = kbtf_plan_check_claims(claims, nr, reterr);
	free(claims);
	return err;
}

int kbtf_plan_make(const struct kbtf_job_opts *opts, const char *const *inputs, size_t nr_inputs,
		   struct kbtf_plan *ret, struct kbtf_diag *reterr)
{
	struct kbtf_plan plan = { 0 };
	size_t i;
	int err = 0;

	if (opts->output) {
		size_t len = strlen(opts->output);

		plan.to_one_file = nr_inputs == 1 && !is_directory(inputs[0]) &&
				   !is_directory(opts->output) && len &&
				   opts->output[len - 1] != '/';
	}
	for (i = 0; i < nr_inputs && !err; i++)
		err = add_input(&plan, opts, inputs[i]);
	if (err)
		kbtf_fail_nomem(reterr);
	else
		err = find_collision(&plan, reterr);
	if (err)
		kbtf_plan_deinit(&plan);
	else
		*ret = plan;
	return err;
}

void kbtf_plan_deinit(struct kbtf_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nr; i++) {
		free(plan->files[i].path);
		free(plan->files[i].output);
		free(plan->files[i].broken);
	}
	free(plan->files);
	memset(plan, 0, sizeof(*plan));
}

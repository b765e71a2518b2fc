// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What documents have in common that tell of one file after the other. */
#include <errno.h>

#include "json_files.h"

int kbtf_json_files_init(struct kbtf_json_files *files, const char *command, kbtf_write_fn *write,
			 void *ctx)
{
	files->nr_files = files->nr_refused = 0;
	if (kbtf_json_out_init(&files->out, write, ctx))
		return -ENOMEM;
	kbtf_json_open_map(&files->out, NULL);
	kbtf_json_string(&files->out, "command", command);
	kbtf_json_open_array(&files->out, "files");
	return 0;
}

static void begin(struct kbtf_json_files *files, const char *path, const char *outcome)
{
	files->nr_files++;
	kbtf_json_open_map(&files->out, NULL);
	kbtf_json_string(&files->out, "path", path);
	kbtf_json_string(&files->out, "outcome", outcome);
}

void kbtf_json_files_begin(struct kbtf_json_files *files, const char *path)
{
	begin(files, path, "done");
}

void kbtf_json_files_end(struct kbtf_json_files *files)
{
	kbtf_json_close_map(&files->out);
	kbtf_json_flush(&files->out);
}

void kbtf_json_files_refused(struct kbtf_json_files *files, const char *path,
			     const struct kbtf_diag *why)
{
	files->nr_refused++;
	begin(files, path, "refused");
	kbtf_json_diag(&files->out, "why", why);
	kbtf_json_files_end(files);
}

int kbtf_json_files_finish(struct kbtf_json_files *files)
{
	kbtf_json_close_array(&files->out);
	kbtf_json_open_map(&files->out, "summary");
	kbtf_json_number(&files->out, "nr_files", files->nr_files);
	kbtf_json_number(&files->out, "nr_refused", files->nr_refused);
	kbtf_json_close_map(&files->out);
	kbtf_json_close_map(&files->out);
	return kbtf_json_out_finish(&files->out);
}

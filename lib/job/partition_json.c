// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Partitions as JSON: docs/json.md. */
#include <errno.h>
#include <stdlib.h>

#include <kbtf/partition.h>

#include "json_files.h"

struct kbtf_partition_json {
	struct kbtf_json_files files;
};

int kbtf_partition_json_new(kbtf_write_fn *write, void *ctx, struct kbtf_partition_json **ret)
{
	struct kbtf_partition_json *json = calloc(1, sizeof(*json));

	if (!json || kbtf_json_files_init(&json->files, "partition", write, ctx)) {
		free(json);
		return -ENOMEM;
	}
	*ret = json;
	return 0;
}

static void put_sources(struct kbtf_json_out *out, unsigned int sources)
{
	enum kbtf_root_source source;

	kbtf_json_open_array(out, "sources");
	for (source = 0; source < KBTF_NR_ROOT_SOURCES; source++)
		if (sources & KBTF_ROOT_BIT(source))
			kbtf_json_string(out, NULL, kbtf_root_source_name(source));
	kbtf_json_close_array(out);
}

static void put_compressed(struct kbtf_json_out *out, const char *key, uint64_t bytes)
{
	if (bytes)
		kbtf_json_number(out, key, bytes);
	else
		kbtf_json_null(out, key);
}

/* Nothing compressed is nothing; what has bytes and no compressed ones was not compressed. */
static void put_size(struct kbtf_json_out *out, const char *key, const struct kbtf_part_size *size)
{
	kbtf_json_open_map(out, key);
	kbtf_json_number(out, "nr_types", size->nr_types);
	kbtf_json_number(out, "bytes", size->bytes);
	put_compressed(out, "xz_bytes", size->xz_bytes);
	put_compressed(out, "zstd_bytes", size->zstd_bytes);
	kbtf_json_close_map(out);
}

static void put_ids(struct kbtf_json_out *out, const struct kbtf_partition_report *report)
{
	enum kbtf_root_source source;

	kbtf_json_bool(out, "has_symbols", report->has_symbols);
	kbtf_json_bool(out, "is_resolved_here", report->is_resolved_here);
	kbtf_json_number(out, "nr_words", report->nr_words);
	kbtf_json_number(out, "nr_ids", report->nr_ids);
	kbtf_json_number(out, "nr_guesses", report->nr_guesses);
	kbtf_json_open_map(out, "nr_types_of");
	for (source = 0; source < KBTF_NR_ROOT_SOURCES; source++)
		kbtf_json_number(out, kbtf_root_source_name(source), report->nr_types_of[source]);
	kbtf_json_close_map(out);
}

static void put_roots(struct kbtf_json_out *out, const struct kbtf_partition_report *report)
{
	size_t i;

	kbtf_json_open_array(out, "roots");
	for (i = 0; i < kbtf_kernel_roots_count(report->roots); i++) {
		const struct kbtf_kernel_root *root = kbtf_kernel_roots_get(report->roots, i);
		const struct kbtf_type *t = kbtf_type(report->btf, root->type_id);

		kbtf_json_open_map(out, NULL);
		kbtf_json_number(out, "type_id", root->type_id);
		kbtf_json_string(out, "kind", kbtf_kind_name(kbtf_kind(t)));
		kbtf_json_string(out, "name", kbtf_name(report->btf, root->type_id));
		kbtf_json_string(out, "source", kbtf_root_source_name(root->source));
		if (root->source == KBTF_ROOT_ID) {
			kbtf_json_number(out, "offset", 4 * (uint64_t)root->word);
			kbtf_json_bool(out, "is_guess", root->is_guess);
			kbtf_json_string(out, "list", root->list);
		}
		kbtf_json_close_map(out);
	}
	kbtf_json_close_array(out);
}

void kbtf_partition_json_file(struct kbtf_partition_json *json,
			      const struct kbtf_partition_report *report)
{
	struct kbtf_json_out *out = &json->files.out;
	size_t i;

	kbtf_json_files_begin(&json->files, report->path);
	kbtf_json_string(out, "form", report->form);
	put_ids(out, report);
	put_size(out, "whole", &report->whole);
	kbtf_json_open_array(out, "partitions");
	for (i = 0; i < report->nr_rows; i++) {
		kbtf_json_open_map(out, NULL);
		kbtf_json_string(out, "policy", kbtf_partition_policy_name(report->rows[i].policy));
		put_sources(out, report->rows[i].sources);
		put_size(out, "mandatory", &report->rows[i].mandatory);
		put_size(out, "payload", &report->rows[i].payload);
		kbtf_json_close_map(out);
	}
	kbtf_json_close_array(out);
	kbtf_json_open_array(out, "written");
	for (i = 0; i < report->nr_written; i++) {
		kbtf_json_open_map(out, NULL);
		kbtf_json_string(out, "name", report->written[i].name);
		kbtf_json_number(out, "bytes", report->written[i].bytes);
		kbtf_json_close_map(out);
	}
	kbtf_json_close_array(out);
	put_roots(out, report);
	kbtf_json_seconds(out, "seconds", report->seconds);
	kbtf_json_files_end(&json->files);
}

void kbtf_partition_json_refused(struct kbtf_partition_json *json, const char *path,
				 const struct kbtf_diag *why)
{
	kbtf_json_files_refused(&json->files, path, why);
}

int kbtf_partition_json_finish(struct kbtf_partition_json *json)
{
	int err = kbtf_json_files_finish(&json->files);

	free(json);
	return err;
}

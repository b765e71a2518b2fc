// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Figures of files as JSON: docs/json.md. */
#include <errno.h>
#include <stdlib.h>

#include <kbtf/btf.h>
#include <kbtf/inspect.h>

#include "json_files.h"

struct kbtf_info_json {
	struct kbtf_json_files files;
};

int kbtf_info_json_new(kbtf_write_fn *write, void *ctx, struct kbtf_info_json **ret)
{
	struct kbtf_info_json *json = calloc(1, sizeof(*json));

	if (!json || kbtf_json_files_init(&json->files, "info", write, ctx)) {
		free(json);
		return -ENOMEM;
	}
	*ret = json;
	return 0;
}

static void put_header(struct kbtf_json_out *out, const struct kbtf_header *header)
{
	kbtf_json_open_map(out, "header");
	kbtf_json_number(out, "version", header->version);
	kbtf_json_number(out, "flags", header->flags);
	kbtf_json_number(out, "hdr_len", header->hdr_len);
	kbtf_json_number(out, "type_off", header->type_off);
	kbtf_json_number(out, "type_len", header->type_len);
	kbtf_json_number(out, "str_off", header->str_off);
	kbtf_json_number(out, "str_len", header->str_len);
	kbtf_json_number(out, "layout_off", header->layout_off);
	kbtf_json_number(out, "layout_len", header->layout_len);
	kbtf_json_close_map(out);
}

static void put_btf(struct kbtf_json_out *out, const char *key, const struct kbtf_btf_info *btf)
{
	unsigned int kind;

	if (!btf->is_there) {
		kbtf_json_null(out, key);
		return;
	}
	kbtf_json_open_map(out, key);
	kbtf_json_number(out, "size_bytes", btf->size_bytes);
	kbtf_json_bool(out, "big_endian", btf->big_endian);
	kbtf_json_string(out, "stands", kbtf_standing_name(btf->standing));
	kbtf_json_string(out, "stands_reason", btf->standing_reason);
	put_header(out, &btf->header);
	kbtf_json_number(out, "nr_types", btf->nr_types);
	kbtf_json_open_map(out, "kinds");
	for (kind = 0; kind <= KBTF_NR_KINDS; kind++) {
		if (!btf->nr_of_kind[kind])
			continue;
		kbtf_json_open_map(out, kbtf_kind_name(kind));
		kbtf_json_number(out, "nr", btf->nr_of_kind[kind]);
		kbtf_json_number(out, "bytes", btf->bytes_of_kind[kind]);
		kbtf_json_close_map(out);
	}
	kbtf_json_close_map(out);
	kbtf_json_close_map(out);
}

void kbtf_info_json_file(struct kbtf_info_json *json, const struct kbtf_info *info)
{
	struct kbtf_json_out *out = &json->files.out;
	size_t i;

	kbtf_json_files_begin(&json->files, info->path);
	kbtf_json_string(out, "form", info->form);
	kbtf_json_bool(out, "is_module", info->is_module);
	kbtf_json_bool(out, "is_signed", info->is_signed);
	kbtf_json_string(out, "module_name", info->module_name);
	kbtf_json_string(out, "vermagic", info->vermagic);
	put_btf(out, "btf", &info->btf);
	put_btf(out, "base", &info->base);
	put_btf(out, "embedded", &info->embedded);
	kbtf_json_open_array(out, "sections");
	for (i = 0; i < info->nr_sections; i++) {
		kbtf_json_open_map(out, NULL);
		kbtf_json_string(out, "name", info->sections[i].name);
		kbtf_json_number(out, "size_bytes", info->sections[i].size_bytes);
		kbtf_json_close_map(out);
	}
	kbtf_json_close_array(out);
	kbtf_json_number(out, "nr_ids", info->nr_ids);
	kbtf_json_number(out, "nr_sets", info->nr_sets);
	kbtf_json_number(out, "nr_kfuncs", info->nr_kfuncs);
	kbtf_json_files_end(&json->files);
}

void kbtf_info_json_refused(struct kbtf_info_json *json, const char *path,
			    const struct kbtf_diag *why)
{
	kbtf_json_files_refused(&json->files, path, why);
}

int kbtf_info_json_finish(struct kbtf_info_json *json)
{
	int err = kbtf_json_files_finish(&json->files);

	free(json);
	return err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What was found as JSON: docs/json.md. */
#include <errno.h>
#include <stdlib.h>

#include <kbtf/show.h>

#include "json_out.h"
#include "view.h"

struct kbtf_show_json {
	struct kbtf_json_out out;
	size_t nr_found, nr_missing;
};

int kbtf_show_json_new(kbtf_write_fn *write, void *ctx, struct kbtf_show_json **ret)
{
	struct kbtf_show_json *json = calloc(1, sizeof(*json));

	if (!json || kbtf_json_out_init(&json->out, write, ctx)) {
		free(json);
		return -ENOMEM;
	}
	kbtf_json_open_map(&json->out, NULL);
	kbtf_json_string(&json->out, "command", "show");
	kbtf_json_open_array(&json->out, "found");
	*ret = json;
	return 0;
}

static int collect(void *ctx, const char *text, size_t n)
{
	return kbtf_buf_append(ctx, text, n);
}

int kbtf_show_json_found(struct kbtf_show_json *json, const struct kbtf_show_match *match)
{
	const struct kbtf_type *t = kbtf_type_get(match->btf, match->type_id);
	uint32_t ids[2] = { match->type_id };
	struct kbtf_json_out *out = &json->out;
	struct kbtf_buf dump = { 0 };
	size_t nr = 1, i;

	if (kbtf_kind(t) == KBTF_FUNC) /* says nothing without its prototype */
		ids[nr++] = t->type;
	if (!out->err)
		out->err = kbtf_text_json(match->btf, ids, nr, collect, &dump);
	kbtf_json_open_map(out, NULL);
	kbtf_json_string(out, "name", match->name);
	kbtf_json_open_array(out, "modules");
	for (i = 0; i < match->nr_modules; i++) {
		kbtf_json_open_map(out, NULL);
		kbtf_json_string(out, "name", match->modules[i]->name);
		kbtf_json_string(out, "path", match->modules[i]->path);
		kbtf_json_close_map(out);
	}
	kbtf_json_close_array(out);
	if (!out->err)
		kbtf_json_verbatim(out, "dump", (const char *)dump.data, dump.size);
	kbtf_json_close_map(out);
	kbtf_json_flush(out);
	kbtf_buf_deinit(&dump);
	json->nr_found++;
	return out->err;
}

void kbtf_show_json_missing(struct kbtf_show_json *json, const char *name,
			    const struct kbtf_diag *why)
{
	json->nr_missing++;
	kbtf_json_open_map(&json->out, NULL);
	kbtf_json_string(&json->out, "name", name);
	kbtf_json_diag(&json->out, "why", why);
	kbtf_json_close_map(&json->out);
	kbtf_json_flush(&json->out);
}

int kbtf_show_json_finish(struct kbtf_show_json *json)
{
	int err;

	kbtf_json_close_array(&json->out);
	kbtf_json_open_map(&json->out, "summary");
	kbtf_json_number(&json->out, "nr_found", json->nr_found);
	kbtf_json_number(&json->out, "nr_missing", json->nr_missing);
	kbtf_json_close_map(&json->out);
	kbtf_json_close_map(&json->out);
	err = kbtf_json_out_finish(&json->out);
	free(json);
	return err;
}

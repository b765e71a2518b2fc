// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Sets and lists of a file as JSON: docs/json.md. */
#include <errno.h>
#include <stdio.h>

#include <kbtf/kfunc.h>

#include "list_ids.h"

static void put_flags(struct kbtf_json_out *out, uint32_t flags)
{
	unsigned int bit;
	char number[16];

	kbtf_json_open_array(out, "flag_names");
	for (bit = 0; bit < 32; bit++) {
		if (!(flags >> bit & 1))
			continue;
		snprintf(number, sizeof(number), "0x%x", UINT32_C(1) << bit);
		kbtf_json_string(out, NULL,
				 kbtf_kfunc_flag_name(bit) ? kbtf_kfunc_flag_name(bit) : number);
	}
	kbtf_json_close_array(out);
}

static int put_prototype(const struct kbtf_listed *l, uint32_t id, struct kbtf_json_out *out)
{
	struct kbtf_buf text = { 0 };
	int err = kbtf_listed_prototype(l, id, &text);

	if (!err)
		err = kbtf_buf_append(&text, "", 1);
	if (!err)
		kbtf_json_string(out, "prototype", (const char *)text.data);
	kbtf_buf_deinit(&text);
	return err;
}

static int put_id(const struct kbtf_listed *l, const struct kbtf_listed_id *id, bool has_flags,
		  struct kbtf_json_out *out)
{
	int err = 0;

	kbtf_json_open_map(out, NULL);
	kbtf_json_number(out, "id", id->id);
	kbtf_json_string(out, "kind", id->kind);
	kbtf_json_string(out, "name", id->name);
	if (has_flags) {
		kbtf_json_number(out, "flags", id->flags);
		put_flags(out, id->flags);
	}
	if (has_flags && id->kind && id->kind[0] == 'F')
		err = put_prototype(l, id->id, out);
	kbtf_json_close_map(out);
	return err;
}

static int put_set(const struct kbtf_listed *l, uint32_t set, struct kbtf_json_out *out)
{
	struct kbtf_listed_id id;
	struct kbtf_id_set s;
	uint32_t i;
	int err = 0;

	kbtf_ids_get_set(l->ids, set, &s);
	kbtf_json_open_map(out, NULL);
	kbtf_json_string(out, "name", s.name);
	kbtf_json_number(out, "offset", s.offset);
	kbtf_json_bool(out, "is_resolved", s.nr == s.room);
	kbtf_json_bool(out, "has_flags", s.has_flags);
	kbtf_json_bool(out, "is_kfuncs", s.flags & KBTF_ID_SET_KFUNCS);
	kbtf_json_open_array(out, "members");
	for (i = 0; i < s.room && !err; i++) {
		kbtf_listed_member(l, set, i, &id);
		err = put_id(l, &id, s.has_flags, out);
	}
	kbtf_json_close_array(out);
	kbtf_json_close_map(out);
	return err;
}

static int put_lists(const struct kbtf_listed *l, struct kbtf_json_out *out)
{
	const char *last = NULL, *list;
	struct kbtf_listed_id id;
	uint64_t offset;
	uint32_t i;
	int err = 0;

	for (i = 0; i < l->nr_loose && !err; i++) {
		kbtf_listed_loose(l, i, &id, &list, &offset);
		if (i && list != last) {
			kbtf_json_close_array(out);
			kbtf_json_close_map(out);
		}
		if (!i || list != last) {
			kbtf_json_open_map(out, NULL);
			kbtf_json_string(out, "name", list);
			kbtf_json_number(out, "offset", offset);
			kbtf_json_open_array(out, "members");
		}
		last = list;
		err = put_id(l, &id, false, out);
	}
	if (l->nr_loose) {
		kbtf_json_close_array(out);
		kbtf_json_close_map(out);
	}
	return err;
}

int kbtf_listed_json(const struct kbtf_listed *l, struct kbtf_json_out *out)
{
	uint32_t i;
	int err = 0;

	kbtf_json_open_map(out, NULL);
	kbtf_json_string(out, "path", l->path);
	kbtf_json_open_array(out, "sets");
	for (i = 0; i < kbtf_ids_nr_sets(l->ids) && !err; i++)
		err = put_set(l, i, out);
	kbtf_json_close_array(out);
	kbtf_json_open_array(out, "lists");
	if (!err)
		err = put_lists(l, out);
	kbtf_json_close_array(out);
	kbtf_json_diag(out, "error", NULL);
	kbtf_json_close_map(out);
	kbtf_json_flush(out);
	return err ? err : out->err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Sets and lists of a file as text, a line an id. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <kbtf/kfunc.h>

#include "list_ids.h"

static int put(struct kbtf_buf *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int put(struct kbtf_buf *out, const char *fmt, ...)
{
	char *at;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || kbtf_buf_reserve(out, (size_t)n + 1))
		return -ENOMEM;
	at = (char *)out->data + out->size;
	va_start(ap, fmt);
	vsnprintf(at, (size_t)n + 1, fmt, ap);
	va_end(ap);
	out->size += (size_t)n;
	return 0;
}

static int put_flags(struct kbtf_buf *out, uint32_t flags)
{
	unsigned int bit;
	int err = 0;

	for (bit = 0; bit < 32 && !err; bit++) {
		if (!(flags >> bit & 1))
			continue;
		err = kbtf_kfunc_flag_name(bit) ? put(out, "  %s", kbtf_kfunc_flag_name(bit))
						: put(out, "  0x%x", UINT32_C(1) << bit);
	}
	return err;
}

static int put_id(const struct kbtf_listed *l, const struct kbtf_listed_id *id, bool is_kfunc,
		  struct kbtf_buf *out)
{
	int err;

	if (!id->id)
		return put(out, "    %8s  %s", "-", id->name);
	if (!is_kfunc || !id->kind)
		return put(out, "    %8u  %s %s", id->id, id->kind ? id->kind : "(no type)",
			   id->name);
	err = put(out, "    %8u  ", id->id);
	return err ? err : kbtf_listed_prototype(l, id->id, out);
}

static int put_set(const struct kbtf_listed *l, uint32_t set, struct kbtf_buf *out)
{
	struct kbtf_listed_id id;
	struct kbtf_id_set s;
	uint32_t i;
	int err;

	kbtf_ids_get_set(l->ids, set, &s);
	err = put(out, "  %s %s: %u%s\n",
		  s.flags & KBTF_ID_SET_KFUNCS ? "kfuncs"
		  : s.has_flags		       ? "set8"
					       : "set",
		  s.name, s.room,
		  s.nr	   ? ""
		  : s.room ? ", not resolved"
			   : "");
	for (i = 0; i < s.room && !err; i++) {
		kbtf_listed_member(l, set, i, &id);
		err = put_id(l, &id, s.has_flags && id.kind && id.kind[0] == 'F', out);
		if (!err)
			err = put_flags(out, id.flags);
		if (!err)
			err = put(out, "\n");
	}
	return err;
}

static int put_lists(const struct kbtf_listed *l, struct kbtf_buf *out)
{
	const char *last = NULL, *list;
	struct kbtf_listed_id id;
	uint64_t offset;
	uint32_t i;
	int err = 0;

	for (i = 0; i < l->nr_loose && !err; i++) {
		kbtf_listed_loose(l, i, &id, &list, &offset);
		if (!i || list != last)
			err = put(out, "  list %s\n", list ? list : "(no name)");
		last = list;
		if (!err)
			err = put_id(l, &id, false, out);
		if (!err)
			err = put(out, "\n");
	}
	return err;
}

int kbtf_listed_text(const struct kbtf_listed *l, struct kbtf_buf *out)
{
	uint32_t i;
	int err = put(out, "%s\n", l->path);

	for (i = 0; i < kbtf_ids_nr_sets(l->ids) && !err; i++)
		err = put_set(l, i, out);
	return err ? err : put_lists(l, out);
}

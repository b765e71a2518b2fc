// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Findings: put into words here, handed to the caller, the first one kept. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "fail.h"

void kbtf_check_emit(struct check *c, const struct kbtf_diag *diag)
{
	if (!c->nr) {
		c->err = diag->err;
		if (c->reterr)
			*c->reterr = *diag;
	}
	c->nr++;
	if (c->fn)
		c->fn(c->ctx, diag);
}

static void emit(struct check *c, const struct check_btf *btf, struct kbtf_diag *diag)
{
	kbtf_diag_in(diag, btf->place);
	kbtf_diag_in(diag, c->opts->label);
	kbtf_check_emit(c, diag);
}

void kbtf_check_found(struct check *c, const struct check_btf *btf, enum check_rule rule,
		      uint64_t offset, const char *fmt, ...)
{
	char text[sizeof(((struct kbtf_diag *)0)->text)];
	struct kbtf_diag diag;
	va_list ap;

	if (check_done(c))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	kbtf_fail_at(&diag, kbtf_check_rule_err(rule), kbtf_check_rule_name(rule), offset, "%s",
		     text);
	emit(c, btf, &diag);
}

static uint64_t type_offset(const struct check_btf *btf, uint32_t id)
{
	uint32_t i = id - btf->first_id;

	return (uint64_t)btf->hdr.hdr_len + btf->hdr.type_off + (uint64_t)btf->offs[i] * 4;
}

void kbtf_check_found_type(struct check *c, struct check_btf *btf, enum check_rule rule,
			   uint32_t id, const char *fmt, ...)
{
	const struct kbtf_type *t = check_type(btf, id);
	char text[sizeof(((struct kbtf_diag *)0)->text)];
	char name[CHECK_LABEL_SIZE];
	struct kbtf_diag diag;
	va_list ap;

	btf->bad[id - btf->first_id] = true;
	if (check_done(c))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	kbtf_fail_at(&diag, kbtf_check_rule_err(rule), kbtf_check_rule_name(rule),
		     type_offset(btf, id), "type [%u] %s %s: %s", id, kbtf_kind_name(kbtf_kind(t)),
		     kbtf_check_label(btf, t->name_off, name), text);
	diag.type_id = id;
	emit(c, btf, &diag);
}

const char *kbtf_check_string(const struct check_btf *btf, uint32_t off)
{
	while (off < btf->str_start) {
		btf = btf->base;
		if (btf->finished)
			return kbtf_string(btf->finished, off);
	}
	off -= btf->str_start;
	return off < btf->str_len ? btf->strings + off : NULL;
}

const char *kbtf_check_label(const struct check_btf *btf, uint32_t name_off,
			     char buf[CHECK_LABEL_SIZE])
{
	const char *s = kbtf_check_string(btf, name_off);
	size_t n = 0;

	if (!s)
		return "(wild name)";
	if (!*s)
		return "(anon)";
	for (; *s && n + sizeof("\\xff...") < CHECK_LABEL_SIZE; s++) {
		unsigned char ch = (unsigned char)*s;

		if (ch > ' ' && ch < 0x7f)
			buf[n++] = (char)ch;
		else
			n += (size_t)sprintf(buf + n, "\\x%02x", ch);
	}
	strcpy(buf + n, *s ? "..." : "");
	return buf;
}

const char *kbtf_check_type_label(const struct check_btf *btf, uint32_t id,
				  char buf[CHECK_TYPE_LABEL_SIZE])
{
	const struct kbtf_type *t = check_type(btf, id);
	char name[CHECK_LABEL_SIZE];

	if (!id)
		return "void";
	snprintf(buf, CHECK_TYPE_LABEL_SIZE, "[%u] %s %s", id, kbtf_kind_name(kbtf_kind(t)),
		 kbtf_check_label(btf, t->name_off, name));
	return buf;
}

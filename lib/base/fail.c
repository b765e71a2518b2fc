// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Making, placing and printing a diagnosis. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"

/* Names come from input: what could steer a terminal is not passed on. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

static void diag_set(struct kbtf_diag *diag, int err, const char *reason, uint64_t offset,
		     const char *fmt, va_list ap)
{
	diag->err = err;
	diag->reason = reason;
	diag->type_id = 0;
	diag->offset = offset;
	diag->place[0] = '\0';
	vsnprintf(diag->text, sizeof(diag->text), fmt, ap);
	make_printable(diag->text);
}

int kbtf_fail(struct kbtf_diag *diag, int err, const char *reason, const char *fmt, ...)
{
	va_list ap;

	if (diag) {
		va_start(ap, fmt);
		diag_set(diag, err, reason, KBTF_NO_OFFSET, fmt, ap);
		va_end(ap);
	}
	return err;
}

int kbtf_fail_at(struct kbtf_diag *diag, int err, const char *reason, uint64_t offset,
		 const char *fmt, ...)
{
	va_list ap;

	if (diag) {
		va_start(ap, fmt);
		diag_set(diag, err, reason, offset, fmt, ap);
		va_end(ap);
	}
	return err;
}

int kbtf_fail_nomem(struct kbtf_diag *diag)
{
	return kbtf_fail(diag, -ENOMEM, "no-memory", "out of memory");
}

void kbtf_diag_add(struct kbtf_diag *diag, const char *more)
{
	size_t len;

	if (!diag)
		return;
	len = strlen(diag->text);
	snprintf(diag->text + len, sizeof(diag->text) - len, "%s", more);
}

void kbtf_diag_in(struct kbtf_diag *diag, const char *place)
{
	const size_t least = 8; /* a crumb of a place tells nothing */
	size_t place_len, old_len, room;
	bool cut;
	char *at;

	if (!diag || !place || !*place)
		return;
	old_len = strlen(diag->place);
	if (old_len + 2 + least >= sizeof(diag->place))
		return;
	room = sizeof(diag->place) - 1 - (old_len ? old_len + 2 : 0);
	place_len = strlen(place);
	cut = place_len > room;
	if (cut) { /* the end of a path tells more than its beginning */
		place += place_len - room;
		place_len = room;
	}
	at = diag->place + place_len;
	memmove(at + (old_len ? 2 : 0), diag->place, old_len + 1);
	if (old_len)
		memcpy(at, ": ", 2);
	memcpy(diag->place, place, place_len);
	if (cut)
		memcpy(diag->place, "...", 3);
	make_printable(diag->place);
}

int kbtf_diag_format(const struct kbtf_diag *diag, char *buf, size_t size)
{
	char offset[24] = "";

	if (diag->offset != KBTF_NO_OFFSET)
		snprintf(offset, sizeof(offset), "+0x%" PRIx64, diag->offset);
	return snprintf(buf, size, "%s%s%s%s%s%s%s", diag->place, offset,
			*diag->place || *offset ? ": " : "", diag->text, diag->reason ? " [" : "",
			diag->reason ? diag->reason : "", diag->reason ? "]" : "");
}

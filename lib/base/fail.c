// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Making, placing and printing a diagnosis. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"

static void diag_set(struct kbtf_diag *diag, int err, const char *reason, uint64_t offset,
		     const char *fmt, va_list ap)
{
	diag->err = err;
	diag->reason = reason;
	diag->type_id = 0;
	diag->offset = offset;
	diag->place[0] = '\0';
	vsnprintf(diag->text, sizeof(diag->text), fmt, ap);
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

void kbtf_diag_in(struct kbtf_diag *diag, const char *place)
{
	char old[sizeof(diag->place)];
	size_t place_len, old_len, room = sizeof(diag->place) - 1;

	if (!diag || !place || !*place)
		return;
	memcpy(old, diag->place, sizeof(old));
	old_len = strlen(old);
	place_len = strlen(place);
	if (old_len && old_len + 2 + 4 <= room)
		room -= old_len + 2;
	else if (old_len)
		return; /* no room for more than a crumb of it */
	if (place_len > room) { /* the end of a path tells more than its beginning */
		place += place_len - (room - 3);
		snprintf(diag->place, sizeof(diag->place), "...%s%s%s", place, old_len ? ": " : "",
			 old);
		return;
	}
	snprintf(diag->place, sizeof(diag->place), "%s%s%s", place, old_len ? ": " : "", old);
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

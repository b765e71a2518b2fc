// SPDX-License-Identifier: GPL-2.0
/* Messages of the library's sources. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "env.h"

static void diag_set(struct kbtf_diag *diag, int err, const char *reason, u64 offset,
		     const char *fmt, va_list args)
{
	diag->err = err;
	diag->reason = reason;
	diag->type_id = 0;
	diag->offset = offset;
	diag->place[0] = '\0';
	vscnprintf(diag->text, sizeof(diag->text), fmt, args);
}

int kbtf_fail(struct kbtf_diag *diag, int err, const char *reason, const char *fmt, ...)
{
	va_list args;

	if (diag) {
		va_start(args, fmt);
		diag_set(diag, err, reason, KBTF_NO_OFFSET, fmt, args);
		va_end(args);
	}
	return err;
}

int kbtf_fail_at(struct kbtf_diag *diag, int err, const char *reason, uint64_t offset,
		 const char *fmt, ...)
{
	va_list args;

	if (diag) {
		va_start(args, fmt);
		diag_set(diag, err, reason, offset, fmt, args);
		va_end(args);
	}
	return err;
}

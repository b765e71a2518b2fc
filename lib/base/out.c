// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Text on its way out: the block is handed over, or what is too long for one. */
#include "out.h"

const char kbtf_digit_pairs[] = "00010203040506070809"
				"10111213141516171819"
				"20212223242526272829"
				"30313233343536373839"
				"40414243444546474849"
				"50515253545556575859"
				"60616263646566676869"
				"70717273747576777879"
				"80818283848586878889"
				"90919293949596979899";

void kbtf_out_init(struct kbtf_out *out, kbtf_write_fn *write, void *ctx)
{
	out->write = write;
	out->ctx = ctx;
	out->err = 0;
	out->at = out->block;
	out->end = out->block + sizeof(out->block);
}

static void hand_over(struct kbtf_out *out, const char *text, size_t n)
{
	if (n && !out->err)
		out->err = out->write(out->ctx, text, n);
}

int kbtf_out_flush(struct kbtf_out *out)
{
	hand_over(out, out->block, (size_t)(out->at - out->block));
	out->at = out->block;
	return out->err;
}

void kbtf_out_text(struct kbtf_out *out, const char *text, size_t n)
{
	kbtf_out_room(out, n < sizeof(out->block) ? n : sizeof(out->block));
	if (n <= sizeof(out->block))
		kbtf_put(out, text, n);
	else
		hand_over(out, text, n);
}

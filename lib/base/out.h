/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_OUT_H
#define KBTF_BASE_OUT_H

#include <stdint.h>
#include <string.h>

#include <kbtf/write.h>

#define KBTF_OUT_BLOCK 65536u

/*
 * Text on its way out, for printers of half a million lines, none of which goes
 * through printf(): numbers and words are put straight into a block, which is handed
 * over when the next piece might not fit. Whoever puts something has made room for
 * it before, by one check for all that a line has besides its names.
 */
struct kbtf_out {
	kbtf_write_fn *write;
	void *ctx;
	int err; /* the first that write returned; nothing is written after it */
	char *at, *end;
	char block[KBTF_OUT_BLOCK];
};

void kbtf_out_init(struct kbtf_out *out, kbtf_write_fn *write, void *ctx);

/* Hand over what is there. Returns the first error. */
int kbtf_out_flush(struct kbtf_out *out);

/* Text of any length; what room there was is there no longer. */
void kbtf_out_text(struct kbtf_out *out, const char *text, size_t n);

/* Have room for n bytes, of at most KBTF_OUT_BLOCK. */
static inline void kbtf_out_room(struct kbtf_out *out, size_t n)
{
	if ((size_t)(out->end - out->at) < n)
		kbtf_out_flush(out);
}

/* The rest is for what there is room for. */

static inline void kbtf_put(struct kbtf_out *out, const char *text, size_t n)
{
	memcpy(out->at, text, n);
	out->at += n;
}

#define KBTF_PUT(out, literal) kbtf_put(out, "" literal, sizeof(literal) - 1)

static inline void kbtf_put_char(struct kbtf_out *out, char c)
{
	*out->at++ = c;
}

static inline void kbtf_put_word(struct kbtf_out *out, const char *word)
{
	kbtf_put(out, word, strlen(word));
}

static inline unsigned int kbtf_count_digits(uint64_t v)
{
	unsigned int n = 1;

	for (; v >= 10000; v /= 10000)
		n += 4;
	return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

extern const char kbtf_digit_pairs[];

static inline void kbtf_put_number(struct kbtf_out *out, uint64_t v)
{
	char *end = out->at + kbtf_count_digits(v), *at = end;

	for (; v >= 100; v /= 100) {
		at -= 2;
		memcpy(at, kbtf_digit_pairs + v % 100 * 2, 2);
	}
	if (v >= 10)
		memcpy(at - 2, kbtf_digit_pairs + v * 2, 2);
	else
		at[-1] = (char)('0' + v);
	out->at = end;
}

static inline void kbtf_put_signed(struct kbtf_out *out, int64_t v)
{
	if (v < 0)
		*out->at++ = '-';
	kbtf_put_number(out, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

#endif

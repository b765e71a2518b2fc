// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Strings as JSON. Names of kernels are plain letters and digits, so what needs no
 * escape is found as a run and put in one piece.
 */
#include "json.h"

size_t kbtf_utf8_length(const char *text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4, i;
	uint32_t c = s[0];

	if (len <= 1 || s[0] >= 0xf8)
		return len == 1 && s[0];
	c &= 0x7fu >> len;
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : len;
}

static const char hex_digits[] = "0123456789abcdef";

/* A byte that stands for itself, whatever stands beside it. */
static inline bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* One that is not plain; how many bytes of s that is. */
static size_t put_escaped(struct kbtf_out *out, const char *s, bool *is_utf8)
{
	unsigned char c = (unsigned char)*s;
	size_t len = kbtf_utf8_length(s);

	kbtf_out_room(out, 8);
	if (c == '"' || c == '\\') {
		kbtf_put_char(out, '\\');
		kbtf_put_char(out, *s);
	} else if (c < 0x20 || c == 0x7f) {
		KBTF_PUT(out, "\\u00");
		kbtf_put_char(out, hex_digits[c >> 4]);
		kbtf_put_char(out, hex_digits[c & 15]);
	} else if (len) {
		kbtf_put(out, s, len);
	} else {
		*is_utf8 = false;
		KBTF_PUT(out, "\xef\xbf\xbd");
	}
	return len ? len : 1;
}

bool kbtf_put_json_string(struct kbtf_out *out, const char *s)
{
	bool is_utf8 = true;

	kbtf_out_room(out, 1);
	kbtf_put_char(out, '"');
	while (*s) {
		size_t n = 0;

		while (is_plain((unsigned char)s[n]))
			n++;
		kbtf_out_text(out, s, n);
		s += n;
		if (*s)
			s += put_escaped(out, s, &is_utf8);
	}
	kbtf_out_room(out, 1);
	kbtf_put_char(out, '"');
	return is_utf8;
}

void kbtf_put_json_hex(struct kbtf_out *out, const char *s)
{
	kbtf_out_room(out, 1);
	kbtf_put_char(out, '"');
	for (; *s; s++) {
		kbtf_out_room(out, 2);
		kbtf_put_char(out, hex_digits[(unsigned char)*s >> 4]);
		kbtf_put_char(out, hex_digits[(unsigned char)*s & 15]);
	}
	kbtf_out_room(out, 1);
	kbtf_put_char(out, '"');
}

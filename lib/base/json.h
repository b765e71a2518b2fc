/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BASE_JSON_H
#define KBTF_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "out.h"

/* Length of the UTF-8 sequence that s begins with; 0 where it is none, and for "". */
size_t kbtf_utf8_length(const char *s);

/*
 * Put a string in quotes, escaped as JSON wants it; bytes that are no UTF-8 become
 * U+FFFD each. Room is made for it, and what room there was is there no longer.
 * Returns whether all of it is UTF-8.
 */
bool kbtf_put_json_string(struct kbtf_out *out, const char *s);

/* Put the bytes of a string in quotes, as hexadecimal digits. As kbtf_put_json_string(). */
void kbtf_put_json_hex(struct kbtf_out *out, const char *s);

#endif

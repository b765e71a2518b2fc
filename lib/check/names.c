// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Names: where they have to be, where they must not be, and of which bytes.
 *
 * Source: kernel/bpf/btf.c (btf_name_valid_identifier, btf_name_valid_section),
 * lib/ctype.c: the kernel counts the letters of Latin-1 as letters.
 */
#include <string.h>

#include "check.h"

static bool is_letter(unsigned char ch)
{
	return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') ||
	       (ch >= 0xc0 && ch != 0xd7 && ch != 0xf7);
}

static bool is_name_char(unsigned char ch, bool first)
{
	return is_letter(ch) || ch == '_' || ch == '.' || (!first && ch >= '0' && ch <= '9');
}

static bool is_printable(unsigned char ch)
{
	return (ch >= ' ' && ch < 0x7f) || ch >= 0xa0;
}

bool kbtf_check_is_identifier(const char *s)
{
	size_t i;

	for (i = 0; s[i]; i++)
		if (i >= CHECK_MAX_NAME || !is_name_char((unsigned char)s[i], !i))
			return false;
	return i > 0;
}

static bool is_section_name(const struct check *c, const char *s)
{
	size_t i;

	if (!c->version->section_printable)
		return kbtf_check_is_identifier(s);
	for (i = 0; s[i]; i++)
		if (i >= CHECK_MAX_NAME || !is_printable((unsigned char)s[i]))
			return false;
	return i > 0;
}

bool kbtf_check_name_in_range(const struct check_btf *btf, uint32_t name_off)
{
	return name_off <= CHECK_MAX_NAME_OFF && kbtf_check_string(btf, name_off);
}

/* What is wrong with a name of these bytes, in words. */
static void found_invalid(struct check *c, struct check_btf *btf, enum check_rule rule, uint32_t id,
			  uint32_t name_off, const char *what)
{
	const char *s = kbtf_check_string(btf, name_off);
	char label[CHECK_LABEL_SIZE];
	size_t len = strnlen(s, CHECK_MAX_NAME + 1); /* it may be megabytes */

	if (!len)
		kbtf_check_found_type(c, btf, rule, id,
				      "%sname at string offset %u is empty, but not offset 0", what,
				      name_off);
	else if (len > CHECK_MAX_NAME)
		kbtf_check_found_type(c, btf, rule, id, "%sname of more than %u bytes", what,
				      CHECK_MAX_NAME);
	else
		kbtf_check_found_type(c, btf, rule, id, "%sname '%s' is no %s", what,
				      kbtf_check_label(btf, name_off, label),
				      rule == RULE_SECTION_NAME && c->version->section_printable
					      ? "printable section name"
					      : "identifier");
}

void kbtf_check_name(struct check *c, struct check_btf *btf, uint32_t id, uint32_t name_off,
		     enum check_name demand, const char *what)
{
	const char *s = kbtf_check_string(btf, name_off);

	if (!kbtf_check_name_in_range(btf, name_off))
		return; /* "string-range" said so */
	switch (demand) {
	case NAME_NONE:
		if (name_off)
			kbtf_check_found_type(
				c, btf, RULE_NAME_UNEXPECTED, id,
				"%shas a name (string offset %u), this kind takes none", what,
				name_off);
		return;
	case NAME_TAG:
		if (!*s)
			kbtf_check_found_type(c, btf, RULE_NAME_MISSING, id, "%shas no text", what);
		return;
	case NAME_OPTIONAL:
		if (!name_off)
			return;
		break;
	case NAME_NEEDED:
	case NAME_OF_SECTION:
		if (!name_off) {
			kbtf_check_found_type(c, btf, RULE_NAME_MISSING, id, "%shas no name", what);
			return;
		}
		break;
	}
	if (demand == NAME_OF_SECTION && !is_section_name(c, s))
		found_invalid(c, btf, RULE_SECTION_NAME, id, name_off, what);
	else if (demand != NAME_OF_SECTION && !kbtf_check_is_identifier(s))
		found_invalid(c, btf, RULE_NAME_INVALID, id, name_off, what);
}

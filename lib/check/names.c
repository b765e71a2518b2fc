// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Names: where they have to be, where they must not be, and of which bytes.
 *
 * Source: kernel/bpf/btf.c (btf_name_valid_identifier, btf_name_valid_section),
 * lib/ctype.c: the kernel counts the letters of Latin-1 as letters.
 */
#include <stdio.h>
#include <string.h>

#include "check.h"

/* What a byte may be in a name. */
enum { FIRST = 1, REST = 2, PRINTABLE = 4 };

#define LETTER (FIRST | REST | PRINTABLE)
/* clang-format off */
static const uint8_t classes[256] = {
	[' ' ... '-'] = PRINTABLE,     ['.'] = LETTER,            ['/'] = PRINTABLE,
	['0' ... '9'] = REST | PRINTABLE,                         [':' ... '@'] = PRINTABLE,
	['A' ... 'Z'] = LETTER,        ['[' ... '^'] = PRINTABLE, ['_'] = LETTER,
	['`'] = PRINTABLE,             ['a' ... 'z'] = LETTER,    ['{' ... '~'] = PRINTABLE,
	[0xa0 ... 0xbf] = PRINTABLE,   [0xc0 ... 0xd6] = LETTER,  [0xd7] = PRINTABLE,
	[0xd8 ... 0xf6] = LETTER,      [0xf7] = PRINTABLE,        [0xf8 ... 0xff] = LETTER,
};
/* clang-format on */

/* Whether all bytes are of a class, and there are neither none nor too many. */
static bool is_of(const char *s, unsigned int class)
{
	size_t i;

	for (i = 0; s[i]; i++)
		if (i >= CHECK_MAX_NAME || !(classes[(unsigned char)s[i]] & class))
			return false;
	return i > 0;
}

static bool is_identifier(const char *s)
{
	return classes[(unsigned char)*s] & FIRST && is_of(s, REST);
}

static bool is_section_name(const struct check *c, const char *s)
{
	return c->version->section_printable ? is_of(s, PRINTABLE) : is_identifier(s);
}

bool kbtf_check_name_in_range(const struct check_btf *btf, uint32_t name_off)
{
	return name_off <= CHECK_MAX_NAME_OFF && kbtf_check_string(btf, name_off);
}

/* The rule that a name breaks, or NR_RULES. */
static enum check_rule broken_rule(const struct check *c, const struct check_btf *btf,
				   uint32_t name_off, enum check_name demand)
{
	const char *s = kbtf_check_string(btf, name_off);

	switch (demand) {
	case NAME_NONE:
		return name_off ? RULE_NAME_UNEXPECTED : NR_RULES;
	case NAME_TAG:
		return *s ? NR_RULES : RULE_NAME_MISSING;
	case NAME_OPTIONAL:
		return !name_off || is_identifier(s) ? NR_RULES : RULE_NAME_INVALID;
	case NAME_OF_SECTION:
		if (!name_off)
			return RULE_NAME_MISSING;
		return is_section_name(c, s) ? NR_RULES : RULE_SECTION_NAME;
	case NAME_NEEDED:
		break;
	}
	if (!name_off)
		return RULE_NAME_MISSING;
	return is_identifier(s) ? NR_RULES : RULE_NAME_INVALID;
}

/* Say so. where is "" or "member 3: ". */
static void found(struct check *c, struct check_btf *btf, uint32_t id, uint32_t name_off,
		  enum check_rule rule, enum check_name demand, const char *where)
{
	const char *s = kbtf_check_string(btf, name_off);
	size_t len = strnlen(s, CHECK_MAX_NAME + 1); /* it may be megabytes */
	char label[CHECK_LABEL_SIZE];

	if (rule == RULE_NAME_UNEXPECTED)
		kbtf_check_found_type(c, btf, rule, id,
				      "%shas a name (string offset %u), this kind takes none",
				      where, name_off);
	else if (rule == RULE_NAME_MISSING)
		kbtf_check_found_type(c, btf, rule, id, "%shas no %s", where,
				      demand == NAME_TAG ? "text" : "name");
	else if (!len)
		kbtf_check_found_type(c, btf, rule, id,
				      "%sname at string offset %u is empty, but not offset 0",
				      where, name_off);
	else if (len > CHECK_MAX_NAME)
		kbtf_check_found_type(c, btf, rule, id, "%sname of more than %u bytes", where,
				      CHECK_MAX_NAME);
	else
		kbtf_check_found_type(c, btf, rule, id, "%sname '%s' is no %s", where,
				      kbtf_check_label(btf, name_off, label),
				      rule == RULE_SECTION_NAME && c->version->section_printable
					      ? "printable section name"
					      : "identifier");
}

void kbtf_check_name(struct check *c, struct check_btf *btf, uint32_t id, uint32_t name_off,
		     enum check_name demand)
{
	enum check_rule rule;

	if (!kbtf_check_name_in_range(btf, name_off))
		return; /* "string-range" says so */
	rule = broken_rule(c, btf, name_off, demand);
	if (rule != NR_RULES)
		found(c, btf, id, name_off, rule, demand, "");
}

void kbtf_check_elem_name(struct check *c, struct check_btf *btf, uint32_t id, uint32_t name_off,
			  enum check_name demand, const char *what, uint32_t i)
{
	enum check_rule rule = broken_rule(c, btf, name_off, demand);
	char where[48];

	if (rule == NR_RULES)
		return;
	snprintf(where, sizeof(where), "%s %u: ", what, i);
	found(c, btf, id, name_off, rule, demand, where);
}

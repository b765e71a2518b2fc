// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * BTF that refers to nothing but itself: telling it, and making it stand elsewhere.
 *
 *   ids      0 void   first_id ... first_id + types - 1     its own
 *   strings  0 ""     str_start ... str_start + bytes - 1   its own
 *
 * A rule tells it and not a try, since small numbers that are meant for the BTF
 * itself mean something in a kernel, too: its strings begin with the empty one, which
 * split BTF has from its base, and every id and string offset is 0 or its own.
 *
 *   frame    find the sections; meet every word once, which gives the largest id and
 *            string offset [read_sections, frame]
 *   judge    hold those against what there is; only where that is exceeded look for
 *            the word to blame [find_fault]
 *   rewrite  add to every word but 0 [kbtf_renumber]
 *
 * This file is also built inside kernels, where it meets a module's BTF before
 * anybody has checked it: it allocates nothing, and takes from env.h what it needs.
 */
#include "renumber.h"

#include "words.h"

struct sections {
	uint32_t *types, *types_end;
	const char *strings;
	uint32_t str_len;
	uint32_t nr_types;
};

/* Numbers count from the first own one; what is 0 is left out, what is below is beyond all. */
struct survey {
	struct kbtf_stand at;
	uint32_t largest_id, largest_str;
};

KBTF_INLINE void survey_id(void *ctx, uint32_t *word)
{
	struct survey *s = ctx;
	uint32_t own = *word - s->at.first_id;

	if (*word && own > s->largest_id)
		s->largest_id = own;
}

KBTF_INLINE void survey_str(void *ctx, uint32_t *word)
{
	struct survey *s = ctx;
	uint32_t own = *word - s->at.str_start;

	if (*word && own > s->largest_str)
		s->largest_str = own;
}

static int read_header(const struct kbtf_header *h, size_t size, struct kbtf_diag *reterr)
{
	if (size < KBTF_HEADER_SIZE)
		return kbtf_fail_at(reterr, -EINVAL, "header-truncated", size,
				    "%llu bytes are fewer than a header's %u",
				    (unsigned long long)size, KBTF_HEADER_SIZE);
	if (h->magic != KBTF_MAGIC)
		return kbtf_fail_at(reterr, -EINVAL, "magic", 0,
				    "magic is 0x%04x where BTF has 0x%04x", h->magic, KBTF_MAGIC);
	if (h->version != KBTF_VERSION)
		return kbtf_fail_at(reterr, -EOPNOTSUPP, "version",
				    offsetof(struct kbtf_header, version),
				    "version is %u, kbtf knows %u", h->version, KBTF_VERSION);
	if (h->hdr_len < KBTF_HEADER_SIZE || h->hdr_len > size)
		return kbtf_fail_at(
			reterr, -EINVAL, "header-length", offsetof(struct kbtf_header, hdr_len),
			"header length is %u, beyond %u (shortest) to %llu (all there is)",
			h->hdr_len, KBTF_HEADER_SIZE, (unsigned long long)size);
	return 0;
}

static int check_section(const char *name, uint32_t off, uint32_t len, size_t room, size_t field,
			 struct kbtf_diag *reterr)
{
	if ((uint64_t)off + len <= room)
		return 0;
	return kbtf_fail_at(reterr, -EINVAL, "section-range", field,
			    "%s section of %u bytes at offset %u ends beyond the %llu "
			    "bytes after the header",
			    name, len, off, (unsigned long long)room);
}

/* Numbers written to types would change strings that lie in the same place. */
static int check_apart(const struct kbtf_header *h, struct kbtf_diag *reterr)
{
	if (!h->type_len || !h->str_len || h->type_off >= (uint64_t)h->str_off + h->str_len ||
	    h->str_off >= (uint64_t)h->type_off + h->type_len)
		return 0;
	return kbtf_fail_at(reterr, -EINVAL, "section-overlap",
			    offsetof(struct kbtf_header, str_off),
			    "string section (offset %u, %u bytes) overlaps the type section "
			    "(offset %u, %u bytes)",
			    h->str_off, h->str_len, h->type_off, h->type_len);
}

static int read_sections(const uint8_t *bytes, size_t size, struct sections *ret,
			 struct kbtf_diag *reterr)
{
	const struct kbtf_header *h = (const struct kbtf_header *)bytes;
	const char *strings;
	size_t room, at;
	int err;

	err = read_header(h, size, reterr);
	if (err)
		return err;
	room = size - h->hdr_len;
	err = check_section("type", h->type_off, h->type_len, room,
			    offsetof(struct kbtf_header, type_off), reterr);
	if (!err)
		err = check_section("string", h->str_off, h->str_len, room,
				    offsetof(struct kbtf_header, str_off), reterr);
	if (err)
		return err;
	at = (size_t)h->hdr_len + h->type_off;
	if (at % 4 || h->type_len % 4)
		return kbtf_fail_at(reterr, -EINVAL, "section-align",
				    offsetof(struct kbtf_header, type_off),
				    "type section of %u bytes begins at byte %llu; both have to be "
				    "multiples of 4",
				    h->type_len, (unsigned long long)at);
	err = check_apart(h, reterr);
	if (err)
		return err;
	/* Nothing is written to them before kbtf_renumber(), whose caller may do so. */
	ret->types = (uint32_t *)(uintptr_t)(bytes + at);
	ret->types_end = ret->types + h->type_len / 4;
	at = (size_t)h->hdr_len + h->str_off;
	strings = (const char *)bytes + at;
	if (!h->str_len || strings[0])
		return kbtf_fail_at(
			reterr, -EINVAL, "strings-start", at,
			"its strings do not begin with an empty one: it is split BTF and needs "
			"its base");
	if (strings[h->str_len - 1])
		return kbtf_fail_at(reterr, -EINVAL, "strings-unterminated", at + h->str_len - 1,
				    "last byte of the string section is 0x%02x, not 0",
				    (unsigned char)strings[h->str_len - 1]);
	ret->strings = strings;
	ret->str_len = h->str_len;
	return 0;
}

static uint64_t offset_of(const void *bytes, const void *word)
{
	return (uint64_t)((const char *)word - (const char *)bytes);
}

static int fail_record(const void *bytes, const struct kbtf_type *t, uint32_t id,
		       struct kbtf_diag *reterr)
{
	unsigned int kind = kbtf_kind(t);

	if (kind == KBTF_VOID || kind >= KBTF_NR_KINDS)
		return kbtf_fail_at(reterr, -EOPNOTSUPP, "kind-unknown", offset_of(bytes, t),
				    "type [%u]: it is of kind %u, where nobody knows what is an id",
				    id, kind);
	return kbtf_fail_at(reterr, -EINVAL, "type-truncated", offset_of(bytes, t),
			    "type [%u]: runs beyond the end of the type section", id);
}

/* Where each record ends, how many there are, and the largest numbers that they hold. */
static int frame(const void *bytes, struct sections *s, struct survey *ret,
		 struct kbtf_diag *reterr)
{
	struct survey survey = *ret;
	uint32_t *at = s->types, *end, i;

	for (i = 0; at < s->types_end; i++, at = end) {
		end = s->types_end - at < 3 ? NULL
					    : kbtf_each_word((struct kbtf_type *)at, s->types_end,
							     survey_str, survey_id, &survey);
		if (end)
			continue;
		if (s->types_end - at < 3)
			return kbtf_fail_at(
				reterr, -EINVAL, "type-truncated", offset_of(bytes, at),
				"type [%u]: a type takes at least 12 bytes, the type section has "
				"%u left",
				ret->at.first_id + i, (uint32_t)(s->types_end - at) * 4);
		return fail_record(bytes, (struct kbtf_type *)at, ret->at.first_id + i, reterr);
	}
	s->nr_types = i;
	*ret = survey;
	return 0;
}

/* ---- The word to blame -------------------------------------------------- */

struct fault {
	struct kbtf_stand at;
	uint32_t nr_types, str_len;
	const uint32_t *word;
	bool is_id;
};

KBTF_INLINE void fault_id(void *ctx, uint32_t *word)
{
	struct fault *f = ctx;

	if (!f->word && *word && *word - f->at.first_id >= f->nr_types) {
		f->word = word;
		f->is_id = true;
	}
}

KBTF_INLINE void fault_str(void *ctx, uint32_t *word)
{
	struct fault *f = ctx;

	if (!f->word && *word && *word - f->at.str_start >= f->str_len) {
		f->word = word;
		f->is_id = false;
	}
}

/* The name of a type whose own string this may be or not. */
static const char *name_of(const struct sections *s, struct kbtf_stand at,
			   const struct kbtf_type *t)
{
	uint32_t own = t->name_off - at.str_start;

	return t->name_off && own < s->str_len && s->strings[own] ? s->strings + own : "(anon)";
}

/* There is one: a word that is neither 0 nor the BTF's own. */
static int find_fault(const void *bytes, const struct sections *s, struct kbtf_stand at,
		      struct kbtf_diag *reterr)
{
	struct fault f = { .at = at, .nr_types = s->nr_types, .str_len = s->str_len };
	const struct kbtf_type *t = NULL;
	uint32_t *words = s->types, i;
	int err;

	for (i = 0; !f.word; i++) {
		t = (const struct kbtf_type *)words;
		words = kbtf_each_word((struct kbtf_type *)words, KBTF_NO_LIMIT, fault_str,
				       fault_id, &f);
	}
	i += at.first_id - 1;
	if (f.is_id)
		err = kbtf_fail_at(
			reterr, -EINVAL, "type-id-range", offset_of(bytes, f.word),
			"type [%u] %s %.128s: refers to type id %u, but its own are %u to %u: it "
			"needs its base",
			i, kbtf_kind_info(kbtf_kind(t))->name, name_of(s, at, t), *f.word,
			at.first_id, at.first_id + s->nr_types - 1);
	else
		err = kbtf_fail_at(
			reterr, -EINVAL, "string-range", offset_of(bytes, f.word),
			"type [%u] %s %.128s: string offset %u, but its own strings are %u to %u: "
			"it needs its base",
			i, kbtf_kind_info(kbtf_kind(t))->name, name_of(s, at, t), *f.word,
			at.str_start, at.str_start + s->str_len - 1);
	if (reterr)
		reterr->type_id = i;
	return err;
}

/* ---- Both calls --------------------------------------------------------- */

static int judge(const void *bytes, size_t size, struct kbtf_stand at, struct sections *ret,
		 struct kbtf_diag *reterr)
{
	struct survey survey = { .at = at };
	int err;

	err = read_sections(bytes, size, ret, reterr);
	if (!err)
		err = frame(bytes, ret, &survey, reterr);
	if (err)
		return err;
	/* Without types no word was met, and 0 is no number of any. */
	if (ret->nr_types &&
	    (survey.largest_id >= ret->nr_types || survey.largest_str >= ret->str_len))
		return find_fault(bytes, ret, at, reterr);
	return 0;
}

int kbtf_renumber_check(const void *bytes, size_t size, struct kbtf_stand at,
			struct kbtf_diag *reterr)
{
	struct sections sections;

	return judge(bytes, size, at, &sections, reterr);
}

KBTF_INLINE void add_id(void *ctx, uint32_t *word)
{
	const struct kbtf_stand *by = ctx;

	*word += *word ? by->first_id : 0;
}

KBTF_INLINE void add_str(void *ctx, uint32_t *word)
{
	const struct kbtf_stand *by = ctx;

	*word += *word ? by->str_start : 0;
}

int kbtf_renumber(void *bytes, size_t size, struct kbtf_stand from, struct kbtf_stand to,
		  struct kbtf_diag *reterr)
{
	/* Modulo 2^32: it may as well be less. */
	struct kbtf_stand by = { to.first_id - from.first_id, to.str_start - from.str_start };
	struct sections s;
	uint32_t *at;
	int err;

	err = judge(bytes, size, from, &s, reterr);
	if (err)
		return err;
	if (to.first_id > KBTF_MAX_TYPES || s.nr_types > KBTF_MAX_TYPES - to.first_id ||
	    s.str_len > UINT32_MAX - to.str_start)
		return kbtf_fail(
			reterr, -E2BIG, "too-large",
			"its %u types and %u bytes of strings cannot follow %u types and %u "
			"bytes",
			s.nr_types, s.str_len, to.first_id - 1, to.str_start);
	for (at = s.types; at < s.types_end;)
		at = kbtf_each_word((struct kbtf_type *)at, KBTF_NO_LIMIT, add_str, add_id, &by);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What was typed in, definitions out: take a kind off the front [parse], find the names
 * [find_exact, find_pattern], open the modules of each [gather], and tell equal definitions once
 * [deliver].
 */
#define _GNU_SOURCE /* FNM_* */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "fail.h"
#include "show.h"
#include "view.h"

/* What is looked for. */
struct query {
	const char *name;
	uint32_t kinds;	  /* KBTF_KIND_BIT()s */
	const char *what; /* for messages: "struct" */
	bool enumerators; /* names of enumerators count */
};

/* A type of the name. */
struct hit {
	const struct kbtf *btf;
	uint32_t type_id;
	uint32_t module;
	bool told;
};

struct search {
	struct kbtf_show *show;
	struct query query;
	kbtf_show_match_fn *fn;
	void *ctx;
	struct kbtf_diag *reterr;
	struct kbtf_buf hits;	 /* of struct hit; of one name */
	struct kbtf_buf modules; /* of struct kbtf_show_module *; of one definition */
	bool is_trial;		 /* look whether all that is needed can be opened; tell nothing */
	bool found;
	const struct kbtf_type *other; /* has the name, but is not what was asked for */
	bool other_is_type;	       /* else the name is that of one of its enumerators */
};

/* What makes a name a pattern. */
#define SPECIAL "*?[\\"

#define KINDS_STRUCT (KBTF_KIND_BIT(KBTF_STRUCT) | KBTF_KIND_BIT(KBTF_FWD))
#define KINDS_UNION (KBTF_KIND_BIT(KBTF_UNION) | KBTF_KIND_BIT(KBTF_FWD))

static void parse(const char *text, struct query *ret)
{
	static const struct {
		const char *word;
		uint32_t kinds;
	} words[] = {
		{ "struct", KINDS_STRUCT },
		{ "union", KINDS_UNION },
		{ "enum", KBTF_KIND_BIT(KBTF_ENUM) | KBTF_KIND_BIT(KBTF_ENUM64) },
		{ "typedef", KBTF_KIND_BIT(KBTF_TYPEDEF) },
		{ "func", KBTF_KIND_BIT(KBTF_FUNC) },
		{ "var", KBTF_KIND_BIT(KBTF_VAR) },
	};
	size_t i, len;

	*ret = (struct query){ text, UINT32_MAX, "type, function or variable", true };
	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		len = strlen(words[i].word);
		if (strncmp(text, words[i].word, len) || text[len] != ' ')
			continue;
		*ret = (struct query){ text + len, words[i].kinds, words[i].word, false };
		ret->name += strspn(ret->name, " ");
	}
}

/* Whether the entry is what its name promises: an index may be anybody's. */
static bool has_name(const struct kbtf *btf, uint32_t type_id, const char *name, bool *ret_is_type)
{
	const struct kbtf_type *t;
	uint32_t i;

	*ret_is_type = false;
	if (type_id < kbtf_first_id(btf) || type_id >= kbtf_end_id(btf))
		return false;
	t = kbtf_type_get(btf, type_id);
	*ret_is_type = !strcmp(kbtf_string_get(btf, t->name_off), name);
	if (*ret_is_type)
		return true;
	for (i = 0; kbtf_kind(t) == KBTF_ENUM && i < kbtf_vlen(t); i++)
		if (!strcmp(kbtf_string_get(btf, kbtf_enums(t)[i].name_off), name))
			return true;
	for (i = 0; kbtf_kind(t) == KBTF_ENUM64 && i < kbtf_vlen(t); i++)
		if (!strcmp(kbtf_string_get(btf, kbtf_enums64(t)[i].name_off), name))
			return true;
	return false;
}

/* A declaration of the other of struct and union is not what was asked for. */
static bool is_wanted(const struct query *q, const struct kbtf_type *t, bool is_type)
{
	if (!is_type)
		return q->enumerators;
	if (!(q->kinds & KBTF_KIND_BIT(kbtf_kind(t))))
		return false;
	return kbtf_kind(t) != KBTF_FWD || q->kinds == UINT32_MAX ||
	       q->kinds == (kbtf_kflag(t) ? KINDS_UNION : KINDS_STRUCT);
}

static int gather(struct search *s, const struct kbtf_show_cursor *c)
{
	const char *name = kbtf_cursor_name(c);
	uint32_t i;
	int err;

	s->hits.size = 0;
	for (i = c->names[c->at].first; i < c->names[c->at + 1].first; i++) {
		const struct kbtf_disk_entry *entry = &c->entries[i];
		const struct kbtf *btf;
		struct hit *hit;
		bool is_type;

		err = kbtf_show_open(s->show, entry->module, &btf, s->reterr);
		if (err)
			return err;
		if (!has_name(btf, entry->type_id, name, &is_type))
			return kbtf_fail(s->reterr, -EBADMSG, "cache", "type [%u] of %s is not %s",
					 entry->type_id, s->show->modules[entry->module].name,
					 name);
		if (!is_wanted(&s->query, kbtf_type_get(btf, entry->type_id), is_type)) {
			s->other = kbtf_type_get(btf, entry->type_id);
			s->other_is_type = is_type;
			continue;
		}
		hit = kbtf_buf_extend(&s->hits, sizeof(*hit));
		if (!hit)
			return kbtf_fail_nomem(s->reterr);
		*hit = (struct hit){ btf, entry->type_id, entry->module, false };
	}
	return 0;
}

/* Declarations say nothing where there is a definition. */
static void drop_declarations(struct search *s)
{
	struct hit *hits = (struct hit *)s->hits.data;
	size_t nr = s->hits.size / sizeof(*hits), i;
	bool defined[2] = { false, false };

	for (i = 0; i < nr; i++) {
		unsigned int kind = kbtf_kind(kbtf_type_get(hits[i].btf, hits[i].type_id));

		if (kind == KBTF_STRUCT || kind == KBTF_UNION)
			defined[kind == KBTF_UNION] = true;
	}
	for (i = 0; i < nr; i++) {
		const struct kbtf_type *t = kbtf_type_get(hits[i].btf, hits[i].type_id);

		if (kbtf_kind(t) == KBTF_FWD && defined[!!kbtf_kflag(t)])
			hits[i].told = true;
	}
}

static int add_module(struct search *s, uint32_t module)
{
	const struct kbtf_show_module *m = &s->show->modules[module], **list;
	size_t nr = s->modules.size / sizeof(*list);

	list = (const struct kbtf_show_module **)s->modules.data;
	if (nr && list[nr - 1] == m) /* two that are equal in one module */
		return 0;
	return kbtf_buf_append(&s->modules, &m, sizeof(m)) ? kbtf_fail_nomem(s->reterr) : 0;
}

static int deliver_one(struct search *s, const char *name, struct hit *hits, size_t nr)
{
	struct kbtf_show_match match = { .name = name,
					 .btf = hits[0].btf,
					 .type_id = hits[0].type_id };
	size_t i;
	int err = 0;

	s->modules.size = 0;
	for (i = 0; i < nr && !err; i++) {
		if (hits[i].told || !kbtf_same_definition(hits[0].btf, hits[0].type_id, hits[i].btf,
							  hits[i].type_id))
			continue;
		hits[i].told = true;
		err = add_module(s, hits[i].module);
	}
	if (err)
		return err;
	match.modules = (const struct kbtf_show_module *const *)s->modules.data;
	match.nr_modules = s->modules.size / sizeof(*match.modules);
	s->found = true;
	return s->fn(s->ctx, &match);
}

static int deliver(struct search *s, const struct kbtf_show_cursor *c)
{
	struct hit *hits;
	size_t nr, i;
	int err;

	err = gather(s, c);
	if (err || s->is_trial)
		return err;
	drop_declarations(s);
	hits = (struct hit *)s->hits.data;
	nr = s->hits.size / sizeof(*hits);
	for (i = 0; i < nr && !err; i++)
		if (!hits[i].told)
			err = deliver_one(s, kbtf_cursor_name(c), hits + i, nr - i);
	return err;
}

static int find_exact(struct search *s)
{
	struct kbtf_show_cursor c;
	int err = kbtf_cursor_init(&c, &s->show->index, s->query.name, s->reterr);

	if (!err && !strcmp(kbtf_cursor_name(&c), s->query.name))
		err = deliver(s, &c);
	kbtf_cursor_deinit(&c);
	return err == -ENOENT ? 0 : err;
}

/* Only the names that begin as the pattern does can match. */
static int find_pattern(struct search *s)
{
	size_t len = strcspn(s->query.name, SPECIAL);
	char *beginning = strndup(s->query.name, len);
	struct kbtf_show_cursor c;
	int err;

	if (!beginning)
		return kbtf_fail_nomem(s->reterr);
	err = kbtf_cursor_init(&c, &s->show->index, beginning, s->reterr);
	while (!err && !strncmp(kbtf_cursor_name(&c), beginning, len)) {
		if (!fnmatch(s->query.name, kbtf_cursor_name(&c), 0))
			err = deliver(s, &c);
		if (!err)
			err = kbtf_cursor_next(&c, s->reterr);
	}
	kbtf_cursor_deinit(&c);
	free(beginning);
	return err == -ENOENT ? 0 : err;
}

/* The word that a type of this kind is asked for with; "" for those that have none. */
static const char *word_for(const struct search *s)
{
	if (!s->other_is_type)
		return "";
	switch (kbtf_kind(s->other)) {
	case KBTF_FWD:
		return kbtf_kflag(s->other) ? "union " : "struct ";
	case KBTF_STRUCT:
		return "struct ";
	case KBTF_UNION:
		return "union ";
	case KBTF_ENUM:
	case KBTF_ENUM64:
		return "enum ";
	case KBTF_TYPEDEF:
		return "typedef ";
	case KBTF_FUNC:
		return "func ";
	case KBTF_VAR:
		return "var ";
	default:
		return "";
	}
}

static int fail_missing(const struct search *s)
{
	bool is_pattern = strpbrk(s->query.name, SPECIAL);
	char near[300] = "";

	if (!is_pattern && s->other)
		snprintf(near, sizeof(near), "%s%s", word_for(s), s->query.name);
	else if (!is_pattern)
		kbtf_show_near(&s->show->index, s->query.name, near, sizeof(near));
	return kbtf_fail(s->reterr, -ENOENT, "no-type", "no %s %s %s%s%s%s", s->query.what,
			 is_pattern ? "matches" : "is named", s->query.name,
			 *near ? "; did you mean " : "", near, *near ? "?" : "");
}

static int find(struct search *s)
{
	return strpbrk(s->query.name, SPECIAL) ? find_pattern(s) : find_exact(s);
}

/*
 * The BTF in an index file is looked at only now. If it is damaged the index is made again,
 * before anything that it says is told.
 */
static int try_cache(struct search *s)
{
	int err;

	s->is_trial = true;
	err = find(s);
	s->is_trial = false;
	return err == -EBADMSG ? kbtf_show_renew(s->show, s->reterr) : err;
}

int kbtf_show_find(struct kbtf_show *show, const char *name, kbtf_show_match_fn *fn, void *ctx,
		   struct kbtf_diag *reterr)
{
	struct search s = { .show = show, .fn = fn, .ctx = ctx, .reterr = reterr };
	int err = 0;

	parse(name, &s.query);
	if (show->is_cached)
		err = try_cache(&s);
	if (!err)
		err = find(&s);
	kbtf_buf_deinit(&s.hits);
	kbtf_buf_deinit(&s.modules);
	return err || s.found ? err : fail_missing(&s);
}

int kbtf_show_complete(const struct kbtf_show *show, const char *prefix, size_t max,
		       int (*fn)(void *ctx, const char *name), void *ctx)
{
	size_t len = strlen(prefix);
	struct kbtf_show_cursor c;
	bool more = !kbtf_cursor_init(&c, &show->index, prefix, NULL);
	int err = 0;

	for (; more && max && !err && !strncmp(kbtf_cursor_name(&c), prefix, len); max--) {
		err = fn(ctx, kbtf_cursor_name(&c));
		more = !kbtf_cursor_next(&c, NULL);
	}
	kbtf_cursor_deinit(&c);
	return err;
}

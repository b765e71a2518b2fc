// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What differs between the members of two structs or unions.
 *
 * Members of anonymous structs and unions count as the outer one's and are matched by
 * name (members.h of core); of those left over, an old and a new one of one
 * place, size and type are one that was renamed [find_renamed]. Then both lists are
 * gone through at once, so that what is gone stands where it was [tell_members].
 *
 * A named member whose type has no name is gone into [tell_inside]: what differs
 * there is told as "member.inner", at its offset in the outermost struct. Whether an
 * inner member moved is judged from the start of its own struct, since the move of
 * that one is told already.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "differ.h"
#include "hash.h"
#include "resolve.h"
#include "sizes.h"

/* Where members are that are told of: the name in front of theirs, and their struct's offset. */
struct place {
	const char *name, *path;
	uint64_t offset_bits;
};

struct lists {
	struct kbtf_flat old, new;
	struct place old_place, new_place;
};

static void tell_lists(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id,
		       struct place old_place, struct place new_place);

/* Of old compilers bitfields are INTs of their own, with an offset in them. */
static uint32_t int_offset_bits(const struct kbtf *btf, uint32_t type_id)
{
	const struct kbtf_type *t = kbtf_type_get(btf, kbtf_skip_modifiers(btf, type_id));

	return kbtf_kind(t) == KBTF_INT ? KBTF_INT_OFFSET_BITS(kbtf_word(t)) : 0;
}

static uint64_t size_bits(const struct kbtf_diff_btf *side, const struct kbtf_flat_member *m)
{
	return m->bitfield_bits ? m->bitfield_bits
				: kbtf_value_bits(side->btf, m->type_id, side->pointer_bytes);
}

/* Longest name that is put together; more than C compilers have to tell apart. */
#define MOST_NAME_BYTES 500u

static int append(struct kbtf_buf *buf, const char *text)
{
	size_t len = strnlen(text, MOST_NAME_BYTES);

	if (buf->size + len > MOST_NAME_BYTES)
		len = MOST_NAME_BYTES > buf->size ? MOST_NAME_BYTES - buf->size : 0;
	return kbtf_buf_append(buf, text, len);
}

static const char *keep(struct kbtf_differ *d, struct kbtf_buf *buf, int err)
{
	const char *kept = NULL;

	if (err)
		d->err = -ENOMEM;
	else
		kept = kbtf_diff_keep(d, buf->data ? (const char *)buf->data : "", buf->size);
	kbtf_buf_deinit(buf);
	return kept;
}

/* "u.", then "<anonymous union>." for each that the member is in, then its name. */
static const char *path_of(struct kbtf_differ *d, const struct place *place,
			   const struct kbtf_flat_member *m)
{
	static const char *const words[] = { "<anonymous struct>.", "<anonymous union>." };
	int bit = 63 - __builtin_clzll(m->nest), err;
	struct kbtf_buf buf = { 0 };

	if (!bit && !*place->path)
		return m->name;
	err = append(&buf, place->path);
	while (!err && bit-- > 0)
		err = append(&buf, words[m->nest >> bit & 1]);
	if (!err)
		err = append(&buf, m->name);
	return keep(d, &buf, err);
}

static const char *name_of(struct kbtf_differ *d, const struct place *place,
			   const struct kbtf_flat_member *m)
{
	struct kbtf_buf buf = { 0 };
	int err;

	if (!*place->name)
		return m->name;
	err = append(&buf, place->name);
	if (!err)
		err = append(&buf, m->name);
	return keep(d, &buf, err);
}

static struct kbtf_diff_side side_of(struct kbtf_differ *d, const struct kbtf_diff_btf *side,
				     const struct place *place, const struct kbtf_flat_member *m)
{
	return (struct kbtf_diff_side){
		.name = name_of(d, place, m),
		.path = path_of(d, place, m),
		.type_id = m->type_id,
		.bitfield_bits = m->bitfield_bits,
		.offset_bits = place->offset_bits + m->offset_bits,
		.size_bits = size_bits(side, m),
	};
}

static void tell(struct kbtf_differ *d, const struct lists *l, unsigned int how,
		 const struct kbtf_flat_member *old, const struct kbtf_flat_member *new)
{
	struct kbtf_diff_side old_side, new_side;

	if (old)
		old_side = side_of(d, &d->old, &l->old_place, old);
	if (new)
		new_side = side_of(d, &d->new, &l->new_place, new);
	kbtf_diff_change(d, KBTF_PART_MEMBER, how, old ? &old_side : NULL, new ? &new_side : NULL);
}

struct kbtf_diff_unnamed kbtf_diff_unnamed(const struct kbtf *btf, uint32_t type_id)
{
	struct kbtf_diff_unnamed u = { 0 };

	for (;;) {
		const struct kbtf_type *t = kbtf_type_get(btf, type_id);
		const char *name = kbtf_string_get(btf, t->name_off);

		u.around = u.around * 31 + kbtf_kind(t);
		switch (kbtf_kind(t)) {
		case KBTF_TYPE_TAG:
			u.around = u.around * 31 + kbtf_hash_string(name);
			/* fall through */
		case KBTF_VOLATILE:
		case KBTF_CONST:
		case KBTF_RESTRICT:
			type_id = t->type;
			break;
		case KBTF_ARRAY:
			u.nr_arrays++;
			u.around = u.around * 31 + kbtf_array(t)->nelems;
			type_id = kbtf_array(t)->type;
			break;
		case KBTF_STRUCT:
		case KBTF_UNION:
		case KBTF_ENUM:
		case KBTF_ENUM64:
			u.id = *name ? 0 : type_id;
			u.kind = kbtf_diff_kind_of(t);
			return u;
		default:
			return u;
		}
	}
}

/* "outer.name[]." */
static const char *name_inside(struct kbtf_differ *d, const char *name, unsigned int arrays)
{
	struct kbtf_buf buf = { 0 };
	int err = name ? append(&buf, name) : -ENOMEM;

	while (!err && arrays--)
		err = append(&buf, "[]");
	if (!err)
		err = append(&buf, ".");
	return keep(d, &buf, err);
}

static struct place place_inside(struct kbtf_differ *d, const struct place *place,
				 const struct kbtf_flat_member *m, unsigned int arrays)
{
	return (struct place){
		.name = name_inside(d, name_of(d, place, m), arrays),
		.path = name_inside(d, path_of(d, place, m), arrays),
		.offset_bits = place->offset_bits + m->offset_bits,
	};
}

/* A member of both; where its types have no name it is gone into. */
static void tell_pair(struct kbtf_differ *d, const struct lists *l,
		      const struct kbtf_flat_member *old, const struct kbtf_flat_member *new)
{
	const struct kbtf_diff_unnamed o = kbtf_diff_unnamed(d->old.btf, old->type_id);
	const struct kbtf_diff_unnamed n = kbtf_diff_unnamed(d->new.btf, new->type_id);
	const bool same_type = kbtf_diff_same_type(d, old->type_id, new->type_id);
	const bool both_unnamed = o.id && n.id && o.kind == n.kind;
	unsigned int how = 0;

	if (old->offset_bits + int_offset_bits(d->old.btf, old->type_id) !=
	    new->offset_bits + int_offset_bits(d->new.btf, new->type_id))
		how |= KBTF_HOW_MOVED;
	if (size_bits(&d->old, old) != size_bits(&d->new, new) ||
	    !old->bitfield_bits != !new->bitfield_bits)
		how |= KBTF_HOW_RESIZED;
	if (!same_type && !(both_unnamed && o.around == n.around))
		how |= KBTF_HOW_RETYPED;
	if (old->nest != new->nest)
		how |= KBTF_HOW_REGROUPED;
	if (how)
		tell(d, l, how, old, new);
	if (same_type || !both_unnamed)
		return;
	if (o.kind == KBTF_ENUM)
		kbtf_diff_enumerators(d, o.id, n.id);
	else
		tell_lists(d, o.id, n.id, place_inside(d, &l->old_place, old, o.nr_arrays),
			   place_inside(d, &l->new_place, new, n.nr_arrays));
}

static int by_place(const void *a, const void *b)
{
	const struct kbtf_flat_member *x = *(struct kbtf_flat_member *const *)a;
	const struct kbtf_flat_member *y = *(struct kbtf_flat_member *const *)b;

	if (x->offset_bits != y->offset_bits)
		return x->offset_bits < y->offset_bits ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Members without a twin, in the order of their offsets. */
static struct kbtf_flat_member **left_over(struct kbtf_flat *flat, size_t *ret_nr)
{
	struct kbtf_flat_member **left = kbtf_alloc_array(flat->nr, sizeof(*left));
	size_t i;

	*ret_nr = 0;
	for (i = 0; left && i < flat->nr; i++)
		if (flat->members[i].twin == KBTF_NO_TWIN)
			left[(*ret_nr)++] = &flat->members[i];
	if (left && *ret_nr)
		qsort(left, *ret_nr, sizeof(*left), by_place);
	return left;
}

static bool is_renamed(struct kbtf_differ *d, const struct kbtf_flat_member *old,
		       const struct kbtf_flat_member *new)
{
	return new->twin == KBTF_NO_TWIN &&
	       old->bitfield_bits ==
		       new->bitfield_bits &&kbtf_diff_same_value(d, old->type_id, new->type_id);
}

/* Most members of one offset that are tried with each other: unions may have many. */
#define MOST_AT_ONE_OFFSET 64u

/* Twins for those of one place, size and type; their names tell that they were renamed. */
static void find_renamed(struct kbtf_differ *d, struct lists *l)
{
	size_t nr_old, nr_new, i, j, at = 0;
	struct kbtf_flat_member **old = left_over(&l->old, &nr_old);
	struct kbtf_flat_member **new = left_over(&l->new, &nr_new);

	if (!old || !new)
		d->err = -ENOMEM;
	for (i = 0; !d->err && i < nr_old; i++) {
		while (at < nr_new && new[at]->offset_bits < old[i]->offset_bits)
			at++;
		for (j = at; j < nr_new && j - at < MOST_AT_ONE_OFFSET &&
			     new[j]->offset_bits == old[i]->offset_bits;
		     j++) {
			if (!is_renamed(d, old[i], new[j]))
				continue;
			old[i]->twin = (uint32_t)(new[j] - l->new.members);
			new[j]->twin = (uint32_t)(old[i] - l->old.members);
			break;
		}
	}
	free(new);
	free(old);
}

/* One of the new list, which may have a twin in the old one. */
static void tell_new(struct kbtf_differ *d, const struct lists *l,
		     const struct kbtf_flat_member *new)
{
	const struct kbtf_flat_member *old;

	if (new->twin == KBTF_NO_TWIN) {
		tell(d, l, KBTF_HOW_ADDED, NULL, new);
		return;
	}
	old = &l->old.members[new->twin];
	if (strcmp(old->name, new->name))
		tell(d, l, KBTF_HOW_RENAMED, old, new);
	else
		tell_pair(d, l, old, new);
}

/* Old ones from *i on that are gone, up to one that is not, or to end. */
static void tell_gone(struct kbtf_differ *d, const struct lists *l, size_t *i, size_t end, bool all)
{
	for (; *i < end; ++*i) {
		const struct kbtf_flat_member *old = &l->old.members[*i];

		if (old->twin == KBTF_NO_TWIN)
			tell(d, l, KBTF_HOW_REMOVED, old, NULL);
		else if (!all)
			return;
	}
}

/* The new list in its order, and what is only in the old one where it was, - before +. */
static void tell_members(struct kbtf_differ *d, const struct lists *l)
{
	size_t i = 0, j;

	for (j = 0; j < l->new.nr && !d->err; j++) {
		uint32_t twin = l->new.members[j].twin;

		if (twin == KBTF_NO_TWIN) {
			tell_gone(d, l, &i, l->old.nr, false);
		} else {
			tell_gone(d, l, &i, twin, true);
			i += i == twin;
		}
		tell_new(d, l, &l->new.members[j]);
	}
	tell_gone(d, l, &i, l->old.nr, true);
}

static void tell_lists(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id,
		       struct place old_place, struct place new_place)
{
	struct lists l = { .old_place = old_place, .new_place = new_place };
	int err = d->err;

	if (!err && d->member_depth == KBTF_MAX_MEMBER_DEPTH)
		return;
	d->member_depth++;
	if (!err)
		err = kbtf_flatten(d->old.btf, old_id, KBTF_FLATTEN_UNNAMED, &d->members_left,
				   &l.old);
	if (!err)
		err = kbtf_flatten(d->new.btf, new_id, KBTF_FLATTEN_UNNAMED, &d->members_left,
				   &l.new);
	if (!err)
		err = kbtf_flat_match(&l.old, &l.new);
	if (!err) {
		find_renamed(d, &l);
		tell_members(d, &l);
	} else if (err == -E2BIG) {
		kbtf_diff_attribute(d, "members", "too many", "too many to compare");
	} else {
		d->err = err;
	}
	d->member_depth--;
	kbtf_flat_deinit(&l.old);
	kbtf_flat_deinit(&l.new);
}

void kbtf_diff_members(struct kbtf_differ *d, uint32_t old_id, uint32_t new_id)
{
	const struct place outermost = { "", "", 0 };

	d->members_left = 2 * KBTF_MAX_MEMBERS;
	tell_lists(d, old_id, new_id, outermost, outermost);
}

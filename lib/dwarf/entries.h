/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_ENTRIES_H
#define KBTF_DWARF_ENTRIES_H

#include "buf.h"
#include "unit_header.h"

/*
 * What a group of units says, as far as BTF needs it: records in the order of their
 * entries, which refer to each other by place. A group is one unit, or all of them where
 * units refer to each other; a place is the offset of an entry from the group's start,
 * which no entry has as 0, since a header comes first. Place 0 is void.
 */

/* Kinds of types beyond those of BTF. */
enum {
	TYPE_VOID = 0,	  /* what BTF has no kind for: as void */
	TYPE_SAME = 0x80, /* the type that it refers to */
};

enum kbtf_type_flags {
	TYPE_IS_DECLARED = 1 << 0,    /* not defined */
	TYPE_IS_VARIADIC = 1 << 1,    /* of a prototype */
	TYPE_IS_DIMENSIONED = 1 << 2, /* of an array: a dimension was met */
	TYPE_IS_SIGNED = 1 << 3,      /* of an enum: its own type says so; see ref */
};

struct kbtf_type_entry {
	uint32_t place;
	uint32_t name;
	uint32_t ref;	    /* place of the type it refers to */
	uint32_t size;	    /* bytes; of an array: elements; of a DECL_TAG: of what component */
	uint32_t first, nr; /* its elements */
	uint8_t kind;	    /* enum kbtf_kind, or above */
	uint8_t flags;
	uint8_t encoding; /* DW_ATE_*, of an INT */
	uint32_t unused;  /* so that there are 32 bytes, which is quick to divide by */
};

/* A member, an enumerator, or a parameter of a prototype. */
struct kbtf_elem_entry {
	uint32_t name;
	uint32_t ref;
	union {
		struct {
			uint32_t bit_offset;
			uint8_t bits;	      /* of a bitfield */
			uint8_t is_old : 1;   /* bit_offset is that of the storage */
			uint8_t old_size : 7; /* bytes of that; 0: those of its type */
			int16_t old_offset;   /* from its top */
		};
		uint64_t value;
	};
};

/* Elements that a type got after others had got some. */
struct kbtf_elem_run {
	uint32_t owner; /* number of the type */
	uint32_t first, nr;
};

enum kbtf_func_flags {
	FUNC_IS_DECLARED = 1 << 0,
	FUNC_IS_VARIADIC = 1 << 1,
	FUNC_HAS_ADDR = 1 << 2,
	FUNC_IS_INLINED = 1 << 3,
	FUNC_IS_NOCALL = 1 << 4, /* its calling convention is its own */
	FUNC_IS_CLANG = 1 << 5,
	FUNC_HAS_TYPE = 1 << 6,
};

struct kbtf_func_entry {
	uint32_t place;
	uint32_t name;
	uint32_t ref; /* what it returns */
	uint32_t origin, specification;
	uint32_t first, nr; /* parameters */
	uint64_t addr;
	uint32_t flags;
	uint32_t unit; /* number in the group's units, for locations */
};

enum kbtf_param_flags {
	PARAM_HAS_PLACE = 1 << 0,
	PARAM_HAS_CONST = 1 << 1,
};

struct kbtf_param_entry {
	uint32_t place;
	uint32_t name;
	uint32_t ref;
	uint32_t origin;
	uint32_t index; /* among those of its function */
	uint8_t flags;
	struct kbtf_value location;
};

/*
 * A DECL_TAG of a function, of one of its parameters, or of a variable. Those of types are types of
 * their own. Most kernels have none: what they are of has no field for them.
 */
struct kbtf_decl_tag {
	uint32_t owner; /* number of the function or variable */
	uint32_t value;
	uint32_t component; /* parameter; NO_COMPONENT */
};

#define NO_COMPONENT UINT32_MAX

/* Newer gcc has tags as entries to which what is tagged refers, and each of them to the next. */
struct kbtf_tag_link {
	uint32_t place;
	uint32_t value;
	uint32_t next; /* place; 0: none */
	uint8_t kind;  /* KBTF_DECL_TAG, KBTF_TYPE_TAG, or 0 */
};

struct kbtf_tag_chain {
	uint32_t first; /* place of its first link */
	uint32_t owner; /* number of what refers to it */
	uint32_t component;
	uint8_t sort; /* of the owner */
};

enum kbtf_var_flags {
	VAR_IS_EXTERNAL = 1 << 0,
	VAR_IS_DECLARED = 1 << 1,
	VAR_IS_ARTIFICIAL = 1 << 2,
	VAR_HAS_ADDR = 1 << 3,
};

struct kbtf_var_entry {
	uint32_t place;
	uint32_t name;
	uint32_t ref;
	uint32_t specification;
	uint64_t addr;
	uint8_t flags;
};

/* Where a place leads: the number of a record, with its sort in the lowest bits. */
enum kbtf_entry_sort {
	ENTRY_TYPE,
	ENTRY_FUNC,
	ENTRY_PARAM,
	ENTRY_VAR,
};

struct kbtf_entries {
	struct kbtf_buf types; /* of struct kbtf_type_entry, and so on */
	struct kbtf_buf elems;
	struct kbtf_buf funcs;
	struct kbtf_buf params;
	struct kbtf_buf vars;
	struct kbtf_buf func_tags; /* of struct kbtf_decl_tag; once finished, by ascending owner */
	struct kbtf_buf var_tags;
	struct kbtf_buf tag_links;
	struct kbtf_buf tag_chains;
	struct kbtf_buf units;	   /* of struct kbtf_unit: those of the group */
	struct kbtf_buf elem_runs; /* of struct kbtf_elem_run */
	uint64_t start;		   /* of the group, in .debug_info */
	uint64_t size;
	uint32_t *index; /* by place, what is there; stale where the record says otherwise */
	uint64_t index_room;
	bool is_large;		/* no index: records are searched for */
	struct kbtf_buf frames; /* of the walk */
	struct kbtf_abbrevs abbrevs;
	uint64_t nr_entries;			       /* met in all, for statistics */
	bool type_tags, decl_tags;		       /* wanted */
	const struct kbtf_signature_place *signatures; /* of type units, ascending; borrowed */
	size_t nr_signatures;
	bool has_far_refs; /* some entry may refer to another unit */
};

#define KBTF_ENTRIES(name, type)                                                                   \
	static inline struct type *kbtf_entry_##name(const struct kbtf_entries *e)                 \
	{                                                                                          \
		return (struct type *)e->name.data;                                                \
	}                                                                                          \
	static inline uint32_t kbtf_nr_entry_##name(const struct kbtf_entries *e)                  \
	{                                                                                          \
		return (uint32_t)(e->name.size / sizeof(struct type));                             \
	}
KBTF_ENTRIES(types, kbtf_type_entry)
KBTF_ENTRIES(elems, kbtf_elem_entry)
KBTF_ENTRIES(funcs, kbtf_func_entry)
KBTF_ENTRIES(params, kbtf_param_entry)
KBTF_ENTRIES(vars, kbtf_var_entry)
KBTF_ENTRIES(func_tags, kbtf_decl_tag)
KBTF_ENTRIES(var_tags, kbtf_decl_tag)
KBTF_ENTRIES(tag_links, kbtf_tag_link)
KBTF_ENTRIES(tag_chains, kbtf_tag_chain)
KBTF_ENTRIES(units, kbtf_unit)

/* What UINT32_MAX is returned for: nothing of this sort is there. */
#define NO_ENTRY UINT32_MAX

void kbtf_entries_deinit(struct kbtf_entries *e);

/* Begin a group of bytes from start on. -ENOMEM, -E2BIG. */
int kbtf_entries_begin(struct kbtf_entries *e, uint64_t start, uint64_t size, bool is_large,
		       struct kbtf_diag *reterr);

/*
 * walk.c: read a unit of the group, from unit->bytes. Units of other languages than C and
 * assembler are left out. -EINVAL, -EOPNOTSUPP, -ENOMEM; -EXDEV, without a message, where it
 * refers to a unit that is not of the group.
 */
int kbtf_entries_add(struct kbtf_entries *e, struct kbtf_names_ctx *names,
		     const struct kbtf_unit *unit, struct kbtf_diag *reterr);

/* The group is complete. -E2BIG, -ENOMEM. */
int kbtf_entries_finish(struct kbtf_entries *e, struct kbtf_names_ctx *names,
			struct kbtf_diag *reterr);

/* The unit that a place is in. */
const struct kbtf_unit *kbtf_entries_unit_at(const struct kbtf_entries *e, uint32_t place);

/* tags.c: follow the chains of tags, and sort tags by owner. -EINVAL, -E2BIG, -ENOMEM. */
int kbtf_entries_finish_tags(struct kbtf_entries *e, struct kbtf_diag *reterr);

/* Of tags that ascend by owner, the first one of an owner; *ret_nr is how many it has. */
const struct kbtf_decl_tag *kbtf_decl_tags_of(const struct kbtf_buf *tags, uint32_t owner,
					      uint32_t *ret_nr);

/* Of records of size bytes that begin with a u32, and ascend by it: the first that has it, or
 * NO_ENTRY. */
uint32_t kbtf_records_search(const struct kbtf_buf *records, size_t size, uint32_t key);

/* The number of the record of a sort at a place, or NO_ENTRY. */
uint32_t kbtf_entries_search(const struct kbtf_entries *e, enum kbtf_entry_sort sort,
			     uint32_t place);

static inline uint32_t kbtf_entries_find(const struct kbtf_entries *e, enum kbtf_entry_sort sort,
					 uint32_t place)
{
	uint32_t at, i;

	if (__builtin_expect(e->is_large || place >= e->size, 0))
		return kbtf_entries_search(e, sort, place);
	at = e->index[place];
	i = at >> 2;
	if ((at & 3) != sort)
		return NO_ENTRY;
	switch (sort) {
	case ENTRY_TYPE:
		return i < kbtf_nr_entry_types(e) && kbtf_entry_types(e)[i].place == place
			       ? i
			       : NO_ENTRY;
	case ENTRY_FUNC:
		return i < kbtf_nr_entry_funcs(e) && kbtf_entry_funcs(e)[i].place == place
			       ? i
			       : NO_ENTRY;
	case ENTRY_PARAM:
		return i < kbtf_nr_entry_params(e) && kbtf_entry_params(e)[i].place == place
			       ? i
			       : NO_ENTRY;
	case ENTRY_VAR:
		return i < kbtf_nr_entry_vars(e) && kbtf_entry_vars(e)[i].place == place ? i
											 : NO_ENTRY;
	}
	return NO_ENTRY;
}

#endif

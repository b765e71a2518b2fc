/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_COLLECT_H
#define KBTF_DWARF_COLLECT_H

#include "entries.h"
#include "funcs.h"
#include "pool.h"

/*
 * What one thread collects of its units: shapes, as lib/dedup has them, but with keys of
 * names in place of strings. A reference to a named struct, union or enum goes to its tag,
 * which is the shape of a forward. So equal types of different units are one from the
 * start, as long as their names mean the same; see settle.h for when they do not.
 */

/* What a unit has defined and declared: shapes of definitions that have a tag, and tags of
 * declarations, bindings[first] to bindings[first + nr - 1]. */
struct kbtf_unit_record {
	uint64_t offset, size; /* of the group, in .debug_info */
	uint32_t first, nr;
};

/* A variable with a place in a section. */
struct kbtf_var_state {
	uint32_t name;
	uint32_t type;	  /* shape; or later id */
	uint32_t section; /* number in src->sections */
	uint32_t offset;  /* bytes from its start */
	uint32_t size;
	uint32_t group; /* number of its group */
	bool is_external;
};

/* What others have for a type. The place is that of its entry once more: one look finds both. */
struct kbtf_type_ref {
	uint32_t place;
	uint32_t shape; /* 0: not known, SHAPE_VOID */
};

/* Tags that were met, each where its name and kind say; most are met again soon. */
struct kbtf_seen_tag {
	uint32_t name;
	uint32_t info; /* as in the tag's record */
	uint32_t number;
};

#define NR_SEEN_TAGS 8192u

/* The same of functions, of which those of headers are in many units. */
struct kbtf_seen_func {
	uint32_t name;
	uint32_t number; /* in struct kbtf_elf_funcs; UINT32_MAX: there is none */
};

#define NR_SEEN_FUNCS 8192u

struct kbtf_collect {
	const struct kbtf_dwarf_source *src;
	const struct kbtf_elf_funcs *elf_funcs;
	unsigned int features;
	struct kbtf_names_ctx names;
	struct kbtf_entries entries; /* of the group being read */
	struct kbtf_pool pool;
	struct kbtf_buf counts; /* by shape, u32: entries that have it */
	struct kbtf_buf nexts;	/* by shape, u32; see known.c */
	struct kbtf_seen_tag *seen_tags;
	struct kbtf_seen_func *seen_funcs;
	struct kbtf_buf bindings; /* u32 */
	struct kbtf_buf units;	  /* of struct kbtf_unit_record */
	struct kbtf_buf funcs;	  /* of struct kbtf_func_state */
	struct kbtf_buf params;	  /* of struct kbtf_func_param */
	struct kbtf_buf vars;	  /* of struct kbtf_var_state */
	/* Of struct kbtf_decl_tag, ascending by number in funcs and in vars. */
	struct kbtf_buf func_tags, var_tags;
	uint32_t nr_funcs_first, nr_vars_first; /* before units were read again */
	uint64_t nr_types;
	uint32_t group;	     /* number of the one being read */
	uint64_t max_memory; /* bytes; 0: any number */

	/* While units are read again (variants.h): the numbers of shapes that are not settled,
	 * and what stands for those types of this unit. */
	const uint8_t *marks;
	struct kbtf_buf instances; /* of struct kbtf_instance */
	struct kbtf_buf links;	   /* of instances, u32 */

	/* of the group being read */
	struct kbtf_buf own;	/* by type entry, u32: its instance, plus 1; 0: none */
	struct kbtf_buf shapes; /* by type entry, u32: 0: not known, SHAPE_VOID */
	struct kbtf_buf refs;	/* by type entry, struct kbtf_type_ref */
	struct kbtf_buf record; /* the shape in the making */
	struct kbtf_buf stack;
	uint32_t int_shape; /* what indexes arrays */
};

#define SHAPE_VOID UINT32_MAX

/*
 * A type of one unit that its shape alone does not tell, since its unit means something
 * else by some name than others do. Its links are what the ids of its shape stand for, in
 * order: shapes, or instances.
 */
struct kbtf_instance {
	uint32_t shape;
	uint32_t first, nr; /* links */
};

#define IS_INSTANCE UINT32_C(0x80000000)

int kbtf_collect_init(struct kbtf_collect *c, const struct kbtf_dwarf_source *src,
		      const struct kbtf_elf_funcs *elf_funcs, unsigned int features);
void kbtf_collect_deinit(struct kbtf_collect *c);

static inline struct kbtf_seen_tag *kbtf_collect_seen_tag(const struct kbtf_collect *c,
							  uint32_t name, uint32_t info)
{
	return &c->seen_tags[((name ^ info) * UINT32_C(0x9e3779b1) >> 16) % NR_SEEN_TAGS];
}

/* The words of an array by shape, with zeros for those that are new; NULL: no memory. */
uint32_t *kbtf_collect_by_shape(const struct kbtf_collect *c, struct kbtf_buf *words);

/* shape.c: the shapes of all types of the group. -EINVAL, -ENOMEM. */
int kbtf_collect_shapes(struct kbtf_collect *c, struct kbtf_diag *reterr);

/* Some units that refer to one another only: their place in .debug_info, and their bytes. */
struct kbtf_unit_group {
	uint64_t offset, size;
	const uint8_t *bytes;
	uint32_t number;
	bool is_large; /* all units there are */
};

/* Read the units of a group into entries, and collect what they say. -EXDEV as
 * kbtf_entries_add(). */
int kbtf_collect_group(struct kbtf_collect *c, const struct kbtf_unit_group *group,
		       struct kbtf_diag *reterr);

/* instances.c: keep the types of the group that are not settled. -ENOMEM. */
int kbtf_collect_instances(struct kbtf_collect *c);

/* Whether it may take so many bytes more. -ENOMEM [max-memory]. */
int kbtf_collect_check_memory(const struct kbtf_collect *c, uint64_t more,
			      struct kbtf_diag *reterr);

/* What stands for the type at a place of the group: a shape or an instance, 0 for void. */
int kbtf_collect_ref(struct kbtf_collect *c, uint32_t place, uint32_t *ret);

/* The bytes of a value of this type, by number; 0 where it has no size, or is unsound. */
uint64_t kbtf_entry_size(const struct kbtf_entries *e, uint32_t type, unsigned int address_size);

/* The type behind modifiers and typedefs; NO_ENTRY for void. */
uint32_t kbtf_entry_strip(const struct kbtf_entries *e, uint32_t type);

static inline uint32_t kbtf_entry_of_ref(const struct kbtf_entries *e, uint32_t place)
{
	return place ? kbtf_entries_find(e, ENTRY_TYPE, place) : NO_ENTRY;
}

#endif

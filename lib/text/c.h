/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_C_H
#define KBTF_TEXT_C_H

#include <stdbool.h>

#include <kbtf/text.h>

#include "c_names.h"
#include "out.h"
#include "u32map.h"
#include "view.h"

/*
 * BTF as C. The pieces, each a file:
 *
 *   c.c          what is asked for, in which order; what stands around it
 *   c_order.c    before a type is printed, what it needs
 *   c_names.c    names that C takes, and numbers for those that are taken
 *   c_layout.c   what C needs to be told for members to lie where they lie
 *   c_numbers.c  INT and FLOAT
 *   c_decl.c     types as they stand in declarations: stars, brackets, parameters
 *   c_body.c     definitions: struct, union, enum, typedef
 *   c_sizes.c    comments with offsets and holes
 */

/* What is known of a type; a byte for each. Of a type without a name that is printed where it is
 * used, complete means that all that its text needs is there. */
enum kbtf_c_state {
	KBTF_C_OPEN = 1 << 0,	  /* what it needs is being printed */
	KBTF_C_DECLARED = 1 << 1, /* its name can be used */
	KBTF_C_COMPLETE = 1 << 2, /* its size is known; declared, too */
	KBTF_C_ASKED = 1 << 3,	  /* is among opts->ids */
	KBTF_C_PRINTED = 1 << 4,  /* an enum without a name: stands somewhere */
	KBTF_C_NAMED = 1 << 5,	  /* its number is decided */
	KBTF_C_RENAMED = 1 << 6, /* and is in numbers: 2 or more, or 0 where the name does not do */
};

/* How a composite is told to a compiler, or an INT or FLOAT called; a byte for each type. */
#define KBTF_C_ALIGN_MASK 0x07u /* its alignment in bytes is 1 << (layout & mask) */
#define KBTF_C_PACKED 0x08u
#define KBTF_C_OPAQUE 0x10u /* its members cannot be told: printed as bytes */
#define KBTF_C_SNUG 0x20u   /* no gap has to be filled */

/* Bits of a member without width are those of its type. */
struct kbtf_c_member {
	uint32_t name_off, type;
	uint64_t offset_bits;
	uint32_t width_bits; /* 0: no bitfield */
};

/* A DECL_TAG, by what it is of. */
struct kbtf_c_tag {
	uint32_t type_id, component; /* UINT32_MAX: of the type itself */
	uint32_t tag_id;
};

struct kbtf_c_frame {
	uint32_t type_id;
	uint32_t at; /* what is next: a member, a parameter, a step */
	bool whole;  /* its size is needed, not only its name */
};

/* What stands before in the text. */
enum kbtf_c_item { KBTF_C_NOTHING, KBTF_C_LINE, KBTF_C_BLOCK };

struct kbtf_c {
	const struct kbtf *btf;
	const struct kbtf_c_opts *opts;
	struct kbtf_out out;
	int err; /* -ENOMEM: nothing that is printed counts after it */
	uint32_t end_id;
	uint32_t ptr_bytes;
	bool has_odd_ints; /* INTs that are bitfields by themselves, as before kind_flag */
	bool has_tags;	   /* TYPE_TAG, or DECL_TAG */
	uint8_t *states;   /* of enum kbtf_c_state, by type id */
	uint8_t *layouts;  /* by type id */

	struct kbtf_c_frame *frames; /* what is open; the last is on top */
	uint32_t depth, room;

	struct kbtf_c_names tags, idents; /* struct, union, enum; all others */
	struct kbtf_u32map numbers;	  /* type id -> number, of those that are renamed */
	struct kbtf_c_tag *decl_tags;	  /* ascending */
	uint32_t nr_decl_tags;

	uint32_t nr_hidden;	      /* requests that text goes nowhere */
	kbtf_write_fn *write;	      /* where it goes otherwise */
	enum kbtf_c_item item_before; /* what was hidden first */

	/* While a definition is printed: */
	struct kbtf_c_words words;
	uint32_t indent;
	bool has_undefined[2];	    /* linux, unix */
	uint32_t nr_made_up;	    /* members made up in the definition so far */
	uint32_t nr_made_up_values; /* enumerators made up so far */
	enum kbtf_c_item last_item;
	const char *line;		/* where it began in the block */
	uint64_t base_bits;		/* offset of the composite in the outermost one */
	uint64_t cacheline;		/* the last one whose begin was told */
	uint64_t budget;		/* words of types that may still be printed inside others */
	const struct kbtf_c_path *path; /* the types that what is printed stands in */
};

/* A type that is printed inside of others, and what it is inside of. */
struct kbtf_c_path {
	const struct kbtf_c_path *up;
	uint32_t type_id;
	uint32_t depth;
};

/* Let text go nowhere, until kbtf_c_show() was called as often. */
void kbtf_c_hide(struct kbtf_c *c);
void kbtf_c_show(struct kbtf_c *c);

static inline void kbtf_c_enter(struct kbtf_c *c, struct kbtf_c_path *here, uint32_t type_id)
{
	here->up = c->path;
	here->type_id = type_id;
	here->depth = c->path ? c->path->depth + 1 : 0;
	c->path = here;
}

static inline void kbtf_c_leave(struct kbtf_c *c, const struct kbtf_c_path *here)
{
	c->path = here->up;
}

/* How C calls an INT or a FLOAT, also where its name does not do. */
const char *kbtf_c_number(const struct kbtf_c *c, uint32_t type_id);

/* An unsigned integer of this size. */
const char *kbtf_c_integer(uint32_t size_bytes);

/* Whether C calls it _Bool, of which a bitfield has one bit. */
bool kbtf_c_is_bool(const struct kbtf_c *c, uint32_t type_id);

#endif

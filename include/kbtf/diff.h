/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DIFF_H
#define KBTF_DIFF_H

#include <kbtf/btf.h>
#include <kbtf/write.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * What changed between two BTFs, such as those of two kernels. Types are the same
 * when they mean the same, whatever their ids: docs/diff.md has the rules.
 */

/* What became of a type that has a name. */
enum kbtf_diff_what {
	KBTF_DIFF_REMOVED,
	KBTF_DIFF_ADDED,
	KBTF_DIFF_CHANGED,
	KBTF_NR_DIFF_WHATS,
};

/* "removed", "added", "changed". */
const char *kbtf_diff_what_name(enum kbtf_diff_what what);

/* What became of the layout of a struct or union that changed. The first that holds. */
enum kbtf_diff_layout {
	KBTF_LAYOUT_RESIZED, /* it has another size */
	KBTF_LAYOUT_MOVED,   /* of the same size: a member that both have moved, or was resized */
	KBTF_LAYOUT_RENAMED, /* members were renamed or removed, maybe others added */
	KBTF_LAYOUT_FILLED,  /* members were only added: where there was a hole, or in a union */
	KBTF_LAYOUT_SAME,    /* members are where they were, and have other types or tags */
	KBTF_NR_LAYOUTS,
};

/* "resized", "moved", "renamed", "filled", "same". */
const char *kbtf_diff_layout_name(enum kbtf_diff_layout layout);

/* A part of a type. */
enum kbtf_diff_part {
	KBTF_PART_MEMBER,
	KBTF_PART_ENUMERATOR,
	KBTF_PART_PARAM,
	KBTF_PART_RETURN,    /* what a function returns */
	KBTF_PART_TARGET,    /* what a typedef or a variable is */
	KBTF_PART_ATTRIBUTE, /* a property of the type, by name: "size", "linkage" */
	KBTF_PART_TAG,	     /* a declaration tag; its name is that of the member or parameter */
	KBTF_NR_PARTS,
};

/* "member", "enumerator", "param", "return", "target", "attribute", "tag". */
const char *kbtf_diff_part_name(enum kbtf_diff_part part);

/* What became of a part. One of the first three, or one or more of the others. */
enum kbtf_diff_how {
	KBTF_HOW_ADDED = 1 << 0,
	KBTF_HOW_REMOVED = 1 << 1,
	KBTF_HOW_RENAMED = 1 << 2,   /* of the same offset, size and type under another name */
	KBTF_HOW_MOVED = 1 << 3,     /* another offset; of a parameter, another position */
	KBTF_HOW_RESIZED = 1 << 4,   /* another size, or a bitfield on one side only */
	KBTF_HOW_RETYPED = 1 << 5,   /* a type that is spelled otherwise */
	KBTF_HOW_REGROUPED = 1 << 6, /* in other anonymous structs or unions */
	KBTF_HOW_REVALUED = 1 << 7,  /* of enumerators and attributes */
};

/* "added", ... of one bit. */
const char *kbtf_diff_how_name(enum kbtf_diff_how how);

/* A part as it is on one side. What a part has not is 0, "" or NULL. Names that are put together
 * are cut at 500 bytes. */
struct kbtf_diff_side {
	const char *name; /* of a member inside an unnamed type: "u.bar", "slots[].bar" */
	const char *path; /* the same with what has no name: "u.<anonymous union>.bar" */
	const char *text; /* the value of an attribute, or of a tag */
	uint32_t type_id;
	uint32_t bitfield_bits; /* 0 where it is none */
	uint64_t offset_bits;	/* of a parameter its position, counted from 0 */
	uint64_t size_bits;	/* of an INT those that it uses */
	uint64_t value;		/* of an enumerator; signed where its enum is */
};

struct kbtf_change {
	enum kbtf_diff_part part;
	unsigned int how;		 /* of enum kbtf_diff_how */
	struct kbtf_diff_side *old_side; /* NULL where it was added */
	struct kbtf_diff_side *new_side; /* NULL where it was removed */
};

struct kbtf_type_diff {
	enum kbtf_diff_what what;
	/* KBTF_STRUCT, KBTF_UNION, KBTF_ENUM, KBTF_TYPEDEF, KBTF_FUNC, KBTF_VAR,
	 * KBTF_DATASEC, KBTF_INT or KBTF_FLOAT; a forward is what it announces. */
	unsigned int kind;
	const char *name;		   /* "" for an enum that is nothing but its values */
	enum kbtf_diff_layout layout;	   /* KBTF_LAYOUT_SAME where it is no struct or union */
	uint32_t old_id, new_id;	   /* in the two BTFs; 0 where it was added, removed */
	uint64_t old_size, new_size;	   /* bytes; 0 where it has none */
	const struct kbtf_change *changes; /* in the order of the members */
	size_t nr_changes;		   /* 0 where it was added or removed */
};

struct kbtf_diff_summary {
	/* Indexed by kind and enum kbtf_diff_what. */
	size_t nr_types[KBTF_NR_KINDS][KBTF_NR_DIFF_WHATS];
	/* Of structs and unions that changed. */
	size_t nr_layouts[KBTF_NR_LAYOUTS];
	size_t nr_compared; /* types that both have */
};

/* ---- What is asked about ------------------------------------------------ */

/*
 * The types of a kernel that some modules refer to, to be asked about only those. The
 * kernel is borrowed. Returns 0 or -ENOMEM.
 */
struct kbtf_used;
int kbtf_used_new(const struct kbtf *kernel, struct kbtf_used **ret);
void kbtf_used_free(struct kbtf_used *used);

/*
 * Add the types that a module refers to: those that its own types lead to, through all
 * but named structs and unions, and what those contain by value. split stands on the
 * kernel, or on a distilled base, whose types are then looked for by name; what stands alone
 * refers to nothing.
 * Returns 0 or -ENOMEM. Cost: linear in the split and in what it adds.
 */
int kbtf_used_add(struct kbtf_used *used, const struct kbtf *split);

/*
 * Add the kernel's functions and variables of a name, such as a symbol that a module
 * imports, with the types in their prototypes. Returns 0 or -ENOMEM.
 */
int kbtf_used_add_symbol(struct kbtf_used *used, const char *name);

/* Whether a type of the kernel is among them. */
bool kbtf_used_has(const struct kbtf_used *used, uint32_t type_id);

struct kbtf_diff_opts {
	/* Only types of these names; all where nr_names is 0. */
	const char *const *names;
	size_t nr_names;
	/* Only types that the old BTF has and that are among these; NULL: all. */
	const struct kbtf_used *used;
	/* What the two are called in reports; borrowed; NULL: by their labels. */
	const char *old_label, *new_label;
};

/* ---- Comparing ---------------------------------------------------------- */

struct kbtf_diff;

/*
 * Compare two BTFs, each alone or split; of split BTF the own types are compared, and
 * what one side has only in its base counts as being there. Both are borrowed.
 * opts may be NULL.
 *
 * *ret is the caller's and goes to kbtf_diff_free(). Returns 0; -ENOENT [no-type] for a name
 * that neither has; -E2BIG [too-entangled] where anonymous types refer to each other in
 * ways that take forever to compare, which no compiler makes; or -ENOMEM.
 * Cost: linear, apart from sorting what changed.
 */
int kbtf_diff_new(const struct kbtf *old_btf, const struct kbtf *new_btf,
		  const struct kbtf_diff_opts *opts, struct kbtf_diff **ret,
		  struct kbtf_diag *reterr);
void kbtf_diff_free(struct kbtf_diff *diff);

/* How many types differ, and the i-th of them: by kind, then as in enum kbtf_diff_what, then by
 * name. What they point to lives as long as the diff. */
size_t kbtf_diff_nr_types(const struct kbtf_diff *diff);
const struct kbtf_type_diff *kbtf_diff_type(const struct kbtf_diff *diff, size_t i);
const struct kbtf_diff_summary *kbtf_diff_summary(const struct kbtf_diff *diff);

/* ---- As text ------------------------------------------------------------ */

enum kbtf_diff_text_flags {
	KBTF_DIFF_ALL_MOVES = 1 << 0,	 /* a line for each member that only moved */
	KBTF_DIFF_ONLY_SUMMARY = 1 << 1, /* no types, only their numbers */
};

/*
 * Print the diff for people: a header line a type, then its parts behind - and +.
 * Nothing where nothing differs. Returns 0, what write returned, or -ENOMEM.
 */
int kbtf_diff_text(const struct kbtf_diff *diff, unsigned int flags, kbtf_write_fn *write,
		   void *ctx);

/* The diff as one JSON document, docs/json.md; a type a line. Returns as kbtf_diff_text(). */
int kbtf_diff_json(const struct kbtf_diff *diff, kbtf_write_fn *write, void *ctx);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

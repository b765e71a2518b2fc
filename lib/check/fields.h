/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CHECK_FIELDS_H
#define KBTF_CHECK_FIELDS_H

#include "buf.h"
#include "check.h"

/* Kinds of special fields, as bits of a set. */
enum field_kind {
	FIELD_SPIN_LOCK = 1 << 0,
	FIELD_RES_SPIN_LOCK = 1 << 1,
	FIELD_LIST_HEAD = 1 << 2,
	FIELD_LIST_NODE = 1 << 3,
	FIELD_RB_ROOT = 1 << 4,
	FIELD_RB_NODE = 1 << 5,
	FIELD_REFCOUNT = 1 << 6,
	FIELD_KPTR = 1 << 7, /* unreferenced: owns nothing */
	FIELD_KPTR_OWNING = 1 << 8,
	FIELD_ANY_KPTR = FIELD_KPTR | FIELD_KPTR_OWNING,
	FIELD_ROOT = FIELD_LIST_HEAD | FIELD_RB_ROOT,
	FIELD_NODE = FIELD_LIST_NODE | FIELD_RB_NODE,
	FIELD_LOCK = FIELD_SPIN_LOCK | FIELD_RES_SPIN_LOCK,
};

#define MAX_FIELDS 11

struct field {
	uint32_t kind;
	uint32_t off;	  /* bytes */
	uint32_t target;  /* STRUCT that a kptr points to or a list or tree holds */
	const char *node; /* member of it by which it is held */
	bool referenced;  /* a kptr that is released by a destructor */
	bool in_kernel;	  /* a kptr to the kernel's own type */
};

/* The special fields of a STRUCT; in the order of ids. */
struct record {
	uint32_t id;
	uint32_t mask;	 /* enum field_kind of all of them */
	uint32_t fields; /* index of the first */
	uint32_t nr;
};

/* What a search of a STRUCT came to, so that it is made once wherever it is nested. */
struct memo {
	uint8_t height; /* how deep STRUCTs are nested in it, itself counted; 0: not searched */
	uint8_t nr;
	uint16_t once;	 /* kinds in it of which there may be one */
	uint32_t fields; /* index of the first in nested */
};

struct fields {
	struct check *c;
	struct check_btf *btf;
	uint32_t *first_tag; /* of each type id, its first DECL_TAG; 0: none */
	uint32_t *next_tag;  /* of each DECL_TAG, the next one of the same type */
	uint32_t *structs;   /* ids of STRUCTs, once sorted by name, then id */
	uint32_t nr_structs;
	bool sorted;	      /* structs are */
	uint32_t *members_of; /* of each STRUCT that is held, where its sorted members begin, plus 1
			       */
	struct memo *memos;   /* of each STRUCT that was searched with success, by id */
	bool *special; /* types because of which a STRUCT that has a member of them is searched */
	struct kbtf_names *kernel_names;
	struct kbtf_buf records; /* struct record */
	struct kbtf_buf all;	 /* struct field of all records */
	struct kbtf_buf members; /* uint32_t: sorted members */
	struct kbtf_buf nested;	 /* struct field of all memos */
};

/* A finding about a STRUCT, once: it is met again wherever it is nested. */
#define FOUND(rule, id, ...)                                                                       \
	do {                                                                                       \
		if (!f->btf->bad[(id)-1])                                                          \
			kbtf_check_found_type(f->c, f->btf, rule, id, __VA_ARGS__);                \
	} while (0)

/* fields.c: the first STRUCT of a name of len bytes; 0 where there is none. */
uint32_t kbtf_fields_find_struct(struct fields *f, const char *name, size_t len);

/* fields.c: the record of a STRUCT; NULL where it has no special fields. */
const struct record *kbtf_fields_record(const struct fields *f, uint32_t id);

/* fields.c: a name, or as the kernel puts it where there is none, "(anon)". */
const char *kbtf_fields_name(const struct fields *f, uint32_t name_off);

/* kptr.c: what a type is as a pointer to keep in a STRUCT. */
enum kptr_verdict {
	KPTR_NONE,
	KPTR_FOUND,
	KPTR_UNKNOWN_TAG, /* the tag is ret->node */
	KPTR_TWO_TAGS,
	KPTR_BAD_TARGET,
};
enum kptr_verdict kbtf_fields_kptr(const struct fields *f, const struct kbtf_type *t,
				   struct field *ret);

/* kptr.c: whether a kptr's target is the kernel's, and may be kept then. False after a finding. */
bool kbtf_fields_kptr_target(struct fields *f, uint32_t id, struct field *field);

/* graph.c: what a list head or tree holds by its "contains" tag. False after a finding. */
bool kbtf_fields_contains(struct fields *f, uint32_t id, uint32_t component, struct field *field);

/* graph.c: whether what a list head or tree holds has the node. False after a finding. */
bool kbtf_fields_node(struct fields *f, uint32_t id, const struct field *field);

/* graph.c: who owns whom, once all records are there. */
void kbtf_fields_ownership(struct fields *f);

/* search.c: the fields of a STRUCT: their number, or -1 after a finding. */
int kbtf_fields_search(struct fields *f, uint32_t id, struct field fields[MAX_FIELDS]);

/* search.c: the size and alignment of a field in bytes. */
uint32_t kbtf_fields_size(uint32_t kind);
uint32_t kbtf_fields_align(uint32_t kind);

/* search.c: the kind of the fields called so; 0 where the kernel gives the name no meaning. */
uint32_t kbtf_fields_kind_of(const struct fields *f, const char *name);

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_CHECK_CHECK_H
#define KBTF_CHECK_CHECK_H

#include <stdbool.h>

#include <kbtf/verify.h>

#include "view.h"
#include "rules.h"

/* Limits of the kernel: BTF_MAX_TYPE, BTF_MAX_NAME_OFFSET, BTF_MAX_SIZE, KSYM_NAME_LEN. */
#define CHECK_MAX_TYPE_ID 0xfffffu
#define CHECK_MAX_NAME_OFF 0xffffffu
#define CHECK_MAX_SIZE (16u << 20)
#define CHECK_MAX_NAME 512u
#define CHECK_MAX_DEPTH 32u

/*
 * BTF as the kernel sees it while it still doubts it: ids and string offsets go
 * through the calls below, which know their ranges.
 *
 *   type ids:   0 | 1 ... first_id - 1 | first_id ... first_id + nr_types - 1
 *            void   base's               words + offs[0] ...
 */
struct check_btf {
	const struct check_btf *base; /* what the kernel takes for base_btf; NULL: stands alone */
	const struct kbtf
		*finished; /* the base that the caller gave: all else but counts is unset */
	const char *place; /* "" or ".BTF.base" */
	const uint8_t *bytes;
	size_t size;
	bool swapped;
	struct kbtf_header hdr;
	const char *strings;
	uint32_t *words; /* the type section in host order; owned */
	uint32_t *offs;	 /* offset of each type in words; owned */
	bool *bad;	 /* types with a finding of their own; owned */
	uint32_t first_id;
	uint32_t nr_types;
	uint32_t str_start, str_len;
	bool framed; /* all types were told apart */
};

/* One run: what is held against what, and what was found. */
struct check {
	const struct kbtf_verify_opts *opts;
	const struct check_version *version;
	uint32_t pointer_size;
	kbtf_diag_fn *fn;
	void *ctx;
	struct kbtf_diag *reterr;
	int err;     /* of the first finding */
	uint32_t nr; /* findings */
	bool nomem;  /* the run has no answer */
};

static inline bool check_done(const struct check *c)
{
	return c->nomem || c->nr >= KBTF_VERIFY_MAX_FINDINGS ||
	       (c->nr && c->opts->flags & KBTF_VERIFY_FIRST_ONLY);
}

/* verify.c: kbtf_verify() for a run whose version may be none of the known ones. */
int kbtf_check_run(struct check *c, const void *bytes, size_t size);

/* report.c: hand out a finding that is made. */
void kbtf_check_emit(struct check *c, const struct kbtf_diag *diag);

/* report.c: a finding about the BTF at a byte offset from its start. */
void kbtf_check_found(struct check *c, const struct check_btf *btf, enum check_rule rule,
		      uint64_t offset, const char *fmt, ...)
	__attribute__((format(printf, 5, 6), cold));

/* report.c: a finding about a type: "type [id] KIND name: " and the text. The type turns bad. */
void kbtf_check_found_type(struct check *c, struct check_btf *btf, enum check_rule rule,
			   uint32_t id, const char *fmt, ...)
	__attribute__((format(printf, 5, 6), cold));

/* report.c: a name to print: quotes and escapes what is not printable; "(anon)" where it is none.
 */
#define CHECK_LABEL_SIZE 80
const char *kbtf_check_label(const struct check_btf *btf, uint32_t name_off,
			     char buf[CHECK_LABEL_SIZE]);

/* report.c: a type to refer to in a message: "[12] STRUCT foo", "void". */
#define CHECK_TYPE_LABEL_SIZE (CHECK_LABEL_SIZE + 32)
const char *kbtf_check_type_label(const struct check_btf *btf, uint32_t id,
				  char buf[CHECK_TYPE_LABEL_SIZE]);
#define TYPE_LABEL(btf, id) kbtf_check_type_label(btf, id, (char[CHECK_TYPE_LABEL_SIZE]){ 0 })

extern const struct kbtf_type kbtf_void_type; /* lib/core/view.c */

/* The type of an id; NULL beyond the end. */
static inline const struct kbtf_type *check_type(const struct check_btf *btf, uint32_t id)
{
	if (id >= btf->first_id)
		return id - btf->first_id < btf->nr_types
			       ? (const struct kbtf_type *)(btf->words +
							    btf->offs[id - btf->first_id])
			       : NULL;
	if (btf->base && !btf->base->finished)
		return check_type(btf->base, id);
	if (btf->base)
		return kbtf_type(btf->base->finished, id);
	return &kbtf_void_type;
}

static inline uint32_t check_end_id(const struct check_btf *btf)
{
	return btf->first_id + btf->nr_types;
}

/* The string of an offset; NULL where it is in no strings. The kernel's limit is not looked at. */
const char *kbtf_check_string(const struct check_btf *btf, uint32_t off);

static inline bool check_is_modifier(unsigned int kind)
{
	return kind == KBTF_TYPEDEF || kind == KBTF_VOLATILE || kind == KBTF_CONST ||
	       kind == KBTF_RESTRICT || kind == KBTF_TYPE_TAG;
}

/* sections.c: header and strings. False where nothing more can be told. */
bool kbtf_check_sections(struct check *c, struct check_btf *btf);

/* meta.c: tell the types apart and hold each against its kind's rules. */
void kbtf_check_meta(struct check *c, struct check_btf *btf);

/* names.c: whether a type's name is what its kind takes; a finding where not. */
enum check_name { NAME_NEEDED, NAME_OPTIONAL, NAME_OF_SECTION, NAME_NONE, NAME_TAG };
void kbtf_check_name(struct check *c, struct check_btf *btf, uint32_t id, uint32_t name_off,
		     enum check_name demand);
/* The same of element i, which is a what: a member, an enumerator, a parameter. */
void kbtf_check_elem_name(struct check *c, struct check_btf *btf, uint32_t id, uint32_t name_off,
			  enum check_name demand, const char *what, uint32_t i);
bool kbtf_check_name_in_range(const struct check_btf *btf, uint32_t name_off);

/* resolve.c: follow all references of program BTF. */
void kbtf_check_resolve(struct check *c, struct check_btf *btf);

/* chains.c: chains of modifiers from first_id on, and where TYPE_TAGs stand in them. */
void kbtf_check_modifiers(struct check *c, struct check_btf *btf);

/* fields.c: locks, lists, trees and kptrs in STRUCTs of programs. */
void kbtf_check_fields(struct check *c, struct check_btf *btf);

/* module.c: what a distilled base is made of, and what relocation of a module follows unseen. */
void kbtf_check_distilled(struct check *c, struct check_btf *btf);
void kbtf_check_followed(struct check *c, struct check_btf *btf);

/* sound.c: KBTF_PROFILE_SOUND as a whole. */
void kbtf_check_sound(struct check *c, const void *bytes, size_t size);

#endif

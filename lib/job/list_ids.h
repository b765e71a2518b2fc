/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_LIST_IDS_H
#define KBTF_JOB_LIST_IDS_H

#include <kbtf/ids.h>

#include "json_out.h"
#include "operand.h"

/* A file whose ids are listed. All zero is none. */
struct kbtf_listed {
	const char *path; /* borrowed */
	struct kbtf_file *file;
	struct kbtf_ids *ids;
	struct kbtf_operand operand;
	const struct kbtf *btf; /* that the ids are of */
	const char **by_word;	/* of each word, what its symbol asks for, or NULL */
	uint32_t *loose;	/* ids in no set, by their place */
	uint32_t nr_loose;
};

/* A word that is an id: its type, or while that is not resolved what its symbol asks for. */
struct kbtf_listed_id {
	uint32_t id;	  /* 0: not resolved */
	const char *kind; /* "FUNC"; NULL where it is not resolved */
	const char *name; /* of the type; or of the symbol, "func__vfs_close" */
	uint32_t flags;	  /* of members of sets that have them */
};

void kbtf_listed_member(const struct kbtf_listed *listed, uint32_t set, uint32_t i,
			struct kbtf_listed_id *ret);
/* Of the i-th id that is in no set; *ret_list is the label of its list, or NULL. */
void kbtf_listed_loose(const struct kbtf_listed *listed, uint32_t i, struct kbtf_listed_id *ret,
		       const char **ret_list, uint64_t *ret_offset);

/* Append the prototype of a FUNC in C, without a newline. 0 or -ENOMEM. */
int kbtf_listed_prototype(const struct kbtf_listed *listed, uint32_t id, struct kbtf_buf *out);

/* list_ids_text.c, list_ids_json.c: one file. 0 or -ENOMEM. */
int kbtf_listed_text(const struct kbtf_listed *listed, struct kbtf_buf *out);
int kbtf_listed_json(const struct kbtf_listed *listed, struct kbtf_json_out *out);

#endif

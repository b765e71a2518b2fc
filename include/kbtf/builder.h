/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_BUILDER_H
#define KBTF_BUILDER_H

#include <kbtf/btf.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * BTF that is being made; kbtf_builder_finish() turns it into finished BTF.
 *
 * Calls that add do not fail one by one: the first error is kept, later calls do
 * nothing, and kbtf_builder_finish() returns it. They return the type id or
 * string offset they made, 0 after an error.
 */
struct kbtf_builder;

/* Begin BTF; split BTF where base is not NULL. The base is borrowed. NULL: out of memory. */
struct kbtf_builder *kbtf_builder_new(const struct kbtf *base);
void kbtf_builder_free(struct kbtf_builder *b);

/* The offset of a string, which is stored once however often it is asked for. "" is 0. */
uint32_t kbtf_builder_string(struct kbtf_builder *b, const char *s);

/*
 * Begin a type without elements; elements that follow become its own. The last
 * word is a size in bytes or a type id, as the kind has it. name may be NULL.
 */
uint32_t kbtf_builder_type(struct kbtf_builder *b, unsigned int kind, const char *name,
			   unsigned int kflag, uint32_t size_or_type);

uint32_t kbtf_builder_int(struct kbtf_builder *b, const char *name, uint32_t size_bytes,
			  uint32_t encoding);
uint32_t kbtf_builder_array(struct kbtf_builder *b, uint32_t type, uint32_t index_type,
			    uint32_t nelems);
uint32_t kbtf_builder_var(struct kbtf_builder *b, const char *name, uint32_t type,
			  uint32_t linkage);
uint32_t kbtf_builder_decl_tag(struct kbtf_builder *b, const char *value, uint32_t type,
			       int32_t component);
/* A FUNC; its linkage is stored where others have their vlen. */
uint32_t kbtf_builder_func(struct kbtf_builder *b, const char *name, uint32_t proto,
			   uint32_t linkage);

/*
 * Elements of the type begun last, of a kind that has such elements. In a struct
 * or union with kind_flag a member's offset has 24 bits and a bitfield's size 8;
 * without, there are no bitfields.
 */
void kbtf_builder_member(struct kbtf_builder *b, const char *name, uint32_t type,
			 uint32_t offset_bits, uint32_t bitfield_bits);
void kbtf_builder_enumerator(struct kbtf_builder *b, const char *name, uint64_t value);
void kbtf_builder_param(struct kbtf_builder *b, const char *name, uint32_t type);
void kbtf_builder_secinfo(struct kbtf_builder *b, uint32_t type, uint32_t offset, uint32_t size);

/* A whole record as it is; size_bytes is that of its kind and vlen. Its words are not looked at. */
uint32_t kbtf_builder_record(struct kbtf_builder *b, const struct kbtf_type *t, size_t size_bytes);

/*
 * Make finished BTF of what was added, and free the builder, also on failure.
 * Returns 0, the first error kept (-ENOMEM, -E2BIG beyond KBTF_MAX_TYPES, 4 GiB
 * or a vlen of 24 bits, -EINVAL for an element that its type's kind has not or
 * cannot hold), or what kbtf_open() says of the result.
 */
int kbtf_builder_finish(struct kbtf_builder *b, const char *label, struct kbtf **ret,
			struct kbtf_diag *reterr);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif

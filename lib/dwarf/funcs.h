/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_DWARF_FUNCS_H
#define KBTF_DWARF_FUNCS_H

#include "source.h"

/*
 * Functions that the symbol table has, by their names up to the first dot: foo.constprop.0
 * is one of foo's symbols. What is only a part of a function (.cold, .part) is none.
 */
struct kbtf_elf_func {
	const char *name; /* len bytes; more may follow */
	uint32_t len;
	uint32_t hash;
	uint32_t first_sym; /* number in syms[] plus 1, from which nexts[] go on */
	uint32_t last_sym;
	bool is_ambiguous; /* its symbols have several addresses */
	bool is_kfunc;
	uint32_t kfunc_flags;
};

struct kbtf_elf_funcs {
	struct kbtf_elf_func *funcs;
	uint32_t nr;
	uint32_t *slots; /* by hash: number plus 1, open addressing */
	uint32_t mask;
	uint32_t *syms;	 /* numbers in src->symbols */
	uint32_t *nexts; /* the next one of the same function, number plus 1 */
};

/* elf_funcs.c. -ENOMEM. */
int kbtf_elf_funcs_init(struct kbtf_elf_funcs *funcs, const struct kbtf_dwarf_source *src);
void kbtf_elf_funcs_deinit(struct kbtf_elf_funcs *funcs);

/* The number of the function of a name; UINT32_MAX where there is none. */
uint32_t kbtf_elf_funcs_find(const struct kbtf_elf_funcs *funcs, const char *name, size_t len);

/*
 * What one entry says of a function: a definition, or the abstract one of what was inlined.
 * Those of a name are held against each other later.
 */
enum kbtf_func_state_flags {
	STATE_UNEXPECTED_REG = 1 << 0, /* a parameter is where the calling convention has another */
	STATE_INCONSISTENT = 1 << 1,   /* prototypes differ */
	STATE_UNCERTAIN = 1 << 2,      /* a packed struct is on the stack */
	STATE_REORDERED = 1 << 3,      /* parameters are not in the order of the source */
	STATE_OPTIMIZED = 1 << 4,      /* a parameter is nowhere */
	STATE_CHANGED = 1 << 5, /* the compiler says that the signature is not the source's */
	STATE_OPTIMIZED_SYMBOL = 1 << 6, /* its symbol is .constprop or .isra */
	STATE_HAS_SYMBOL = 1 << 7,	 /* a symbol has its address */
};

struct kbtf_func_param {
	uint32_t name;
	uint32_t type; /* shape; or later id */
};

struct kbtf_func_state {
	uint32_t func;	    /* number in struct kbtf_elf_funcs */
	uint32_t ret;	    /* shape; or later id */
	uint32_t first, nr; /* parameters; "..." is one without name and type */
	uint32_t flags;
	uint32_t group;	 /* number of its group */
	uint32_t symbol; /* number plus 1 of a symbol at its address with a suffix; 0: none */
};

struct kbtf_collect;

/* func_states.c: the states of the group's functions, its shapes being known. */
int kbtf_collect_funcs(struct kbtf_collect *c, struct kbtf_diag *reterr);

/* vars.c: the same of its variables. */
int kbtf_collect_vars(struct kbtf_collect *c, struct kbtf_diag *reterr);

/* Whether the kernel takes this for a name. */
bool kbtf_is_btf_name(const char *name);

/*
 * location.c: the register that a parameter is in when its function is entered, as a
 * DW_OP_reg*; -1 where that is none, or not said.
 */
struct kbtf_unit;
struct kbtf_value;
int kbtf_location_register(const struct kbtf_unit *unit, const struct kbtf_value *location,
			   bool is_large);

#endif

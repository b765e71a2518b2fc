// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A file in, the ids of its .BTF_ids out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "ids_read.h"

static bool begins_with(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

bool kbtf_ids_is_symbol(const struct kbtf_symbol *symbol)
{
	return begins_with(symbol->name, "__BTF_ID__") &&
	       !begins_with(symbol->name, "__BTF_ID__set__") &&
	       !begins_with(symbol->name, "__BTF_ID__set8__");
}

static int add_symbols(struct kbtf_ids *ids, const struct kbtf_symbol *symbols, size_t nr,
		       struct kbtf_diag *reterr)
{
	int err = 0;
	size_t i;

	for (i = 0; i < nr && !err; i++) {
		err = kbtf_ids_add_symbol(ids, symbols[i].name, symbols[i].offset, symbols[i].size,
					  reterr);
		if (!err)
			err = kbtf_ids_add_list(ids, symbols[i].name, symbols[i].offset, reterr);
	}
	return err ? err : kbtf_ids_check(ids, reterr);
}

int kbtf_ids_read(const struct kbtf_file *file, struct kbtf_ids **ret, struct kbtf_diag *reterr)
{
	const struct kbtf_elf_info *elf = kbtf_file_elf(file);
	struct kbtf_ids *ids = NULL;
	struct kbtf_section section;
	struct kbtf_symbol *symbols;
	size_t nr;
	int err;

	err = kbtf_file_find_section(file, ".BTF_ids", &section, reterr);
	if (!err)
		err = kbtf_file_section_symbols(file, section.index, &symbols, &nr, reterr);
	if (err)
		return err;
	err = kbtf_ids_new(section.data, section.size, elf->is_swapped, &ids, reterr);
	if (!err)
		err = add_symbols(ids, symbols, nr, reterr);
	free(symbols);
	if (err) {
		kbtf_ids_free(ids);
		kbtf_diag_in(reterr, ".BTF_ids");
		kbtf_diag_in(reterr, kbtf_file_label(file));
		return err;
	}
	*ret = ids;
	return 0;
}

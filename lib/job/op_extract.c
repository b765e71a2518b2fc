// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Extracting: any file that has BTF in, the bytes of a section out. */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "store.h"
#include "task.h"

int kbtf_op_extract(const struct kbtf_job *job, struct kbtf_subject *s,
		    const struct kbtf_plan_file *where, struct kbtf_record *record,
		    struct kbtf_diag *reterr)
{
	const char *name = job->opts.section;
	struct kbtf_part part = s->btf;
	struct kbtf_section section;
	int err;

	if (name && strcmp(name, ".BTF")) {
		err = kbtf_file_find_section(s->file, name, &section, reterr);
		if (err)
			return err == -ENOENT && reterr ? reterr->err = -EINVAL : err;
		part.data = section.data;
		part.size = section.size;
	}
	err = kbtf_store_check(&job->opts, s, where, reterr);
	if (!err)
		err = kbtf_store_save(&job->opts, where->output, part.data, part.size, NULL,
				      reterr);
	if (err)
		return err;
	record->result.output = where->output;
	record->result.btf_bytes_after = part.size;
	return 0;
}

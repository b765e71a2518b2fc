// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Any file: wrappers off, BTF found or a reason why not, and nothing read that is not there. */
#include <kbtf/image.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf_diag diag;
	struct kbtf_file *file;
	const void *bytes;
	char line[700];
	size_t n;

	if (kbtf_file_open_bytes(data, size, "fuzz", &file, &diag)) {
		kbtf_diag_format(&diag, line, sizeof(line));
		MUST(*line);
		return 0;
	}
	MUST(*kbtf_file_form(file));
	bytes = kbtf_file_bytes(file, &n);
	touch(bytes, n);
	if (!kbtf_file_btf(file, &bytes, &n, NULL))
		touch(bytes, n);
	kbtf_file_free(file);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* DWARF in any ELF: it is refused with a reason, or makes BTF that opens and is deduplicated. */
#include <kbtf/dedup.h>

#include "dwarf_input.h"
#include "fuzz.h"

static void check(const struct kbtf *btf)
{
	struct kbtf_open_opts opts = { .flags = KBTF_OPEN_BORROW };
	const struct kbtf *inputs[1];
	struct kbtf *again, *once;
	size_t size;
	const void *bytes = kbtf_bytes(btf, &size);

	MUST(!kbtf_open(bytes, size, &opts, &again, NULL));
	inputs[0] = again;
	MUST(!kbtf_merge(inputs, 1, NULL, &once, NULL));
	MUST(kbtf_nr_types(once) == kbtf_nr_types(again));
	kbtf_free(once);
	kbtf_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kbtf_encode_opts opts = {
		.features = KBTF_ENCODE_DEFAULT | KBTF_ENCODE_GLOBAL_VAR |
			    (size & 1 ? KBTF_ENCODE_TRUE_SIGNATURE : 0),
		.nr_threads = 1,
	};
	struct kbtf_diag diag = { 0 };
	struct kbtf_dwarf_input in;
	struct kbtf_file *file;
	struct kbtf *btf;
	int err;

	if (kbtf_file_open_bytes(data, size, "fuzz", &file, NULL))
		return 0;
	err = kbtf_dwarf_input_init(&in, file, &diag);
	if (!err) {
		err = kbtf_encode(&in.in, &opts, &btf, NULL, &diag);
		if (!err) {
			check(btf);
			kbtf_free(btf);
		}
		kbtf_dwarf_input_deinit(&in);
	}
	if (err)
		MUST(diag.err == err && diag.reason && *diag.reason && *diag.text);
	kbtf_file_free(file);
	return 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* BTF in, an archive as BTFHub has them out: a/6.1.btf.tar.xz holds 6.1.btf. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/image.h>

#include "fail.h"
#include "minimize.h"
#include "tar.h"

int kbtf_minimize_archive(const char *path, void **bytes, size_t *size, struct kbtf_diag *reterr)
{
	static const char ending[] = ".tar.xz";
	const char *slash = strrchr(path, '/');
	struct kbtf_buf tar = { 0 };
	char name[256];
	size_t len, packed_size;
	void *packed = NULL;
	int err = -ENAMETOOLONG;

	path = slash ? slash + 1 : path;
	len = strlen(path);
	if (len > sizeof(ending) && !strcmp(path + len - strlen(ending), ending))
		len -= strlen(ending);
	if (len < sizeof(name)) {
		memcpy(name, path, len);
		name[len] = '\0';
		err = kbtf_tar_make(name, *bytes, *size, &tar);
	}
	if (err == -ENAMETOOLONG)
		kbtf_fail(reterr, err, "archive-name",
			  "a name of %zu bytes, which are too many for an archive", len);
	else if (err)
		kbtf_fail_nomem(reterr);
	else
		err = kbtf_compress(KBTF_XZ, tar.data, tar.size, &packed, &packed_size, reterr);
	kbtf_buf_deinit(&tar);
	if (err)
		return err;
	free(*bytes);
	*bytes = packed;
	*size = packed_size;
	return 0;
}

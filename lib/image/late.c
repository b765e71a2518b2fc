// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Libraries that are loaded when they are needed first, and their tables of functions. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "fail.h"
#include "late.h"

#if LATE_LIBRARIES
#define TABLE(name, CALLS) struct kbtf_##name kbtf_##name
#else
#define ADDRESS(call) .call = call,
#define TABLE(name, CALLS) struct kbtf_##name kbtf_##name = { CALLS(ADDRESS) }
#endif

#if HAVE_BZIP2
TABLE(bzip2, KBTF_BZIP2_CALLS);
#endif
#if HAVE_LZMA
TABLE(lzma, KBTF_LZMA_CALLS);
#endif
#if HAVE_LZO
TABLE(lzo, KBTF_LZO_CALLS);
#endif
#if HAVE_LZ4
TABLE(lz4, KBTF_LZ4_CALLS);
#endif
#if HAVE_ZSTD
TABLE(zstd, KBTF_ZSTD_CALLS);
#endif

#if LATE_LIBRARIES
#define NAME(call) #call,
#define NAMES(CALLS) ((const char *const[]){ CALLS(NAME) NULL })

/* A library, and the table to be filled: a pointer for each name, in the same order. */
struct late {
	const char *soname;
	const char *const *names;
	void *table;
	bool loaded;
};

static struct late libraries[KBTF_NR_LATE] = {
#if HAVE_BZIP2
	[KBTF_LATE_BZIP2] = { SONAME_BZIP2, NAMES(KBTF_BZIP2_CALLS), &kbtf_bzip2 },
#endif
#if HAVE_LZMA
	[KBTF_LATE_LZMA] = { SONAME_LZMA, NAMES(KBTF_LZMA_CALLS), &kbtf_lzma },
#endif
#if HAVE_LZO
	[KBTF_LATE_LZO] = { SONAME_LZO, NAMES(KBTF_LZO_CALLS), &kbtf_lzo },
#endif
#if HAVE_LZ4
	[KBTF_LATE_LZ4] = { SONAME_LZ4, NAMES(KBTF_LZ4_CALLS), &kbtf_lz4 },
#endif
#if HAVE_ZSTD
	[KBTF_LATE_ZSTD] = { SONAME_ZSTD, NAMES(KBTF_ZSTD_CALLS), &kbtf_zstd },
#endif
};

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

/* What is loaded stays so until the process ends. */
static bool fill_table(struct late *late)
{
	void *handle = dlopen(late->soname, RTLD_NOW | RTLD_LOCAL), *call;
	size_t i;

	for (i = 0; handle && late->names[i]; i++) {
		call = dlsym(handle, late->names[i]);
		if (!call)
			return false;
		memcpy((char *)late->table + i * sizeof(call), &call, sizeof(call));
	}
	return handle;
}

int kbtf_late_load(enum kbtf_late_library library, const char *what, const char *reason,
		   struct kbtf_diag *reterr)
{
	struct late *late = &libraries[library];
	const char *why;
	int err = 0;

	if (library == KBTF_LATE_NONE)
		return 0;
	pthread_mutex_lock(&loading);
	if (!late->loaded) {
		late->loaded = fill_table(late);
		if (!late->loaded) {
			why = dlerror();
			err = kbtf_fail(reterr, -EOPNOTSUPP, reason,
					"%s needs %s, which cannot be loaded: %s", what,
					late->soname, why ? why : "no reason is given");
		}
	}
	pthread_mutex_unlock(&loading);
	return err;
}
#else
int kbtf_late_load(enum kbtf_late_library library, const char *what, const char *reason,
		   struct kbtf_diag *reterr)
{
	(void)library;
	(void)what;
	(void)reason;
	(void)reterr;
	return 0;
}
#endif

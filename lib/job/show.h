/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_JOB_SHOW_H
#define KBTF_JOB_SHOW_H

#include <kbtf/show.h>

#include "buf.h"
#include "kernel.h"
#include "show_index.h"

/*
 * The parts of kbtf_show_new(), in the order in which they are used:
 *
 *   show_sources.c   what is asked for -> files and directories, and how they are now
 *   show_cache.c     those -> an index file that was made of them as they are now, if any
 *   show_collect.c   those -> BTF of the kernel and its modules
 *   show_make.c      that -> an index file
 *   show_index.c     an index file's bytes -> struct kbtf_show_index, all of it checked
 *   show_find.c, show_same.c, show_near.c   a name -> definitions
 */

/* ---- Sources ---------------------------------------------------------- */

/* How a source was when it was looked at. Numbers are 0 where nothing is there. */
struct kbtf_stamp {
	uint64_t size, mtime_ns, ctime_ns, ino;
	uint32_t state; /* enum kbtf_source_state */
};

enum kbtf_source_state {
	KBTF_SOURCE_ABSENT,
	KBTF_SOURCE_THERE,
	KBTF_SOURCE_LISTING, /* of what is loaded: ino is a hash of names, inodes and boot */
	KBTF_NR_SOURCE_STATES,
};

struct kbtf_show_source {
	char *path;
	bool is_module; /* else something that decides which modules and what kernel there are */
	bool is_live;	/* a module that is loaded: its stamp is that of the listing */
	bool is_asked;	/* a module that was asked for by its file */
	struct kbtf_stamp stamp;
};

/* Where the running kernel tells what is loaded; tests have one of their own. */
struct kbtf_live {
	const char *btf_dir;	  /* "/sys/kernel/btf" */
	const char *boot_id_path; /* changes with each boot */
};
extern const struct kbtf_live kbtf_live_kernel;

struct kbtf_show_sources {
	char *request;		   /* what was asked for, in full: names the index file */
	struct kbtf_kernel kernel; /* not opened */
	bool has_live;
	struct kbtf_live live;
	struct kbtf_show_source *list;
	size_t nr, room;
	uint64_t looked_ns; /* by the clock of file systems, before any was looked at */
};

/* Returns 0, or why there is nothing to look into. */
int kbtf_sources_init(struct kbtf_show_sources *sources, const struct kbtf_show_opts *opts,
		      const struct kbtf_live *live, struct kbtf_diag *reterr);
void kbtf_sources_deinit(struct kbtf_show_sources *sources);

/* List the sources, and stamp each. Again where it was done before. As kbtf_paths_list(). */
int kbtf_sources_list(struct kbtf_show_sources *sources, const struct kbtf_show_opts *opts,
		      struct kbtf_diag *reterr);

/* How the thing at path is now. live is for paths that are listings. */
void kbtf_stamp(const char *path, bool is_listing, const struct kbtf_live *live,
		struct kbtf_stamp *ret);
bool kbtf_stamp_equal(const struct kbtf_stamp *a, const struct kbtf_stamp *b);

/*
 * Whether a stamp would have changed if the thing had been written to since it was taken
 * at looked_ns: a file system's clock ticks slowly, so a file that is newer than the last
 * ticks may be written to again without a trace.
 */
bool kbtf_stamp_is_settled(const struct kbtf_stamp *stamp, uint64_t looked_ns);

/* ---- What was collected ------------------------------------------------ */

struct kbtf_collected {
	char *name;	  /* "vmlinux", or a module's as lsmod prints it */
	const char *path; /* borrowed from the sources */
	void *bytes;	  /* BTF in host byte order; NULL where it was left out */
	size_t size;
	struct kbtf *btf; /* of these bytes */
	bool is_alone;	  /* self-contained */
	bool is_live, is_asked;
	struct kbtf_diag why; /* it was left out */
};

struct kbtf_collection {
	struct kbtf_collected *items; /* the kernel first */
	size_t nr;
};

/*
 * Read the kernel and its modules. Modules that cannot be read are left out, each with a
 * reason. Returns 0, what opening the kernel said, or -ENOMEM.
 */
int kbtf_collect(struct kbtf_show_sources *sources, const struct kbtf_show_opts *opts,
		 struct kbtf_collection *ret, struct kbtf_diag *reterr);
void kbtf_collection_deinit(struct kbtf_collection *collection);

/* ---- The index file ---------------------------------------------------- */

/* show_make.c: all bytes of an index file. Returns 0, -E2BIG or -ENOMEM. */
int kbtf_show_make(const struct kbtf_show_sources *sources,
		   const struct kbtf_collection *collection, struct kbtf_buf *ret);

/*
 * show_cache.c. Load the index of these sources if there is one that is valid and whose
 * sources are as they were. Returns 0; -ENOENT where there is none that may be used, with
 * a reason; or -ENOMEM.
 */
int kbtf_cache_load(const struct kbtf_show_sources *sources, struct kbtf_show_index *ret,
		    struct kbtf_diag *reterr);
/* Keep an index file, and drop those that were not used for longest. Any error is told only. */
int kbtf_cache_store(const struct kbtf_show_sources *sources, const struct kbtf_buf *file,
		     struct kbtf_diag *reterr);

/* ---- Finding ----------------------------------------------------------- */

struct kbtf_show {
	struct kbtf_show_opts opts;
	struct kbtf_show_index index;
	bool is_cached; /* and may turn out to be damaged where it was not looked at yet */
	struct kbtf_show_module *modules; /* of module i in [i] */
	struct kbtf **btfs;		  /* opened so far */
	size_t nr_left_out;
};

/* show.c: the BTF of a module, opened when it is first needed. Returns 0, -EBADMSG or -ENOMEM. */
int kbtf_show_open(struct kbtf_show *show, uint32_t module, const struct kbtf **ret,
		   struct kbtf_diag *reterr);

/* show.c: make the index from its sources after all. As kbtf_show_new(). */
int kbtf_show_renew(struct kbtf_show *show, struct kbtf_diag *reterr);

/* show_same.c: whether two types look equal as C; see kbtf_show_find(). */
bool kbtf_same_definition(const struct kbtf *a, uint32_t a_id, const struct kbtf *b, uint32_t b_id);

/* show_near.c: up to size bytes of text with names that are nearly this one: "a, b or c". */
void kbtf_show_near(const struct kbtf_show_index *index, const char *name, char *text, size_t size);

#endif

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A plan of elf_edit.c in, the ELF file that it makes out: as bytes in memory
 * [kbtf_file_edit], or in a file on disk [kbtf_file_edit_save]. For the latter the system copies
 * all that stays where it is, so that memory is that of what changes and moves:
 *
 *   | kept: copied, then the ELF header overwritten | tail: put together in memory |
 */
#define _GNU_SOURCE /* copy_file_range */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_plan.h"
#include "fail.h"
#include "save.h"

/* ---- In memory -------------------------------------------------------- */

static void emit_headers(struct kbtf_elf_plan *plan, void *ehdr_out, void *shdrs_out)
{
	const struct kbtf_elf_info *info = &plan->elf->info;
	Elf64_Ehdr ehdr = plan->elf->ehdr;

	ehdr.e_shoff = plan->nr ? plan->shdrs_off : 0;
	if (plan->nr < SHN_LORESERVE) {
		ehdr.e_shnum = (Elf64_Half)plan->nr;
		if (plan->nr)
			plan->shdrs[0].sh_size = 0;
	} else {
		ehdr.e_shnum = 0;
		plan->shdrs[0].sh_size = plan->nr;
	}
	kbtf_elf_write_ehdr(info, &ehdr, ehdr_out);
	kbtf_elf_write_shdrs(info, plan->shdrs, plan->nr, shdrs_out);
}

/* Reads bytes of the file that were not read when it was opened. */
typedef int read_fn(void *ctx, uint64_t offset, void *to, size_t size);

/*
 * Write the bytes from first on, which is 0 or plan->kept, to out, which is for those: bytes kept,
 * gaps as zero, sections. read is called for those that are no change; NULL: they are in memory.
 */
static int emit(const struct kbtf_elf_plan *plan, uint64_t first, read_fn *read, void *ctx,
		uint8_t *out)
{
	const struct kbtf_elf *elf = plan->elf;
	uint64_t at = plan->kept;
	const Elf64_Shdr *s;
	uint32_t i, n,
		nr_new = plan->nr > elf->info.nr_sections ? plan->nr - elf->info.nr_sections : 0;
	int err;

	if (!first)
		memcpy(out, elf->bytes, plan->kept);
	for (n = 0; n < elf->nr_order + nr_new; n++) {
		i = n < elf->nr_order ? elf->order[n] : elf->info.nr_sections + n - elf->nr_order;
		if (i >= plan->nr || !plan->data[i])
			continue;
		s = &plan->shdrs[i];
		if (s->sh_offset < plan->kept && (!plan->is_changed[i] || first))
			continue; /* kept, or write_changed() */
		if (s->sh_offset > at) {
			memset(out + (at - first), 0, s->sh_offset - at);
			at = s->sh_offset;
		}
		if (s->sh_size && read && !plan->is_changed[i]) {
			err = read(ctx, elf->shdrs[i].sh_offset, out + (s->sh_offset - first),
				   s->sh_size);
			if (err)
				return err;
		} else if (s->sh_size) {
			memcpy(out + (s->sh_offset - first), plan->data[i], s->sh_size);
		}
		if (s->sh_offset + s->sh_size > at)
			at = s->sh_offset + s->sh_size;
	}
	memset(out + (at - first), 0, plan->shdrs_off - at);
	return 0;
}

static int check_kind(const struct kbtf_file *file, struct kbtf_diag *reterr)
{
	if (file->kind != KBTF_FILE_ELF || !file->elf.info.nr_sections)
		return kbtf_fail(reterr, -EINVAL, "edit-kind",
				 "%s: only ELF with sections has sections to edit", file->form);
	return 0;
}

int kbtf_file_edit(const struct kbtf_file *file, const struct kbtf_section_edit *edits,
		   size_t nr_edits, void **ret, size_t *ret_size, struct kbtf_diag *reterr)
{
	struct kbtf_elf_plan plan;
	uint8_t *out = NULL;
	int err;

	err = check_kind(file, reterr);
	if (!err && file->is_read)
		err = kbtf_fail(
			reterr, -EINVAL, "section-not-read",
			"the file was opened for some of its sections, and cannot be edited");
	if (!err)
		err = kbtf_elf_plan_make(&plan, &file->elf, edits, nr_edits, KBTF_MAX_MADE_BYTES,
					 reterr);
	if (err)
		return kbtf_file_fail_in(file, err, reterr);
	out = malloc(plan.size);
	if (out) {
		emit(&plan, 0, NULL, NULL, out);
		emit_headers(&plan, out, out + plan.shdrs_off);
		*ret = out;
		*ret_size = plan.size;
	} else {
		err = kbtf_file_fail_in(file, kbtf_fail_nomem(reterr), reterr);
	}
	kbtf_elf_plan_deinit(&plan);
	return err;
}

/* ---- In a file -------------------------------------------------------- */

struct copy {
	struct kbtf_elf_plan *plan;
	int fd; /* of the file that is edited */
	struct kbtf_diag *reterr;
};

static int fail_read(struct kbtf_diag *reterr)
{
	return kbtf_fail(reterr, -errno, "file-read", "cannot read: %s", strerror(errno));
}

static int read_at(void *ctx, uint64_t offset, void *to, size_t size)
{
	const struct copy *copy = ctx;
	uint8_t *at = to;
	ssize_t n;

	while (size) {
		n = pread(copy->fd, at, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_read(copy->reterr);
		if (!n)
			return kbtf_fail(copy->reterr, -EBUSY, "file-changed",
					 "it became shorter while it was read");
		at += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return 0;
}

/* By hand, where the system does not do it between these two files. */
static int copy_by_hand(const struct copy *copy, int to, uint64_t offset, uint64_t size)
{
	enum { CHUNK = 1 << 20 };
	uint8_t *chunk = malloc(CHUNK);
	int err = chunk ? 0 : kbtf_fail_nomem(copy->reterr);
	size_t n;

	for (; size && !err; offset += n, size -= n) {
		n = size < CHUNK ? (size_t)size : CHUNK;
		err = read_at((void *)copy, offset, chunk, n);
		if (!err)
			err = kbtf_save_write(to, chunk, n, offset, copy->reterr);
	}
	free(chunk);
	return err;
}

static int copy_kept(const struct copy *copy, int to)
{
	uint64_t size = copy->plan->kept, done = 0;
	off_t from_at = 0, to_at = 0;
	ssize_t n;

	while (done < size) {
		n = copy_file_range(copy->fd, &from_at, to, &to_at, size - done, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return copy_by_hand(copy, to, done, size - done);
		done += (uint64_t)n;
	}
	return 0;
}

/* Sections in what is kept whose bytes are replaced by as many, as a segment covers them. */
static int write_changed(const struct kbtf_elf_plan *plan, int to, struct kbtf_diag *reterr)
{
	const Elf64_Shdr *s;
	uint32_t i;
	int err = 0;

	for (i = 1; i < plan->nr && !err; i++) {
		s = &plan->shdrs[i];
		if (plan->is_changed[i] && plan->data[i] && s->sh_offset < plan->kept)
			err = kbtf_save_write(to, plan->data[i], s->sh_size, s->sh_offset, reterr);
	}
	return err;
}

static int write_edited(void *ctx, int to, struct kbtf_diag *reterr)
{
	struct copy *copy = ctx;
	struct kbtf_elf_plan *plan = copy->plan;
	size_t tail_size = (size_t)(plan->size - plan->kept);
	uint8_t ehdr[sizeof(Elf64_Ehdr)], *tail;
	int err;

	copy->reterr = reterr;
	tail = malloc(tail_size);
	if (!tail)
		return kbtf_fail_nomem(reterr);
	err = copy_kept(copy, to);
	if (!err)
		err = write_changed(plan, to, reterr);
	if (!err)
		err = emit(plan, plan->kept, read_at, copy, tail);
	if (!err) {
		emit_headers(plan, ehdr, tail + (plan->shdrs_off - plan->kept));
		err = kbtf_save_write(to, tail, tail_size, plan->kept, reterr);
	}
	if (!err)
		err = kbtf_save_write(to, ehdr, kbtf_elf_ehdr_size(&plan->elf->info), 0, reterr);
	free(tail);
	return err;
}

static int check_edits(const struct kbtf_file *file, const struct kbtf_section_edit *edits,
		       size_t nr_edits, struct kbtf_diag *reterr)
{
	size_t i;
	int err;

	err = check_kind(file, reterr);
	if (err)
		return err;
	if (file->depth || file->signature.size)
		return kbtf_fail(reterr, -EINVAL, "patch-kind",
				 "%s: only plain ELF can be changed in place", file->form);
	for (i = 0; i < nr_edits; i++)
		if (!edits[i].data)
			return kbtf_fail(reterr, -EINVAL, "edit-section",
					 "section %s cannot go, since not all of the file was read",
					 edits[i].name);
	return 0;
}

static int open_source(const struct kbtf_file *file, struct kbtf_diag *reterr)
{
	int fd = open(file->label, O_RDONLY | O_CLOEXEC), err;
	struct stat st;

	if (fd < 0)
		return kbtf_fail(reterr, -errno, "file-read", "cannot open: %s", strerror(errno));
	if (!fstat(fd, &st) && (uint64_t)st.st_size == file->size)
		return fd;
	err = kbtf_fail(reterr, -EBUSY, "file-changed",
			"it has not the %zu bytes any more that it had when it was read",
			file->size);
	close(fd);
	return err;
}

int kbtf_file_edit_save(const struct kbtf_file *file, const struct kbtf_section_edit *edits,
			size_t nr_edits, unsigned int flags, uint64_t *ret_size,
			struct kbtf_diag *reterr)
{
	struct kbtf_elf_plan plan;
	struct copy copy = { .plan = &plan };
	uint64_t max = file->elf.info.bits == 64 ? INT64_MAX : UINT32_MAX;
	int err;

	err = check_edits(file, edits, nr_edits, reterr);
	if (!err)
		err = kbtf_elf_plan_make(&plan, &file->elf, edits, nr_edits, max, reterr);
	if (err)
		return kbtf_file_fail_in(file, err, reterr);
	copy.fd = open_source(file, reterr);
	if (copy.fd < 0) {
		err = kbtf_file_fail_in(file, copy.fd, reterr);
	} else {
		err = kbtf_save_by(file->label, write_edited, &copy, flags, reterr);
		close(copy.fd);
	}
	if (!err)
		*ret_size = plan.size;
	kbtf_elf_plan_deinit(&plan);
	return err;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Makes what the tests of the command line work on, below a directory:
 *
 *   old.btf, new.btf                      two kernels
 *   root/boot/vmlinux-6.0.0-RELEASE       the same, installed: old and new
 *   root/lib/modules/6.0.0-RELEASE/       modules of the old one; an empty one of the new
 *   modules/                              modules built on the old kernel:
 *       fits.ko          embeds a struct that is the same in both
 *       net/drifts.ko    embeds one whose members changed places
 *       net/refused.ko   embeds one that grew, and points to one that is gone
 *       ids.ko           names types in .BTF_ids, in a set and alone
 *       nobtf.ko         has no BTF
 *   fresh.ko                              ids.ko as it is linked, before its ids are resolved
 *   lacks.ko                              the same of a module that has no demo_stop
 *   signed.ko                             fits.ko with a signature
 *   stripped.ko                           ids.ko without its symbols
 *   vmlinux                               a kernel that names types in .BTF_ids
 *   vmlinux.linked                        the same before ids were resolved
 *   vmlinux.stripped                      the same without its symbols
 *   Image                                 its memory, as of an arm64 kernel
 *   many/NNN.ko                           copies of fits.ko, for tests in bulk
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <kbtf/builder.h>

#include "../unit/image/make_elf.h"

#define NR_MANY 60

static const char modinfo[] = "license=GPL\0name=demo\0vermagic=6.0.0-old SMP";

static const char *top;

static void die(const char *what)
{
	fprintf(stderr, "make_input: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void directory(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	if (mkdir(path, 0777) && errno != EEXIST)
		die(path);
}

static void save(const char *name, const void *bytes, size_t size)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "w");
	if (!f || fwrite(bytes, 1, size, f) != size || fclose(f))
		die(path);
}

static struct kbtf *finish(struct kbtf_builder *b)
{
	struct kbtf_diag diag;
	struct kbtf *btf;
	char line[1024];

	if (kbtf_builder_finish(b, "made", &btf, &diag)) {
		kbtf_diag_format(&diag, line, sizeof(line));
		fprintf(stderr, "make_input: %s\n", line);
		exit(1);
	}
	return btf;
}

/* Types that modules refer to; their ids are the same in both kernels, but for the last. */
enum { INT = 1, PTR, LIST_HEAD, DEVICE, SOCK, PORT, GONE };

static struct kbtf *make_kernel(bool is_new)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);

	kbtf_builder_int(b, "int", 4, KBTF_INT_SIGNED);
	kbtf_builder_type(b, KBTF_PTR, NULL, 0, LIST_HEAD);
	kbtf_builder_type(b, KBTF_STRUCT, "list_head", 0, 16);
	kbtf_builder_member(b, "next", PTR, 0, 0);
	kbtf_builder_member(b, "prev", PTR, 64, 0);
	kbtf_builder_type(b, KBTF_STRUCT, "device", 0, 24);
	kbtf_builder_member(b, "id", INT, 0, 0);
	kbtf_builder_member(b, "node", LIST_HEAD, 64, 0);
	kbtf_builder_type(b, KBTF_STRUCT, "sock", 0, is_new ? 12 : 8);
	kbtf_builder_member(b, "family", INT, 0, 0);
	if (is_new)
		kbtf_builder_member(b, "mark", INT, 32, 0);
	kbtf_builder_member(b, "state", INT, is_new ? 64 : 32, 0);
	kbtf_builder_type(b, KBTF_STRUCT, "port", 0, 8);
	kbtf_builder_member(b, is_new ? "number" : "speed", INT, 0, 0);
	kbtf_builder_member(b, is_new ? "speed" : "number", INT, 32, 0);
	if (!is_new) {
		kbtf_builder_type(b, KBTF_STRUCT, "gone", 0, 4);
		kbtf_builder_member(b, "x", INT, 0, 0);
	}
	return finish(b);
}

/* A module's struct that embeds a type of the kernel, and a function that takes it. */
static struct kbtf *make_split(const struct kbtf *kernel, const char *name, uint32_t embedded,
			       uint32_t pointed_to)
{
	struct kbtf_builder *b = kbtf_builder_new(kernel);
	uint32_t priv, ptr, proto;

	priv = kbtf_builder_type(b, KBTF_STRUCT, name, 0, 32);
	kbtf_builder_member(b, "embedded", embedded, 0, 0);
	ptr = kbtf_builder_type(b, KBTF_PTR, NULL, 0, priv);
	proto = kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, INT);
	kbtf_builder_param(b, "priv", ptr);
	kbtf_builder_func(b, "demo_start", proto, 0);
	kbtf_builder_func(b, "demo_stop", proto, 0);
	if (pointed_to)
		kbtf_builder_type(b, KBTF_PTR, NULL, 0, pointed_to);
	return finish(b);
}

/* One that has only the first of the functions, and that twice. */
static struct kbtf *make_lacking(const struct kbtf *kernel)
{
	struct kbtf_builder *b = kbtf_builder_new(kernel);
	uint32_t proto = kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, INT);

	kbtf_builder_func(b, "demo_start", proto, 0);
	kbtf_builder_func(b, "demo_start", proto, 0);
	return finish(b);
}

/*
 * .BTF_ids: set8 { demo_stop, demo_start } and the kernel's struct device. The words
 * and symbols that the build tools would leave.
 */
#define NR_ID_SYMBOLS 4u
static const char id_names[] = "\0__BTF_ID__set8__demo_kfuncs\0__BTF_ID__func__demo_start__1\0"
			       "__BTF_ID__func__demo_stop__2\0__BTF_ID__struct__device__3";
static const char *const id_name_of[NR_ID_SYMBOLS] = { "__BTF_ID__set8__demo_kfuncs",
						       "__BTF_ID__func__demo_start__1",
						       "__BTF_ID__func__demo_stop__2",
						       "__BTF_ID__struct__device__3" };

static uint32_t offset_of_name(const char *name)
{
	uint32_t at = 1;

	while (strcmp(id_names + at, name))
		at += (uint32_t)strlen(id_names + at) + 1;
	return at;
}

static void fill_ids(const struct kbtf *split, bool fresh, uint32_t words[7])
{
	uint32_t start = kbtf_end_id(split) - 2;

	memset(words, 0, 7 * sizeof(*words));
	words[3] = 1;
	if (fresh)
		return;
	words[0] = 2; /* members */
	words[2] = start;
	words[4] = start + 1;
	words[6] = DEVICE;
}

static size_t fill_symbols(uint8_t *at, uint16_t section)
{
	static const uint8_t offsets[NR_ID_SYMBOLS] = { 0, 8, 16, 24 };
	static const uint8_t sizes[NR_ID_SYMBOLS] = { 24, 4, 4, 4 };
	size_t size = put_symbol(at, 64, false, 0, 0, 0, 0);
	unsigned int i;

	for (i = 0; i < NR_ID_SYMBOLS; i++)
		size += put_symbol(at + size, 64, false, offset_of_name(id_name_of[i]), section,
				   offsets[i], sizes[i]);
	return size;
}

enum { WITH_IDS = 1, WITH_SYMBOLS = 2, FRESH = 4 };

/* A module; split may be NULL. */
static struct made_elf make_module(const struct kbtf *split, unsigned int parts)
{
	static const char text[64], this_module[64];
	struct make_section sections[8] = {
		{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, 16, 0, 0, 0, text,
		  sizeof(text) },
		{ ".modinfo", SHT_PROGBITS, SHF_ALLOC, 0, 1, 0, 0, 0, modinfo, sizeof(modinfo) },
		{ ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0, 64, 0, 0, 0,
		  this_module, sizeof(this_module) },
	};
	struct make_elf spec = { .bits = 64, .type = ET_REL, .sections = sections };
	uint8_t symbols[(NR_ID_SYMBOLS + 1) * 24];
	uint32_t nr = 3, words[7];
	size_t size;

	if (split) {
		const void *bytes = kbtf_bytes(split, &size);

		sections[nr++] = (struct make_section){ ".BTF", SHT_PROGBITS, SHF_ALLOC, 0, 1, 0, 0,
							0,	bytes,	      size };
	}
	if (parts & WITH_IDS) {
		fill_ids(split, parts & FRESH, words);
		sections[nr++] =
			(struct make_section){ ".BTF_ids", SHT_PROGBITS, SHF_ALLOC,    0, 4, 0, 0,
					       0,	   words,	 sizeof(words) };
	}
	if (parts & WITH_SYMBOLS) {
		size = fill_symbols(symbols, (uint16_t)nr);
		sections[nr] = (struct make_section){ ".symtab", SHT_SYMTAB, 0, 0,	 8,
						      24,	 nr + 2,     1, symbols, size };
		sections[nr + 1] = (struct make_section){
			".strtab", SHT_STRTAB, 0, 0, 1, 0, 0, 0, id_names, sizeof(id_names)
		};
		nr += 2;
	}
	spec.nr_sections = nr;
	return make_elf(&spec);
}

static void save_module(const char *name, const struct kbtf *split, unsigned int parts)
{
	struct made_elf elf = make_module(split, parts);

	save(name, elf.bytes, elf.size);
	free(elf.bytes);
}

/* What sign-file appends: the signature, its length and type, the marker. */
static void save_signed(const char *name, const struct kbtf *split)
{
	static const char tail[] = "PKCS#7 it is not"
				   "\0\0\2\0\0\0\0\0\0\0\0\20"
				   "~Module signature appended~\n";
	struct made_elf elf = make_module(split, 0);
	size_t size = elf.size + sizeof(tail) - 1;
	uint8_t *bytes = realloc(elf.bytes, size);

	if (!bytes)
		die(name);
	memcpy(bytes + elf.size, tail, sizeof(tail) - 1);
	save(name, bytes, size);
	free(bytes);
}

static void save_btf(const char *name, const struct kbtf *btf)
{
	size_t size;
	const void *bytes = kbtf_bytes(btf, &size);

	save(name, bytes, size);
}

/* ---- A kernel with .BTF_ids -------------------------------------------- */

enum { TASK = 8, KFUNC_B = 6, KFUNC_A = 7, NR_VMLINUX_WORDS = 8 };

static struct kbtf *make_vmlinux_btf(void)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);

	kbtf_builder_int(b, "int", 4, KBTF_INT_SIGNED);
	kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 1);
	kbtf_builder_param(b, "p", 3);
	kbtf_builder_type(b, KBTF_PTR, NULL, 0, 4);
	kbtf_builder_type(b, KBTF_STRUCT, "far", 0, 4);
	kbtf_builder_member(b, "n", 1, 0, 0);
	kbtf_builder_type(b, KBTF_STRUCT, "of_the_rest", 0, 4);
	kbtf_builder_member(b, "f", 4, 0, 0);
	kbtf_builder_func(b, "kfunc_b", 2, 0);
	kbtf_builder_func(b, "kfunc_a", 2, 0);
	kbtf_builder_type(b, KBTF_STRUCT, "task_struct", 0, 4);
	kbtf_builder_member(b, "pid", 1, 0, 0);
	kbtf_builder_var(b, "counter", 1, 1);
	kbtf_builder_type(b, KBTF_DATASEC, ".data..percpu", 0, 4);
	kbtf_builder_secinfo(b, 9, 0, 4);
	kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, 0);
	kbtf_builder_type(b, KBTF_PTR, NULL, 0, 11);
	kbtf_builder_type(b, KBTF_TYPEDEF, "btf_trace_tick", 0, 12);
	kbtf_builder_type(b, KBTF_STRUCT, "tick_ops", 0, 8);
	kbtf_builder_member(b, "run", 12, 0, 0);
	kbtf_builder_type(b, KBTF_STRUCT, "bpf_struct_ops_tick_ops", 0, 8);
	kbtf_builder_member(b, "data", 14, 0, 0);
	kbtf_builder_func(b, "other", 11, 0);
	return finish(b);
}

/* list task_ids: struct task_struct; set8 tick_kfuncs: kfunc_b 1, kfunc_a 2; list gone_ids: struct
 * gone */
static const struct {
	const char *name;
	uint8_t offset, size;
} vmlinux_symbols[] = {
	{ "task_ids", 0, 0 },
	{ "__BTF_ID__struct__task_struct__1", 0, 4 },
	{ "tick_kfuncs", 4, 0 },
	{ "__BTF_ID__set8__tick_kfuncs", 4, 24 },
	{ "__BTF_ID__func__kfunc_a__2", 12, 4 },
	{ "__BTF_ID__func__kfunc_b__3", 20, 4 },
	{ "gone_ids", 28, 0 },
	{ "__BTF_ID__struct__gone__4", 28, 4 },
};
#define NR_VMLINUX_SYMBOLS (sizeof(vmlinux_symbols) / sizeof(*vmlinux_symbols))

static const uint32_t resolved_words[NR_VMLINUX_WORDS] = { TASK, 2, 0, KFUNC_B, 1, KFUNC_A, 2 };
/* As the compiler leaves them: flags beside the ids in the order of the source. */
static const uint32_t linked_words[NR_VMLINUX_WORDS] = { 0, 0, 0, 0, 2, 0, 1 };

static void save_vmlinux(const char *name, const struct kbtf *btf, const uint32_t *words,
			 bool with_symbols)
{
	const uint64_t address = 0xffffffff81000000;
	uint8_t symbols[(NR_VMLINUX_SYMBOLS + 1) * 24];
	char names[512] = "";
	size_t size, nr_bytes, names_size = 1, i;
	const void *bytes = kbtf_bytes(btf, &nr_bytes);
	struct make_section sections[] = {
		{ ".BTF", SHT_PROGBITS, SHF_ALLOC, address, 4, 0, 0, 0, bytes, nr_bytes },
		{ ".BTF_ids", SHT_PROGBITS, SHF_ALLOC, address + 4096, 4, 0, 0, 0, words,
		  4 * NR_VMLINUX_WORDS },
		{ ".symtab", SHT_SYMTAB, 0, 0, 8, 24, 4, 1, symbols, sizeof(symbols) },
		{ ".strtab", SHT_STRTAB, 0, 0, 1, 0, 0, 0, names, sizeof(names) },
	};
	struct make_elf spec = { .bits = 64,
				 .type = ET_EXEC,
				 .sections = sections,
				 .nr_sections = with_symbols ? 4 : 2 };
	struct made_elf elf;

	size = put_symbol(symbols, 64, false, 0, 0, 0, 0);
	for (i = 0; i < NR_VMLINUX_SYMBOLS; i++) {
		size += put_symbol(symbols + size, 64, false, (uint32_t)names_size, 2,
				   address + 4096 + vmlinux_symbols[i].offset,
				   vmlinux_symbols[i].size);
		strcpy(names + names_size, vmlinux_symbols[i].name);
		names_size += strlen(vmlinux_symbols[i].name) + 1;
	}
	elf = make_elf(&spec);
	save(name, elf.bytes, elf.size);
	free(elf.bytes);
}

/* The header of an arm64 Image, and in its memory the BTF, .BTF_ids behind it, and then other
 * things. */
static void save_image(const char *name, const struct kbtf *btf)
{
	static uint8_t image[65536];
	size_t size;
	const void *bytes = kbtf_bytes(btf, &size);

	memcpy(image + 56, "ARM\x64", 4);
	image[17] = sizeof(image) >> 8 & 0xff; /* image_size, of eight bytes */
	image[18] = sizeof(image) >> 16;
	memcpy(image + 4096, bytes, size);
	memcpy(image + 4096 + (size + 3) / 4 * 4, resolved_words, sizeof(resolved_words));
	memset(image + 8192, 0xff, 4096);
	save(name, image, sizeof(image));
}

static void save_vmlinuxes(void)
{
	struct kbtf *btf = make_vmlinux_btf();

	save_vmlinux("vmlinux", btf, resolved_words, true);
	save_vmlinux("vmlinux.linked", btf, linked_words, true);
	save_vmlinux("vmlinux.stripped", btf, resolved_words, false);
	save_image("Image", btf);
	kbtf_free(btf);
}

int main(int argc, char **argv)
{
	static const char *const directories[] = {
		"root",
		"root/boot",
		"root/lib",
		"root/lib/modules",
		"root/lib/modules/6.0.0-old",
		"root/lib/modules/6.0.0-new",
		"modules",
		"modules/net",
		"many",
	};
	struct kbtf *old_kernel, *new_kernel, *fits, *drifts, *refused, *lacks;
	char name[32];
	size_t i;

	if (argc != 2) {
		fprintf(stderr, "Usage: make_input DIR\n");
		return 2;
	}
	top = argv[1];
	for (i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		directory(directories[i]);
	old_kernel = make_kernel(false);
	new_kernel = make_kernel(true);
	save_btf("old.btf", old_kernel);
	save_btf("new.btf", new_kernel);
	save_btf("root/boot/vmlinux-6.0.0-old", old_kernel);
	save_btf("root/boot/vmlinux-6.0.0-new", new_kernel);

	fits = make_split(old_kernel, "fits_priv", DEVICE, 0);
	drifts = make_split(old_kernel, "drifts_priv", PORT, 0);
	refused = make_split(old_kernel, "refused_priv", SOCK, GONE);
	lacks = make_lacking(old_kernel);
	save_module("modules/fits.ko", fits, 0);
	save_module("modules/net/drifts.ko", drifts, 0);
	save_module("modules/net/refused.ko", refused, 0);
	save_module("modules/ids.ko", fits, WITH_IDS | WITH_SYMBOLS);
	save_module("modules/nobtf.ko", NULL, 0);
	save_module("root/lib/modules/6.0.0-old/fits.ko", fits, 0);
	save_module("stripped.ko", fits, WITH_IDS);
	save_module("fresh.ko", fits, WITH_IDS | WITH_SYMBOLS | FRESH);
	save_module("lacks.ko", lacks, WITH_IDS | WITH_SYMBOLS | FRESH);
	save_signed("signed.ko", fits);
	save_vmlinuxes();
	for (i = 0; i < NR_MANY; i++) {
		snprintf(name, sizeof(name), "many/%03zu.ko", i);
		save_module(name, fits, 0);
	}
	kbtf_free(lacks);
	kbtf_free(refused);
	kbtf_free(drifts);
	kbtf_free(fits);
	kbtf_free(new_kernel);
	kbtf_free(old_kernel);
	return 0;
}

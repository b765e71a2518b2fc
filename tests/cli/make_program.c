// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Makes BPF objects for the kernels and modules that make_input makes, below a directory:
 *
 *   prog.bpf.o       looks at device.id, port.speed, fits_priv.embedded.id (which only
 *                    the module fits has) and nonesuch.x (which nobody has)
 *   sock.bpf.o       looks at sock.state
 *   sock.skel.h      the same object as `bpftool gen skeleton` would write it
 *   norecords.bpf.o  has no CO-RE records
 *   noext.bpf.o      has no .BTF.ext
 *   badkind.bpf.o    has a record of kind 99
 *   badext.bpf.o     has a record that ends too early
 */
#include "made_program.h"

#include <elf.h>
#include <stdio.h>

#include "../unit/image/make_elf.h"

#define PROG_TYPES                                                                                 \
	"int int 4 1; struct device 8 (id 1 0); struct port 4 (speed 1 0); "                       \
	"struct fits_priv 8 (embedded 2 0); struct nonesuch 4 (x 1 0)"
#define PROG_RECORDS "byte_off 2 0:0; byte_off 3 0:0; byte_off 4 0:0:0; field_exists 5 0:0"

static const char *top;

static FILE *create(const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "w");
	assert_non_null(f);
	return f;
}

/* An object; the last cut bytes of its .BTF.ext are left out, or all of it. */
static struct made_elf make_object(const char *types, const char *records, size_t cut, bool has_ext)
{
	static const uint8_t insns[64];
	struct raw_bytes ext;
	struct made_elf elf;
	struct raw r;
	size_t size;
	void *btf;

	raw_init(&r, 0);
	typetext_add(&r, types);
	ext_of(&ext, &r, records);
	btf = raw_finish(&r, &size);
	raw_deinit(&r);
	{
		const struct make_section sections[] = {
			{ "tp", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, 8, 0, 0, 0, insns,
			  sizeof(insns) },
			{ ".BTF", SHT_PROGBITS, 0, 0, 4, 0, 0, 0, btf, size },
			{ ".BTF.ext", SHT_PROGBITS, 0, 0, 4, 0, 0, 0, ext.data, ext.size - cut },
		};
		const struct make_elf spec = { .bits = 64,
					       .type = ET_REL,
					       .sections = sections,
					       .nr_sections = has_ext ? 3 : 2 };

		elf = make_elf(&spec);
	}
	put(elf.bytes + 18, 247, 2, elf.big_endian); /* the machine, BPF */
	free(ext.data);
	free(btf);
	return elf;
}

static void save(const char *name, struct made_elf elf)
{
	FILE *f = create(name);

	assert_int_equal(fwrite(elf.bytes, 1, elf.size, f), elf.size);
	assert_int_equal(fclose(f), 0);
	free(elf.bytes);
}

static void save_skeleton(const char *name, struct made_elf elf)
{
	FILE *f = create(name);
	size_t i;

	fprintf(f, "static const char data[] __attribute__((__aligned__(8))) = \"\\\n");
	for (i = 0; i < elf.size; i++) {
		if (elf.bytes[i])
			fprintf(f, "\\x%02x", elf.bytes[i]);
		else
			fprintf(f, "\\0");
		if (i % 24 == 23)
			fprintf(f, "\\\n");
	}
	fprintf(f, "\";\n\n\t*sz = sizeof(data) - 1;\n\treturn (const void *)data;\n");
	assert_int_equal(fclose(f), 0);
	free(elf.bytes);
}

int main(int argc, char **argv)
{
	static const char sock[] = "int int 4 1; struct sock 4 (state 1 0)";

	if (argc != 2) {
		fprintf(stderr, "Usage: make_program DIR\n");
		return 2;
	}
	top = argv[1];
	save("prog.bpf.o", make_object(PROG_TYPES, PROG_RECORDS, 0, true));
	save("sock.bpf.o", make_object(sock, "byte_off 2 0:0", 0, true));
	save_skeleton("sock.skel.h", make_object(sock, "byte_off 2 0:0", 0, true));
	save("norecords.bpf.o", make_object(sock, "", 0, true));
	save("noext.bpf.o", make_object(sock, "", 0, false));
	save("badkind.bpf.o", make_object(sock, "99 2 0", 0, true));
	save("badext.bpf.o", make_object(sock, "byte_off 2 0:0", 4, true));
	return 0;
}

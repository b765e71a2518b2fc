// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Bad DWARF: each refusal with the unit and the entry that it is about. */
#include "made.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "encode_made.h"
#include "typedump.h"

static void expect_bad(struct make_dwarf *d, int err, const char *line)
{
	struct kbtf_diag diag;
	struct kbtf *btf;

	assert_int_equal(encode(d, &btf, &diag), err);
	assert_diag(&diag, line);
	make_deinit(d);
}

static void test_bad_units(void **state)
{
	const uint16_t version = 9;
	struct make_dwarf d;

	(void)state;
	memset(&d, 0, sizeof(d));
	expect_bad(&d, -ENODATA,
		   "made: no DWARF in it: .debug_info is missing or empty [no-dwarf]");
	add_list(&d, 5);
	make_set(&d, 0, 0x1000);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: its length of 0x1000 bytes reaches beyond "
		   "the end of .debug_info at 0x46 [dwarf-truncated]");
	add_list(&d, 5);
	memcpy(d.info.data + 4, &version, sizeof(version));
	expect_bad(&d, -EOPNOTSUPP,
		   "made: .debug_info+0x0: unit at 0x0: DWARF of version 9 is neither 2, 3, 4 nor "
		   "5 [dwarf-version]");
	add_list(&d, 5);
	d.info.data[7] = 3;
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: addresses have 3 bytes "
		   "[dwarf-unit]");
	add_list(&d, 5);
	d.info.data[6] = 4;
	make_set(&d, 8, 0);
	expect_bad(&d, -EOPNOTSUPP,
		   "made: .debug_info+0x0: unit at 0x0: its types are in another file "
		   "(-gsplit-dwarf): build without [dwarf-split]");
	add_list(&d, 5);
	make_set(&d, 8, 0x1000);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: abbreviations at 0x1000 are beyond the end "
		   "of .debug_abbrev at 0x42 [dwarf-unit]");
}

static void test_bad_entries(void **state)
{
	struct make_dwarf d;
	uint32_t at;

	(void)state;
	make_unit(&d, 5);
	make_entry(&d, POINTER, false, 1, TYPE, REF4);
	make_ref(&d, 0x1000);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: it refers to 0x1000 in its "
		   "unit, which has entries from 0xc to 0x14 [dwarf-reference]");
	make_unit(&d, 5);
	make_entry(&d, POINTER, false, 1, TYPE, REF4);
	make_ref(&d, 0xc);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: PTR : it refers to an entry "
		   "that is no type [dwarf-reference]");
	make_unit(&d, 5);
	at = make_entry(&d, TYPEDEF, false, 2, NAME, STRING, TYPE, REF4);
	make_string(&d, "t");
	make_ref(&d, at);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: TYPEDEF t: it refers to "
		   "itself, and nothing on the way has a name [dwarf-cycle]");
	make_unit(&d, 5);
	make_u8(&d, 77);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: its unit has no abbreviation "
		   "77 [dwarf-abbrev]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, 0x77);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: abbreviation 2 at .debug_abbrev+0x0 gives "
		   "attribute 0x3 the form 0x77, which nobody knows [dwarf-form]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, DATA4);
	make_u32(&d, 0x81001000); /* what a key of a name could be */
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: abbreviation 2 at .debug_abbrev+0x0 gives "
		   "attribute 0x3 the form 0x6, which is not that of a name [dwarf-form]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, STRP_SUP);
	make_end(&d);
	expect_bad(&d, -EOPNOTSUPP,
		   "made: .debug_info+0x0: unit at 0x0: abbreviation 2 refers to a supplementary "
		   "file (form 0x1d), such as dwz makes: put the two together again first "
		   "[dwarf-supplementary]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, STRP);
	make_u32(&d, 5);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xe: unit at 0x0, entry at 0xe: its name is beyond the end of "
		"the strings [dwarf-name]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, SIZE, DATA4);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xe: unit at 0x0, entry at 0xe: it runs beyond the end of its "
		"unit [dwarf-truncated]");
	make_unit(&d, 5);
	make_entry(&d, LABEL, true, 1, SIBLING, REF4);
	make_ref(&d, 3);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: its sibling is at 0x3 of its "
		   "unit, which is not behind it and in the unit [dwarf-sibling]");
}

/* An anonymous struct in itself, whose size nobody can know. */
static void test_bad_cycle(void **state)
{
	struct make_dwarf d;
	(void)state;
	make_unit(&d, 5);
	make_entry(&d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(&d, "self");
	make_u8(&d, 8);
	make_entry(&d, MEMBER, false, 2, TYPE, REF4, PLACE, DATA1);
	make_ref(&d, 0xe);
	make_u8(&d, 0);
	make_u8(&d, 0);
	make_end(&d);
	expect_bad(&d, -ELOOP,
		   "encoded+0x28: type [2] STRUCT self: contains itself by value "
		   "[contained-in-itself]");
}

static void test_bad_headers(void **state)
{
	struct make_dwarf d;

	(void)state;
	add_list(&d, 5);
	make_set(&d, 0, 5); /* not even the header */
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: its 0x9 bytes are fewer than its header "
		   "takes [dwarf-truncated]");
	add_list(&d, 5);
	d.info.size = 3;
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: its length of 0x0 bytes reaches beyond the "
		   "end of .debug_info at 0x3 [dwarf-truncated]");
	add_list(&d, 5);
	d.info.data[6] = 0x77;
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: unit type 119 is unknown [dwarf-unit]");
	add_list(&d, 5);
	d.info.data[6] = 5; /* a split unit, whose header has 8 bytes more */
	expect_bad(&d, -EOPNOTSUPP,
		   "made: .debug_info+0x0: unit at 0x0: its types are in another file "
		   "(-gsplit-dwarf): build without [dwarf-split]");
	make_unit(&d, 5);
	make_end_unit(&d);
	make_set(&d, (uint32_t)d.info.size - 4, 0); /* which is in the unit */
	make_type_unit(&d, 5, 1);
	make_set(&d, d.type_offset, 0x100);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xf: unit at 0xf: its type is at 0x100, and it has entries "
		   "from 0x18 to 0x1b [dwarf-unit]");
	make_unit(&d, 4);
	make_end_unit(&d);
	make_type_unit(&d, 4, 1);
	make_set(&d, d.type_offset, 4);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_types+0x0: unit at 0x0: its type is at 0x4, and it has entries "
		   "from 0x17 to 0x1a [dwarf-unit]");
	make_unit(&d, 4);
	make_end_unit(&d);
	make_type_unit(&d, 4, 1);
	make_end(&d);
	make_set(&d, 0, 0x20); /* into .debug_types */
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0x0: unit at 0x0: its length of 0x20 bytes reaches beyond the "
		"end of .debug_info at 0xe [dwarf-truncated]");
}

static void test_bad_abbrevs(void **state)
{
	struct make_dwarf d;
	unsigned int i;

	(void)state;
	add_list(&d, 5);
	d.abbrev.size = 20;
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: its abbreviations at .debug_abbrev+0x0 run "
		   "beyond the end of 0x14 bytes [dwarf-abbrev]");
	make_unit(&d, 5);
	d.nr_abbrevs = 0;
	make_entry(&d, POINTER, false, 0);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: abbreviation 1 is there twice "
		   "[dwarf-abbrev]");
	make_unit(&d, 5);
	make_abbrev_code(&d, UINT64_C(1) << 32);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: abbreviation code 4294967296 is beyond 32 "
		   "bits [dwarf-abbrev]");
	make_unit(&d, 5);
	for (i = 0; i <= 65536; i++)
		make_entry(&d, BASE, false, 1, DECLARATION, PRESENT);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x0: unit at 0x0: its abbreviations have more than 65535 "
		   "constants [dwarf-abbrev]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, INDIRECT);
	make_u8(&d, IMPLICIT);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: it has a value of the form "
		   "0x21, which nobody knows [dwarf-form]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, DECL_FILE, INDIRECT);
	make_u8(&d, INDIRECT);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: it has a value of the form "
		   "0x16, which nobody knows [dwarf-form]");
}

static void test_bad_strings(void **state)
{
	struct kbtf_encode_input in;
	struct kbtf_diag diag;
	struct make_dwarf d;
	struct kbtf *btf;

	(void)state;
	add_list(&d, 5);
	in = make_input(&d);
	in.str = (struct kbtf_encode_bytes){ (const uint8_t *)"name", 4 };
	assert_int_equal(encode_input(&in, &btf, &diag), -EINVAL);
	assert_diag(&diag, "made: .debug_str does not end in a zero byte [dwarf-strings]");
	in.line_str = in.str;
	in.str.size = 0;
	assert_int_equal(encode_input(&in, &btf, &diag), -EINVAL);
	assert_diag(&diag, "made: .debug_line_str does not end in a zero byte [dwarf-strings]");
	make_deinit(&d);
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, LINE_STRP);
	make_u32(&d, 0x7fffffff);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xe: unit at 0x0, entry at 0xe: its name is beyond the end of "
		"the strings [dwarf-name]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 1, NAME, STRX1);
	make_u8(&d, 200);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xe: unit at 0x0, entry at 0xe: its name is beyond the end of "
		"the strings [dwarf-name]");
}

static void test_bad_references(void **state)
{
	const struct kbtf_encode_symbol f = { "f", 0x1000, 16, 1, true };
	struct kbtf_encode_input in;
	struct kbtf_diag diag;
	struct make_dwarf d;
	struct kbtf *btf;

	(void)state;
	make_unit(&d, 5);
	make_entry(&d, POINTER, false, 1, TYPE, REF_ADDR);
	make_ref(&d, 0x7000);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: it refers to "
		   ".debug_info+0x7000, which ends at 0x14 [dwarf-reference]");
	make_unit(&d, 5);
	make_entry(&d, POINTER, false, 1, TYPE, DATA4);
	make_ref(&d, 0xc);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: its reference has no form of "
		   "one [dwarf-reference]");
	make_unit(&d, 5);
	make_entry(&d, POINTER, false, 1, TYPE, REF_SIG8);
	make_u64(&d, 0x1122334455667788);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xe: unit at 0x0, entry at 0xe: it refers to the type unit of "
		"signature 0x1122334455667788, which is not there [dwarf-type-units]");
	make_unit(&d, 5);
	make_entry(&d, FUNCTION, true, 3, NAME, STRING, TYPE, REF4, LOW_PC, ADDR);
	make_string(&d, "f");
	make_ref(&d, 0xc); /* its unit */
	make_u64(&d, 0x1000);
	make_u8(&d, 0);
	make_end(&d);
	in = make_input(&d);
	in.symbols = &f;
	in.nr_symbols = 1;
	assert_int_equal(encode_input(&in, &btf, &diag), -EINVAL);
	assert_diag(&diag,
		    "made: .debug_info+0xe: unit at 0x0, entry at 0xe: function f refers to an "
		    "entry that is no type [dwarf-reference]");
	make_deinit(&d);
}

static void add_bad_member(struct make_dwarf *d)
{
	make_unit(d, 5);
	make_entry(d, STRUCT, true, 2, NAME, STRING, SIZE, DATA1);
	make_string(d, "s");
	make_u8(d, 8);
}

static void test_bad_numbers(void **state)
{
	struct make_dwarf d;

	(void)state;
	make_unit(&d, 5);
	make_entry(&d, STRUCT, false, 1, SIZE, DATA8);
	make_u64(&d, UINT64_C(1) << 32);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: its size in bytes is "
		   "0x100000000, more than 0xffffffff [dwarf-number]");
	make_unit(&d, 5);
	make_entry(&d, BASE, false, 2, SIZE, DATA1, ENCODING, DATA2);
	make_u8(&d, 4);
	make_u16(&d, 0x1234);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: its encoding is 0x1234, more "
		   "than 0xff [dwarf-number]");
	add_bad_member(&d);
	make_entry(&d, MEMBER, false, 1, PLACE, DATA4);
	make_u32(&d, 0x20000000);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0x12: unit at 0x0, entry at 0x12: it is 0x20000000 bytes from "
		"the start of its struct [dwarf-member]");
	add_bad_member(&d);
	make_entry(&d, MEMBER, false, 1, PLACE, BLOCK1);
	make_u8(&d, 2);
	make_u8(&d, 0x30); /* DW_OP_lit0 */
	make_u8(&d, 0x30);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x12: unit at 0x0, entry at 0x12: its place in the struct is "
		   "an expression that begins with 0x30 [dwarf-member]");
	add_bad_member(&d);
	make_entry(&d, MEMBER, false, 1, PLACE, STRING);
	make_string(&d, "here");
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x12: unit at 0x0, entry at 0x12: its place in the struct is "
		   "no number [dwarf-member]");
	add_bad_member(&d);
	make_entry(&d, MEMBER, false, 2, BITS, DATA1, DATA_BIT_OFFSET, DATA4);
	make_u8(&d, 3);
	make_u32(&d, 0x1000000);
	make_u8(&d, 0);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xe: unit at 0x0, entry at 0xe: STRUCT s: it has bitfields and "
		"members beyond 2 MiB, which BTF cannot say [dwarf-member]");
	add_bad_member(&d);
	make_entry(&d, MEMBER, false, 1, BITS, DATA2);
	make_u16(&d, 300);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x12: unit at 0x0, entry at 0x12: its size in bits is 0x12c, "
		   "more than 0xff [dwarf-number]");
}

static void test_bad_trees(void **state)
{
	struct make_dwarf d;
	unsigned int i;

	(void)state;
	make_unit(&d, 5);
	make_entry(&d, FUNCTION, true, 0);
	make_entry(&d, PARAMETER, false, 0);
	make_entry(&d, FUNCTION, true, 0);
	make_entry(&d, PARAMETER, false, 0);
	make_u8(&d, 0);
	make_entry(&d, PARAMETER, false, 0);
	make_u8(&d, 0);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x13: unit at 0x0, entry at 0x13: a parameter comes after a "
		   "function inside its function [dwarf-parameter]");
	make_unit(&d, 5);
	make_entry(&d, BLOCK, true, 0);
	for (i = 0; i < 4095; i++)
		make_u8(&d, d.nr_abbrevs);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0x100d: unit at 0x0, entry at 0x100d: entries are more than "
		   "4096 deep [dwarf-deep]");
}

static void test_bad_tags(void **state)
{
	struct make_dwarf d;
	uint32_t tag, integer;
	unsigned int i;

	(void)state;
	make_unit(&d, 5);
	make_entry(&d, VARIABLE, true, 0);
	make_entry(&d, LLVM_TAG, false, 2, NAME, STRING, CONST, STRING);
	make_string(&d, "btf_decl_tag");
	make_end(&d);
	d.info.size -= 1; /* the end of its unit is in its text */
	make_set(&d, 0, (uint32_t)d.info.size - 4);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xf: unit at 0x0, entry at 0xf: it runs beyond the end of its "
		"unit [dwarf-truncated]");
	make_unit(&d, 5);
	make_entry(&d, FUNCTION, true, 0);
	make_entry(&d, LLVM_TAG, false, 1, CONST, STRP);
	make_u32(&d, 9);
	make_u8(&d, 0);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0xf: unit at 0x0, entry at 0xf: its name is beyond the end of "
		"the strings [dwarf-name]");
	make_unit(&d, 5);
	make_entry(&d, STRUCT, false, 1, GNU_ANNOTATION, REF4);
	make_ref(&d, 0x1000);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: it refers to 0x1000 in its "
		   "unit, which has entries from 0xc to 0x14 [dwarf-reference]");
	make_unit(&d, 5);
	make_entry(&d, GNU_TAG, false, 1, GNU_ANNOTATION, DATA4);
	make_u32(&d, 0xe);
	make_end(&d);
	expect_bad(&d, -EINVAL,
		   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: its reference has no form of "
		   "one [dwarf-reference]");
	for (i = 0; i < 2; i++) {
		/* A tag that is its own next one. */
		make_unit(&d, 5);
		tag = make_entry(&d, GNU_TAG, false, 3, NAME, STRING, CONST, STRING, GNU_ANNOTATION,
				 REF4);
		make_string(&d, i ? "btf_type_tag" : "btf_decl_tag");
		make_string(&d, "t");
		make_ref(&d, tag);
		make_entry(&d, i ? POINTER : VARIABLE, false, 1, GNU_ANNOTATION, REF4);
		make_ref(&d, tag);
		make_end(&d);
		expect_bad(&d, -EINVAL,
			   "made: .debug_info+0xe: unit at 0x0, entry at 0xe: more than 32 tags "
			   "follow each other from it [dwarf-tags]");
	}
	/* What is told of the type behind tags of a chain is told of the pointer. */
	make_unit(&d, 5);
	integer = add_int(&d, "int", 4, 5);
	tag = make_entry(&d, GNU_TAG, false, 3, NAME, STRING, CONST, STRING, GNU_ANNOTATION, REF4);
	make_string(&d, "btf_type_tag");
	make_string(&d, "t");
	make_ref(&d, (uint32_t)d.info.size + 4);
	make_entry(&d, GNU_TAG, false, 2, NAME, STRING, CONST, STRING);
	make_string(&d, "btf_type_tag");
	make_string(&d, "u");
	make_entry(&d, POINTER, false, 2, TYPE, REF4, GNU_ANNOTATION, REF4);
	make_ref(&d, integer + 1);
	make_ref(&d, tag);
	make_end(&d);
	expect_bad(
		&d, -EINVAL,
		"made: .debug_info+0x39: unit at 0x0, entry at 0x39: PTR : it refers to an entry "
		"that is no type [dwarf-reference]");
}

static void test_bad_split(void **state)
{
	struct make_dwarf d;

	(void)state;
	make_unit(&d, 4);
	d.info.size = 11; /* its entry is another one */
	make_entry(&d, 0x11, true, 1, DWO_NAME, STRING);
	make_string(&d, "x.dwo");
	make_end(&d);
	expect_bad(
		&d, -EOPNOTSUPP,
		"made: .debug_info+0xb: unit at 0x0, entry at 0xb: its types are in another file "
		"(-gsplit-dwarf): build without [dwarf-split]");
}

static void test_max_memory(void **state)
{
	struct kbtf_encode_opts opts = { .nr_threads = 1, .max_memory = 1000 };
	struct kbtf_encode_input in;
	struct kbtf_diag diag;
	struct make_dwarf d;
	struct kbtf *btf;
	char expected[200];
	uint64_t took = 0;

	(void)state;
	add_list(&d, 5);
	in = make_input(&d);
	assert_int_equal(kbtf_encode(&in, &opts, &btf, NULL, &diag), -ENOMEM);
	/* How much it is depends on how large records are. */
	assert_int_equal(sscanf(diag.text, "made: encoding takes %" SCNu64, &took), 1);
	assert_true(took > 1000);
	snprintf(expected, sizeof(expected),
		 "made: encoding takes %" PRIu64
		 " bytes of memory so far, and may take 1000 [max-memory]",
		 took);
	assert_diag(&diag, expected);
	opts.max_memory = 64 << 20;
	assert_ok(kbtf_encode(&in, &opts, &btf, NULL, &diag), &diag);
	kbtf_free(btf);
	make_deinit(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_units),      cmocka_unit_test(test_bad_entries),
		cmocka_unit_test(test_bad_cycle),      cmocka_unit_test(test_bad_headers),
		cmocka_unit_test(test_bad_abbrevs),    cmocka_unit_test(test_bad_strings),
		cmocka_unit_test(test_bad_references), cmocka_unit_test(test_bad_numbers),
		cmocka_unit_test(test_bad_trees),      cmocka_unit_test(test_bad_split),
		cmocka_unit_test(test_bad_tags),       cmocka_unit_test(test_max_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

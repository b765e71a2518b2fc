// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Every way of compressing: bytes come back, damage is told, output is bounded. */
#include <stdio.h>

#include "image_config.h"
#include "image_test.h"
#include "unpack.h"

#define FIRST KBTF_GZIP

/* Bytes that compress, but not to nothing. */
static uint8_t *make_bytes(size_t size)
{
	uint8_t *bytes = malloc(size ? size : 1);
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < size; i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(x >> 29);
	}
	return bytes;
}

static int unpack(const uint8_t *in, size_t in_size, enum kbtf_compression how, size_t max,
		  bool is_file, struct kbtf_unpack *u, struct kbtf_diag *diag)
{
	*u = (struct kbtf_unpack){ .in = in, .in_size = in_size, .max = max, .is_file = is_file };
	memset(diag, 0, sizeof(*diag));
	return kbtf_unpack(u, how, diag);
}

static void test_round_trip(void **state)
{
	static const size_t sizes[] = { 1, 1000, 300000, (8u << 20) + 12345 };
	uint8_t *bytes, *packed;
	struct kbtf_unpack u;
	struct kbtf_diag diag;
	size_t packed_size, i;
	int how;

	(void)state;
	for (how = FIRST; how < KBTF_NR_COMPRESSIONS; how++)
		for (i = 0; i < 4; i++) {
			if (i == 3 && how != KBTF_LZ4) /* its blocks are of 8 MiB */
				continue;
			bytes = make_bytes(sizes[i]);
			packed = pack(how, bytes, sizes[i], &packed_size);
			if (!packed) {
				print_message("no encoder for %s\n", kbtf_compression_name(how));
				free(bytes);
				continue;
			}
			assert_int_equal(kbtf_unpack_detect(packed, packed_size), how);
			assert_int_equal(unpack(packed, packed_size, how, 1 << 30, true, &u, &diag),
					 0);
			assert_int_equal(u.out.size, sizes[i]);
			assert_memory_equal(u.out.data, bytes, sizes[i]);
			assert_int_equal(u.in_used, packed_size);
			kbtf_buf_deinit(&u.out);
			/* in a kernel image the size of the whole follows */
			packed = realloc(packed, packed_size + 4);
			put(packed + packed_size, sizes[i], 4, false);
			assert_int_equal(
				unpack(packed, packed_size + 4, how, sizes[i], false, &u, &diag),
				0);
			assert_int_equal(u.out.size, sizes[i]);
			assert_int_equal(u.in_used, packed_size);
			kbtf_buf_deinit(&u.out);
			free(packed);
			free(bytes);
		}
}

/* No beginning of a stream passes for the whole, and none is read beyond its end. */
static void test_truncated(void **state)
{
	uint8_t *bytes = make_bytes(5000), *packed, *cut;
	struct kbtf_unpack u;
	struct kbtf_diag diag;
	size_t packed_size, size;
	int how, err;

	(void)state;
	for (how = FIRST; how < KBTF_NR_COMPRESSIONS; how++) {
		packed = pack(how, bytes, 5000, &packed_size);
		for (size = 0; packed && size < packed_size; size++) {
			cut = malloc(size ? size : 1);
			memcpy(cut, packed, size);
			if (how == KBTF_LZ4 && size < 4) { /* its magic has been seen by then */
				free(cut);
				continue;
			}
			err = unpack(cut, size, how, 1 << 30, true, &u, &diag);
			assert_int_equal(err, -EINVAL);
			assert_string_equal(diag.reason, "unpack-truncated");
			kbtf_buf_deinit(&u.out);
			free(cut);
		}
		free(packed);
	}
	free(bytes);
}

/* Any byte turned over is refused or harmless; no sanitizer complains. */
static void test_damaged(void **state)
{
	uint8_t *bytes = make_bytes(3000), *packed;
	struct kbtf_unpack u;
	struct kbtf_diag diag;
	size_t packed_size, i;
	int how, err;

	(void)state;
	for (how = FIRST; how < KBTF_NR_COMPRESSIONS; how++) {
		packed = pack(how, bytes, 3000, &packed_size);
		for (i = 0; packed && i < packed_size; i++) {
			packed[i] ^= 0xff;
			err = unpack(packed, packed_size, how, 1 << 20, true, &u, &diag);
			if (err) {
				assert_int_equal(diag.err, err);
				assert_string_not_equal(diag.text, "");
			}
			kbtf_buf_deinit(&u.out);
			packed[i] ^= 0xff;
		}
		free(packed);
	}
	free(bytes);
}

static void test_too_big(void **state)
{
	uint8_t *bytes = make_bytes(100000), *packed;
	char line[200];
	struct kbtf_unpack u;
	struct kbtf_diag diag;
	size_t packed_size;
	int how;

	(void)state;
	for (how = FIRST; how < KBTF_NR_COMPRESSIONS; how++) {
		packed = pack(how, bytes, 100000, &packed_size);
		if (!packed)
			continue;
		assert_int_equal(unpack(packed, packed_size, how, 99999, true, &u, &diag), -EFBIG);
		snprintf(line, sizeof(line),
			 "%s data: unpacks to more than 99999 bytes [unpack-size]",
			 kbtf_compression_name(how));
		diag.offset = KBTF_NO_OFFSET; /* how far it read is its own business */
		assert_diag(&diag, -EFBIG, line);
		assert_true(u.out.size <= 100000);
		kbtf_buf_deinit(&u.out);
		free(packed);
	}
	free(bytes);
}

/* Concatenated files are one file for gzip, xz and zstd; a payload is one stream. */
static void test_concatenated(void **state)
{
	static const enum kbtf_compression hows[] = { KBTF_GZIP, KBTF_BZIP2, KBTF_XZ, KBTF_ZSTD };
	uint8_t *bytes = make_bytes(5000), *packed;
	struct kbtf_unpack u;
	struct kbtf_diag diag;
	size_t size, i;

	(void)state;
	for (i = 0; i < 4; i++) {
		packed = pack(hows[i], bytes, 5000, &size);
		if (!packed)
			continue;
		packed = realloc(packed, 2 * size);
		memcpy(packed + size, packed, size);
		assert_int_equal(unpack(packed, 2 * size, hows[i], 1 << 20, true, &u, &diag), 0);
		assert_int_equal(u.out.size, 10000);
		assert_memory_equal(u.out.data, bytes, 5000);
		assert_memory_equal(u.out.data + 5000, bytes, 5000);
		kbtf_buf_deinit(&u.out);
		assert_int_equal(unpack(packed, 2 * size, hows[i], 1 << 20, false, &u, &diag), 0);
		assert_int_equal(u.out.size, 5000);
		kbtf_buf_deinit(&u.out);
		free(packed);
	}
	free(bytes);
}

/* What this build cannot read, it says. */
static void test_missing_library(void **state)
{
	static const char *const lines[KBTF_NR_COMPRESSIONS] = {
		[KBTF_GZIP] = "gzip data needs zlib, which this build lacks [unpack-library]",
		[KBTF_BZIP2] = "bzip2 data needs libbz2, which this build lacks [unpack-library]",
		[KBTF_LZMA] = "lzma data needs liblzma, which this build lacks [unpack-library]",
		[KBTF_XZ] = "xz data needs liblzma, which this build lacks [unpack-library]",
		[KBTF_LZO] = "lzo data needs liblzo2, which this build lacks [unpack-library]",
		[KBTF_LZ4] = "lz4 data needs liblz4, which this build lacks [unpack-library]",
		[KBTF_ZSTD] = "zstd data needs libzstd, which this build lacks [unpack-library]",
	};
	struct kbtf_unpack u;
	struct kbtf_diag diag;
	uint8_t *packed;
	size_t size;
	int how;

	(void)state;
	for (how = FIRST; how < KBTF_NR_COMPRESSIONS; how++) {
		packed = pack(how, "bytes", 5, &size);
		free(packed);
		if (packed)
			continue;
		assert_int_equal(
			unpack((const uint8_t *)"0123456789", 10, how, 100, true, &u, &diag),
			-EOPNOTSUPP);
		assert_diag(&diag, -EOPNOTSUPP, lines[how]);
	}
}

static __attribute__((unused)) void
assert_unpack_refused(const void *in, size_t size, enum kbtf_compression how, const char *line)
{
	struct kbtf_unpack u;
	struct kbtf_diag diag;

	assert_int_equal(unpack(in, size, how, 1 << 20, true, &u, &diag), -EINVAL);
	assert_diag(&diag, -EINVAL, line);
	kbtf_buf_deinit(&u.out);
}

static void test_messages(void **state)
{
	(void)state;
#if HAVE_ZLIB
	assert_unpack_refused("\x1f\x8b\x08\0\0\0\0\0\0\x03\x07", 11, KBTF_GZIP,
			      "gzip data+0xb: the data is corrupt: invalid block type "
			      "[unpack-corrupt]");
#endif
#if HAVE_LZMA
	assert_unpack_refused("\xfd"
			      "7zXZ\0\0\x01zzzz",
			      12, KBTF_XZ,
			      "xz data+0xc: the data is corrupt: a block or its checksum is wrong "
			      "[unpack-corrupt]");
	assert_unpack_refused(
		"\x5d\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0", 20, KBTF_LZMA,
		"lzma data+0xd: the data is corrupt: it asks for a dictionary of more "
		"than 256 MiB [unpack-corrupt]");
#endif
#if HAVE_LZ4
	assert_unpack_refused("\x02\x21\x4c\x18\xff\xff\xff\x7f", 8, KBTF_LZ4,
			      "lz4 data+0x4: the data is corrupt: a block of 2147483647 bytes "
			      "[unpack-corrupt]");
	assert_unpack_refused(
		"\x02\x21\x4c\x18\x10\0\0\0zz", 10, KBTF_LZ4,
		"lz4 data+0x8: the data ends inside a block: it takes 16 bytes and 2 are "
		"left [unpack-truncated]");
	assert_unpack_refused("\x02\x21\x4c\x18\x02\0\0\0\xf0\xff", 10, KBTF_LZ4,
			      "lz4 data+0x8: the data is corrupt: a block does not unpack "
			      "[unpack-corrupt]");
#endif
#if HAVE_LZO
	assert_unpack_refused(
		"\x89LZO\0\r\n\x1a\n\x10", 10, KBTF_LZO,
		"lzo data+0x9: the data ends inside the lzop header: it takes 2 bytes "
		"and 1 are left [unpack-truncated]");
#endif
}

static void test_detect(void **state)
{
	static const char *const not [] = {
		"\x1f\x8b\x08\xff______", "\x1f\x8b\x07_______", "BZh0AY&SY_",	  "BZh9_________",
		"\x5d\0\0\0\0_______",	  "\x89LZ________",	 "plain_________"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(not ) / sizeof(*not ); i++)
		assert_int_equal(kbtf_unpack_detect((const uint8_t *)not [i], 10), KBTF_PLAIN);
	assert_int_equal(kbtf_unpack_detect((const uint8_t *)"\x28\xb5\x2f\xfd_____", 9),
			 KBTF_PLAIN); /* too short to be anything */
	assert_string_equal(kbtf_compression_name(KBTF_XZ), "xz");
	assert_string_equal(kbtf_compression_name(99), "unknown");
}

/* What kbtf_compress() makes comes back, is the same each time, and looks as a kernel wants it. */
static void test_compress(void **state)
{
	static const enum kbtf_compression hows[] = { KBTF_PLAIN, KBTF_GZIP, KBTF_XZ, KBTF_ZSTD };
	static const size_t sizes[] = { 0, 1, 200000 };
	size_t size, size2, i, j;
	uint8_t *bytes = make_bytes(200000);
	struct kbtf_unpack u;
	struct kbtf_diag diag;
	void *made, *made2;
	uint8_t *b;

	(void)state;
	for (i = 0; i < 4; i++)
		for (j = 0; j < 3; j++) {
			if (kbtf_compress(hows[i], bytes, sizes[j], &made, &size, &diag)) {
				assert_string_equal(diag.reason, "compress-library");
				continue;
			}
			assert_int_equal(
				kbtf_compress(hows[i], bytes, sizes[j], &made2, &size2, NULL), 0);
			assert_int_equal(size, size2);
			assert_memory_equal(made, made2, size);
			b = made;
			if (hows[i] == KBTF_PLAIN) {
				assert_int_equal(size, sizes[j]);
				assert_memory_equal(made, bytes, size);
			} else {
				assert_int_equal(
					unpack(made, size, hows[i], 1 << 20, true, &u, &diag), 0);
				assert_int_equal(u.out.size, sizes[j]);
				if (sizes[j])
					assert_memory_equal(u.out.data, bytes, sizes[j]);
				kbtf_buf_deinit(&u.out);
			}
			if (hows[i] == KBTF_XZ) {
				assert_int_equal(b[7], 1); /* CRC32 */
				if (sizes[j]) {
					assert_int_equal(b[14], 0x21); /* LZMA2 alone */
					assert_int_equal(b[16], 16);   /* 1 MiB */
				}
			}
			if (hows[i] == KBTF_GZIP) /* no name, no time */
				assert_memory_equal(b, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
			if (hows[i] == KBTF_ZSTD)
				assert_true(b[4] & 4); /* a checksum */
			free(made);
			free(made2);
		}
	free(bytes);
	assert_int_equal(kbtf_compress(KBTF_LZO, "x", 1, &made, &size, &diag), -EOPNOTSUPP);
	assert_diag(&diag, -EOPNOTSUPP,
		    "modules do not come as lzo data: plain, gzip, xz and zstd do "
		    "[compress-form]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),	cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged),		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_concatenated),	cmocka_unit_test(test_messages),
		cmocka_unit_test(test_missing_library), cmocka_unit_test(test_detect),
		cmocka_unit_test(test_compress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

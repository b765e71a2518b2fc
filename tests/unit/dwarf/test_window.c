// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A window on .debug_info shows what is there, reads it once, and says why it cannot. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "allocfail.h"
#include "rng.h"
#include "window.h"

#define SIZE ((size_t)3 << 20)

struct section {
	uint8_t *bytes;
	uint64_t nr_read;
	uint64_t bad; /* an offset that cannot be read */
	int err;      /* what reading it says */
};

static int read_section(void *ctx, uint64_t offset, uint64_t size, void *to)
{
	struct section *s = ctx;

	assert_in_range(offset, 0, SIZE);
	assert_in_range(size, 1, SIZE - offset);
	if (s->bad >= offset && s->bad < offset + size)
		return s->err;
	memcpy(to, s->bytes + offset, size);
	s->nr_read += size;
	return 0;
}

/* A section, and a window on it. */
static struct made {
	struct section section;
	struct kbtf_dwarf_source src;
	struct kbtf_window window;
} made;

static int make(void **state)
{
	struct section *s = &made.section;
	struct rng rng = { 1 };
	size_t i;

	*s = (struct section){ .bytes = malloc(SIZE), .bad = UINT64_MAX, .err = -EIO };
	assert_non_null(s->bytes);
	for (i = 0; i < SIZE; i++)
		s->bytes[i] = (uint8_t)rng_below(&rng, 256);
	made.src =
		(struct kbtf_dwarf_source){ .label = "made", .read_info = read_section, .ctx = s };
	made.src.info.size = SIZE;
	kbtf_window_init(&made.window, &made.src);
	*state = &made;
	return 0;
}

static int unmake(void **state)
{
	struct made *m = *state;

	kbtf_window_deinit(&m->window);
	free(m->section.bytes);
	return 0;
}

/* Ranges one after the other, of which some are longer than what is read at a time. */
static void test_forward(void **state)
{
	struct made *m = *state;
	struct kbtf_diag diag;
	const uint8_t *bytes;
	struct rng rng = { 2 };
	uint64_t at, n;

	for (at = 0; at < SIZE; at += n) {
		n = 1 + rng_below(&rng, rng_below(&rng, 8) ? 1000 : 1000000);
		if (n > SIZE - at)
			n = SIZE - at;
		assert_ok(kbtf_window_at(&m->window, at, n, SIZE, &bytes, &diag), &diag);
		assert_memory_equal(bytes, m->section.bytes + at, n);
	}
	assert_int_equal(m->section.nr_read, SIZE);
}

static void test_anywhere(void **state)
{
	struct made *m = *state;
	struct kbtf_diag diag;
	const uint8_t *bytes;
	struct rng rng = { 3 };
	int i;

	for (i = 0; i < 200; i++) {
		uint64_t at = rng_below(&rng, SIZE), n = 1 + rng_below(&rng, 300000), end;

		if (n > SIZE - at)
			n = SIZE - at;
		end = at + n + rng_below(&rng, (uint32_t)(SIZE - at - n) + 1);
		assert_ok(kbtf_window_at(&m->window, at, n, end, &bytes, &diag), &diag);
		assert_memory_equal(bytes, m->section.bytes + at, n);
	}
}

static void test_in_memory(void **state)
{
	struct made *m = *state;
	struct kbtf_diag diag;
	const uint8_t *bytes;

	m->src.read_info = NULL;
	m->src.info.data = m->section.bytes;
	assert_ok(kbtf_window_at(&m->window, 1000, 10, SIZE, &bytes, &diag), &diag);
	assert_ptr_equal(bytes, m->section.bytes + 1000);
}

/* After a failure what can be read is read, and right. */
static void test_failures(void **state)
{
	struct made *m = *state;
	struct kbtf_diag diag;
	const uint8_t *bytes;

	assert_ok(kbtf_window_at(&m->window, 0, 64, 64, &bytes, &diag), &diag);
	m->section.bad = 150;
	assert_int_equal(kbtf_window_at(&m->window, 32, 200, SIZE, &bytes, &diag), -EIO);
	assert_diag(&diag, "made: .debug_info+0x20: cannot read: Input/output error [file-read]");
	m->section.err = -ENOMEM;
	assert_int_equal(kbtf_window_at(&m->window, 32, 200, SIZE, &bytes, &diag), -ENOMEM);
	assert_diag(&diag, "out of memory [no-memory]");
	m->section.bad = UINT64_MAX;
	allocfail_arm(1);
	assert_int_equal(kbtf_window_at(&m->window, 32, 2000000, SIZE, &bytes, &diag), -ENOMEM);
	assert_true(allocfail_disarm());
	assert_ok(kbtf_window_at(&m->window, 32, 2000000, SIZE, &bytes, &diag), &diag);
	assert_memory_equal(bytes, m->section.bytes + 32, 2000000);
	kbtf_window_deinit(&m->window);
	assert_int_equal(allocfail_live(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_forward, make, unmake),
		cmocka_unit_test_setup_teardown(test_anywhere, make, unmake),
		cmocka_unit_test_setup_teardown(test_in_memory, make, unmake),
		cmocka_unit_test_setup_teardown(test_failures, make, unmake),
	};

	return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}

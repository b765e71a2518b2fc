/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KBTF_TEST_H
#define KBTF_TEST_H

#include <linux/types.h>

typedef u32 kbtf_test_word_t;

/* Types that no other BTF has, and one of the kernel's by value. 48 bytes. */
struct kbtf_test_state {
	u32 calls;
	u64 stamp;
	struct list_head list;
	kbtf_test_word_t words[3];
};

#endif

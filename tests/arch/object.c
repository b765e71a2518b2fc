// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What same.sh compiles for machines of either endianness and encodes: types of each
 * kind, and functions that a compiler keeps, inlines and changes. It includes nothing,
 * since a cross compiler may be here without a C library.
 */
typedef unsigned long long u64;

enum colour { RED, GREEN = -3, BLUE = 0x7fffffff };
enum wide { NARROW, WIDE = 0x123456789aLL };

struct outside;

struct list {
	struct list *next, *const *prev;
};

struct bits {
	unsigned int a : 3, b : 29;
	u64 c : 40;
	_Bool d : 1;
};

struct node {
	struct list list;
	struct bits bits;
	enum colour colour;
	volatile u64 stamp;
	union {
		double real;
		void *data;
	};
	int (*compare)(const struct node *, const struct node *);
	struct outside *outside;
	char name[];
};

struct node *head;
enum wide width = WIDE;
static const u64 weights[3][5] = { { 1, 2 }, { 3 } };
int calls __attribute__((section(".data..percpu")));

static __attribute__((noinline)) u64 weigh(const struct node *node, unsigned int row, char unused)
{
	return weights[row][node->bits.a % 5] + node->stamp;
}

static inline int is_before(const struct node *a, const struct node *b)
{
	return a->compare ? a->compare(a, b) < 0 : a->stamp < b->stamp;
}

static void count(int by)
{
	calls += by;
}

u64 total(const struct node *first, void (*each)(u64 part, ...))
{
	u64 sum = 0, part;

	for (; first && !is_before(head, first); first = (const struct node *)first->list.next) {
		part = weigh(first, first->colour == RED, 'x');
		each(part, first, width);
		sum += part;
		count(1);
	}
	return sum;
}

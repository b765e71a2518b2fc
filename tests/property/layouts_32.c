/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Layouts that 32-bit machines have otherwise than 64-bit ones, and than each other. */
typedef unsigned long size_type;
typedef unsigned long long u64;

enum colour { RED, GREEN = -3, BLUE = 0x7fffffff };

struct node {
	struct node *next, **back;
	size_type len;
};

struct numbers { /* a u64 is aligned to 4 on x86, to 8 on Arm */
	char c;
	u64 wide;
	char d;
	double real;
	short s;
	long l;
};

struct inside {
	char c;
	struct numbers n;
	union {
		u64 wide;
		void *p[3];
		struct {
			short a, b;
		};
	};
	char tail;
};

struct bits {
	unsigned int a : 3;
	int b : 29;
	unsigned long c : 7;
	u64 d : 40;
	u64 e : 20;
	unsigned char f : 2;
	_Bool g : 1;
	unsigned long h : 31;
};

struct few_bits {
	unsigned short a : 5, b : 11;
	char c;
	unsigned int d : 9;
};

struct __attribute__((packed)) tight {
	char c;
	u64 wide;
	void *p;
	struct numbers n;
	unsigned int bit : 1;
};

struct __attribute__((aligned(16))) apart {
	int i;
	char c;
};

struct calls {
	int (*compare)(const struct node *, struct apart *, u64);
	void *(*const table[4])(enum colour);
	struct apart apart;
	char rest[];
};

union any {
	char bytes[13];
	long l;
	u64 wide;
	struct tight tight;
};

struct node *use(struct node *node, struct numbers *numbers, struct inside *inside,
		 struct bits *bits, struct few_bits *few, struct tight *tight, struct apart *apart,
		 struct calls *calls, union any *any)
{
	return node + numbers->l + inside->c + bits->a + few->a + tight->c + apart->i +
	       calls->rest[0] + any->l;
}

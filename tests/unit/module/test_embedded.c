// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The by-value layouts that go into .BTF.embedded, as text; see typetext.h. */
#include "made.h"

#include <string.h>

#include <kbtf/module.h>

#include "typedump.h"

struct row {
	const char *base, *split;
	const char *embedded; /* NULL: there is nothing to embed */
};

/* clang-format off */
static const struct row rows[] = {
	/* only members of the module's own structs and unions count */
	{ "int int 4 1; struct s 4 (a 1 0)",
	  "ptr 2; var v 2 1; proto 2 (x 2); array 2 1 3; typedef t 2; datasec .data 4 (4 0 4)", NULL },
	{ "int int 4 1", "struct m 4 (i 1 0)", NULL },
	{ "int int 4 1; struct s 4 (a 1 0)", "struct m 8 (p 4 0); ptr 2", NULL },
	{ "int int 4 1; struct s 4 (a 1 0)", "struct m 4 (s 2 0)", "struct s 4 (a 2 0); int int 4 1" },
	{ "int int 4 1; union s 4 (a 1 0)", "union m 4 (s 2 0)", "union s 4 (a 2 0); int int 4 1" },
	{ "struct s 0", "struct - 0 (s 1 0)", "struct s 0" },
	/* through modifiers, typedefs, tags, arrays */
	{ "int int 4 1; struct s 4 (a 1 0); typedef t 2; const 3; ttag g 4; volatile 5",
	  "struct m 4 (s 6 0)", "struct s 4 (a 2 0); int int 4 1" },
	{ "int int 4 1; struct s 4 (a 1 0)", "array 2 1 3; struct m 12 (s 3 0)",
	  "struct s 4 (a 2 0); int int 4 1" },
	/* what is embedded in its turn comes along, by value only */
	{ "int int 4 1; struct a 4 (i 1 0); array 2 1 2; struct b 8 (a 3 0); ptr 7; const 5; "
	  "struct far 4 (i 1 0); struct c 24 (p 6 0) (q 5 64) (b 4 128)",
	  "struct m 24 (c 8 0)",
	  "struct c 24 (p 2 0) (q 2 64) (b 3 128); ptr 0; struct b 8 (a 4 0); array 5 6 2; "
	  "struct a 4 (i 6 0); int int 4 1" },
	/* pointers are one pointer to void, whatever they pointed to */
	{ "ptr 3; ptr 0; struct s 16 (me 1 0) (v 2 64)", "struct m 16 (s 3 0)",
	  "struct s 16 (me 2 0) (v 2 64); ptr 0" },
	/* typedefs and modifiers are looked through, also of what arrays hold and count with */
	{ "int int 4 1; typedef u32 1; const 2; array 3 2 5; struct s 20 (a 4 0)", "struct m 20 (s 5 0)",
	  "struct s 20 (a 2 0); array 3 3 5; int int 4 1" },
	/* enums lose their values and are one kind */
	{ "enum e 4 (A 1); enum64 f 8 (B 2); enum - 1; float d 8; "
	  "struct s 24 (e 1 0) (f 2 64) (g 3 128) (d 4 192)",
	  "struct m 24 (s 5 0)",
	  "struct s 24 (e 2 0) (f 3 64) (g 4 128) (d 5 192); enum e 4; enum f 8; enum - 1; float d 8" },
	/* bitfields, anonymous members, an INT's encoding */
	{ "int int 4 1; union - 4 (x 1 0); bstruct s 8 (a 1 0 3) (b 1 3 29) (- 2 32 0)",
	  "struct m 8 (s 3 0)",
	  "bstruct s 8 (a 2 0 3) (b 2 3 29) (- 3 32 0); int int 4 1; union - 4 (x 2 0)" },
	/* void by value is nothing that a compiler makes, and harmless */
	{ "const 0; struct s 0 (v 1 0)", "struct m 0 (s 2 0)", "struct s 0 (v 0 0)" },
	/* a struct that was only declared keeps its name */
	{ "fwd f; ufwd g; struct s 0 (v 1 0) (w 2 0)", "struct m 0 (s 3 0)",
	  "struct s 0 (v 2 0) (w 3 0); fwd f; ufwd g" },
	/* several, each once, in the order in which the module embeds them */
	{ "struct b 1; struct a 2", "struct m 1 (x 2 0) (y 1 0) (z 2 0); struct n 1 (x 2 0)",
	  "struct a 2; struct b 1" },
	/* the module's own structs are not part of it, what they embed is */
	{ "struct a 2", "struct m 2 (x 3 0); struct n 2 (y 1 0)", "struct a 2" },
	/* an anonymous struct of the base becomes the module's own when it is distilled, and then
	 * embeds what it embeds, also where the module itself only points to it; a named one not */
	{ "int i 4 1; struct kfifo 8 (in 1 0); union - 8 (kfifo 2 0); ptr 3", "ptr 4",
	  "struct kfifo 8 (in 2 0); int i 4 1" },
	{ "int i 4 1; struct kfifo 8 (in 1 0); union u 8 (kfifo 2 0); ptr 3", "ptr 4", NULL },
	{ "int i 4 1; struct a 4 (x 1 0); struct - 8 (a 2 0); typedef t 3; proto 0 (p 6); ptr 4",
	  "var v 5 1", "struct a 4 (x 2 0); int i 4 1" },
	{ "int i 4 1; struct - 4 (x 1 0)", "struct m 4 (a 2 0)", NULL },
	/* the names of strings that are split, and kinds that cannot be members */
	{ "proto 0; const 1; struct s 0 (m 1 0) (n 2 0)", "struct m 0 (s 3 0)",
	  "struct s 0 (m 0 0) (n 0 0)" },
};
/* clang-format on */

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i / 2];
		struct kbtf *base, *split, *ret = (struct kbtf *)1;
		struct kbtf_distilled distilled;
		struct kbtf_diag diag;
		struct raw r;

		raw_init(&r, 0);
		r.swapped = i % 2;
		typetext_add(&r, row->base);
		base = opened(&r, NULL, "vmlinux");
		split = typed(row->split, base, "mod.ko");
		assert_ok(kbtf_distill(split, NULL, &distilled, &diag), &diag);
		assert_ok(kbtf_embedded(&distilled, base, &ret, &diag), &diag);
		if (row->embedded) {
			assert_non_null(ret);
			assert_string_equal(typedump(ret), row->embedded);
			assert_int_equal(kbtf_is_swapped(ret), i % 2);
			assert_null(kbtf_base(ret));
		} else {
			assert_null(ret);
		}
		kbtf_free(ret);
		kbtf_distilled_deinit(&distilled);
		kbtf_free(split);
		kbtf_free(base);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

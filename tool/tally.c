// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * One struct of the kernel that changed can break a hundred modules: the summary
 * names those that cost most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"

struct tally_row {
	char what[200];
	size_t nr_files;
	size_t last_file; /* that it was counted for */
};

/* Messages about types begin "type [12] STRUCT sock: ". */
static int describe(const struct kbtf_diag *diag, char *ret, size_t size)
{
	const char *subject, *end;

	if (strncmp(diag->text, "type [", 6))
		return -1;
	subject = strstr(diag->text, "] ");
	end = subject ? strstr(subject, ": ") : NULL;
	if (!end)
		return -1;
	subject += 2;
	snprintf(ret, size, "%.*s [%s]", (int)(end - subject), subject, diag->reason);
	return 0;
}

static struct tally_row *find(struct tally *tally, const char *what)
{
	struct tally_row *rows;
	size_t i;

	for (i = 0; i < tally->nr; i++)
		if (!strcmp(tally->rows[i].what, what))
			return &tally->rows[i];
	if (!(tally->nr & (tally->nr - 1))) { /* room is a power of two, and used up */
		rows = realloc(tally->rows, (tally->nr ? tally->nr * 2 : 1) * sizeof(*rows));
		if (!rows)
			return NULL;
		tally->rows = rows;
	}
	rows = &tally->rows[tally->nr++];
	memset(rows, 0, sizeof(*rows));
	snprintf(rows->what, sizeof(rows->what), "%s", what);
	return rows;
}

void tally_add(struct tally *tally, const struct kbtf_diag *findings, size_t nr)
{
	char what[sizeof(tally->rows->what)];
	size_t i;

	tally->nr_files++;
	for (i = 0; i < nr; i++) {
		struct tally_row *row;

		if (describe(&findings[i], what, sizeof(what)))
			continue;
		row = find(tally, what);
		if (!row || row->last_file == tally->nr_files)
			continue;
		row->last_file = tally->nr_files;
		row->nr_files++;
	}
}

static int by_cost(const void *a, const void *b)
{
	const struct tally_row *x = a, *y = b;

	if (x->nr_files != y->nr_files)
		return x->nr_files < y->nr_files ? 1 : -1;
	return strcmp(x->what, y->what);
}

void tally_print(struct tally *tally, const char *title, size_t most)
{
	size_t i;

	if (!tally->nr)
		return;
	qsort(tally->rows, tally->nr, sizeof(*tally->rows), by_cost);
	printf("%s\n", title);
	for (i = 0; i < tally->nr && i < most; i++)
		printf("  %6zu  %s\n", tally->rows[i].nr_files, tally->rows[i].what);
	if (tally->nr > most)
		printf("          and %zu more\n", tally->nr - most);
}

void tally_deinit(struct tally *tally)
{
	free(tally->rows);
}

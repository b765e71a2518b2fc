// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The progress bar. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

#define WIDTH 40u
#define FIRST_AFTER 1.0 /* seconds */
#define REDRAW_AFTER 0.1

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_init(struct progress *p, bool wanted)
{
	p->wanted = wanted && isatty(STDERR_FILENO);
	p->shown = false;
	p->started = p->drawn = now();
}

void progress_update(struct progress *p, size_t nr_done, size_t nr_all)
{
	double t;
	size_t filled;

	if (!p->wanted)
		return;
	t = now();
	if (t - p->started < FIRST_AFTER || t - p->drawn < REDRAW_AFTER)
		return;
	p->drawn = t;
	p->shown = true;
	filled = nr_done * WIDTH / (nr_all ? nr_all : 1);
	fprintf(stderr, "\r[%.*s%*s] %zu/%zu", (int)filled,
		"########################################", (int)(WIDTH - filled), "", nr_done,
		nr_all);
	fflush(stderr);
}

void progress_hide(struct progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	p->shown = false;
}

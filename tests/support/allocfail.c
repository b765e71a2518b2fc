// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The allocator with a counter in front of it, for one thread. */
#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocfail.h"

static unsigned long nth_to_fail, nr_seen;
static long nr_live;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
int __real_posix_memalign(void **p, size_t align, size_t size);
void __real_free(void *p);
char *__real_realpath(const char *path, char *resolved);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
int __wrap_posix_memalign(void **p, size_t align, size_t size);
void __wrap_free(void *p);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
int __wrap_vasprintf(char **ret, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
int __wrap_asprintf(char **ret, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *__wrap_realpath(const char *path, char *resolved);

void allocfail_arm(unsigned long nth)
{
	nth_to_fail = nth;
	nr_seen = 0;
}

bool allocfail_disarm(void)
{
	bool reached = nth_to_fail && nr_seen >= nth_to_fail;

	nth_to_fail = 0;
	return reached;
}

long allocfail_live(void)
{
	return nr_live;
}

bool allocfail_next(struct allocfail_each *each)
{
	if (each->ended)
		return false;
	if (!each->nth)
		each->live = nr_live;
	allocfail_arm(++each->nth);
	return true;
}

void allocfail_done(struct allocfail_each *each, int err)
{
	each->ended = !allocfail_disarm();
	assert_int_equal(nr_live, each->live);
	if (err)
		assert_int_equal(err, -ENOMEM);
	if (each->ended)
		assert_int_equal(err, 0);
}

static bool fails(void)
{
	if (!nth_to_fail || ++nr_seen != nth_to_fail)
		return false;
	errno = ENOMEM;
	return true;
}

static void *counted(void *p)
{
	nr_live += p != NULL;
	return p;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size)
{
	if (fails())
		return NULL;
	return p ? __real_realloc(p, size) : counted(__real_malloc(size));
}

int __wrap_posix_memalign(void **p, size_t align, size_t size)
{
	int err = fails() ? ENOMEM : __real_posix_memalign(p, align, size);

	nr_live += !err;
	return err;
}

void __wrap_free(void *p)
{
	nr_live -= p != NULL;
	__real_free(p);
}

char *__wrap_strndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = __wrap_malloc(len + 1);

	if (copy) {
		memcpy(copy, s, len);
		copy[len] = '\0';
	}
	return copy;
}

char *__wrap_strdup(const char *s)
{
	return __wrap_strndup(s, strlen(s));
}

int __wrap_vasprintf(char **ret, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	*ret = len < 0 ? NULL : __wrap_malloc((size_t)len + 1);
	return *ret ? vsnprintf(*ret, (size_t)len + 1, fmt, ap) : -1;
}

int __wrap_asprintf(char **ret, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = __wrap_vasprintf(ret, fmt, ap);
	va_end(ap);
	return len;
}

char *__wrap_realpath(const char *path, char *resolved)
{
	char buf[PATH_MAX];

	if (resolved)
		return __real_realpath(path, resolved);
	return __real_realpath(path, buf) ? __wrap_strdup(buf) : NULL;
}

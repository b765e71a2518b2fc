// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Calls of glibc's _FORTIFY_SOURCE, which musl does not have: see build-musl.sh. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__memcpy_chk(void *to, const void *from, size_t n, size_t room);
int __sprintf_chk(char *to, int flag, size_t room, const char *fmt, ...);

void *__memcpy_chk(void *to, const void *from, size_t n, size_t room)
{
	if (n > room)
		abort();
	return memcpy(to, from, n);
}

int __sprintf_chk(char *to, int flag, size_t room, const char *fmt, ...)
{
	va_list args;
	int n;

	(void)flag;
	va_start(args, fmt);
	n = vsnprintf(to, room, fmt, args);
	va_end(args);
	if (n >= 0 && (size_t)n >= room)
		abort();
	return n;
}

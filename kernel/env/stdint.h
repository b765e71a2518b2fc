/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KBTF_STDINT_H
#define __KBTF_STDINT_H

#include <linux/limits.h>
#include <linux/types.h>

#define UINT32_MAX U32_MAX
#define UINT64_MAX U64_MAX
#ifndef UINTPTR_MAX
#define UINTPTR_MAX ULONG_MAX
#endif

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TEXT_C_ORDER_H
#define KBTF_TEXT_C_ORDER_H

#include "c.h"

/*
 * Print a type, unless it is there already, after all that it needs. Where its
 * size is not needed, only what its name needs: of a struct that is "struct sock;".
 */
void kbtf_c_need(struct kbtf_c *c, uint32_t type_id, bool whole);

#endif

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TESTS_CORE_H
#define KBTF_TESTS_CORE_H

/* What programs with CO-RE records need, without headers of a kernel or of libbpf. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))

/* __builtin_preserve_field_info(), by what it asks */
#define FIELD_OFFSET 0
#define FIELD_SIZE 1
#define FIELD_EXISTS 2
#define FIELD_SIGNED 3
#define FIELD_LSHIFT 4
#define FIELD_RSHIFT 5
/* __builtin_preserve_type_info() */
#define TYPE_EXISTS 0
#define TYPE_SIZE 1
#define TYPE_MATCHES 2
/* __builtin_preserve_enum_value() */
#define ENUMVAL_EXISTS 0
#define ENUMVAL_VALUE 1

#define field_info(field, what) __builtin_preserve_field_info(field, what)
/* clang asks for the sign of numbers only. */
#define all_but_sign(field)                                                                        \
	(field_info(field, FIELD_OFFSET) + field_info(field, FIELD_SIZE) +                         \
	 field_info(field, FIELD_EXISTS) + field_info(field, FIELD_LSHIFT) +                       \
	 field_info(field, FIELD_RSHIFT))
#define all_of(field) (all_but_sign(field) + field_info(field, FIELD_SIGNED))
#define type_info(type, what) __builtin_preserve_type_info(*(typeof(type) *)0, what)
#define enum_value(type, value, what) __builtin_preserve_enum_value(*(typeof(type) *)value, what)

#endif

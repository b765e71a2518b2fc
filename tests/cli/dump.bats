#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "dump: a kernel's BTF, as bpftool prints it" {
    kbtf dump old.btf
    said 0
    printed "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] PTR '(anon)' type_id=3
[3] STRUCT 'list_head' size=16 vlen=2
	'next' type_id=2 bits_offset=0
	'prev' type_id=2 bits_offset=64
[4] STRUCT 'device' size=24 vlen=2
	'id' type_id=1 bits_offset=0
	'node' type_id=3 bits_offset=64
[5] STRUCT 'sock' size=8 vlen=2
	'family' type_id=1 bits_offset=0
	'state' type_id=1 bits_offset=32
[6] STRUCT 'port' size=8 vlen=2
	'speed' type_id=1 bits_offset=0
	'number' type_id=1 bits_offset=32
[7] STRUCT 'gone' size=4 vlen=1
	'x' type_id=1 bits_offset=0"
}

@test "dump: by id and by name" {
    kbtf dump --id 2 --name sock --id 1 --format raw old.btf
    said 0
    printed "[2] PTR '(anon)' type_id=3
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[5] STRUCT 'sock' size=8 vlen=2
	'family' type_id=1 bits_offset=0
	'state' type_id=1 bits_offset=32"
    kbtf dump --id 8 old.btf
    said 1 "old.btf: no type [8]: the last one is [7] [no-type]"
    kbtf dump --type socks --id 1 old.btf
    said 1 "old.btf: no type is named socks [no-type]"
    [ ! -s out ]
}

@test "dump: as JSON, all of it or some" {
    kbtf dump --format json old.btf
    said 0
    [ "$(jq -c '[.first_id, (.types | length), .types[4]]' out)" = '[1,7,{"id":5,"kind":"STRUCT","name":"sock","kind_flag":false,"vlen":2,"size":8,"members":[{"name":"family","type_id":1,"bits_offset":0,"bitfield_size":0},{"name":"state","type_id":1,"bits_offset":32,"bitfield_size":0}]}]' ]
    kbtf dump --format json --type sock --id 2 --type port old.btf
    said 0
    [ "$(jq -c '[.types[].id]' out)" = '[2,5,6]' ]
    kbtf dump --format json --type nobody old.btf
    said 1 "old.btf: no type is named nobody [no-type]"
    [ ! -s out ]
}

@test "dump: a module on its kernel, and a distilled one on another" {
    kbtf dump -B old.btf modules/fits.ko --type fits_priv
    printed "[8] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=4 bits_offset=0"
    kbtf distill -q -B old.btf -o fits.ko modules/fits.ko
    kbtf dump fits.ko --type fits_priv
    printed "[3] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=2 bits_offset=0"
    kbtf dump --root root --kernel 6.0.0-new fits.ko --type fits_priv
    printed "[7] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=4 bits_offset=0"
}

@test "dump: C, all of it" {
    kbtf dump --format c old.btf
    said 0
    printed "#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#if defined(__clang__) && defined(__bpf__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#endif

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

struct device {
	int id;
	struct list_head node;
};

struct sock {
	int family;
	int state;
};

struct port {
	int speed;
	int number;
};

struct gone {
	int x;
};

#if defined(__clang__) && defined(__bpf__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */"
}

@test "dump: C, what is asked for and what that needs" {
    kbtf dump --format c --type device old.btf
    said 0
    printed "struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

struct device {
	int id;
	struct list_head node;
};"
    kbtf dump --format c --alone --sizes --type device old.btf
    said 0
    printed "struct device {
	int id;                                                 /*     0     4 */

	/* XXX 4 bytes hole, try to pack */

	struct list_head node;                                  /*     8    16 */

	/* size: 24, cachelines: 1, members: 2 */
	/* sum members: 20, holes: 1, sum holes: 4 */
	/* last cacheline: 24 bytes */
};"
    kbtf dump --sizes --type device old.btf
    said 2 'kbtf dump: --sizes, --without-base and --alone are for --format c
Try `kbtf dump --help`.'
    kbtf dump --format c --alone old.btf
    said 2 'kbtf dump: --alone is for types asked for with --type or --id
Try `kbtf dump --help`.'
}

@test "dump: C of a module, with what it needs of its kernel and without" {
    kbtf dump --format c -B old.btf --type demo_start modules/fits.ko
    said 0
    printed "struct fits_priv;
extern int demo_start(struct fits_priv *priv);"
    kbtf dump --format c -B old.btf --without-base --type fits_priv modules/fits.ko
    said 0
    printed "struct fits_priv {
	struct device embedded;
	long : 64;
};"
}

@test "dump: what cannot be printed" {
    kbtf dump modules/fits.ko
    said 1 "modules/fits.ko: a module's BTF stands on that of its kernel: name that with --base or --kernel [base-missing]"
    kbtf dump modules/nobtf.ko
    said 1 "modules/nobtf.ko: no BTF in it [no-btf]"
    kbtf dump
    said 2 'kbtf dump: one FILE is wanted, not 0
Try `kbtf dump --help`.'
    kbtf dump -B missing.btf modules/fits.ko
    said 1 "missing.btf: cannot open: No such file or directory [file-read]"
}

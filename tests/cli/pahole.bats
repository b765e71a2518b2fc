#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

# The program by the name of the tool whose place it takes.
pahole() {
    ln -sf "$KBTF" kbtf-pahole
    status=0
    ./kbtf-pahole "$@" >out 2>err || status=$?
}

# A kernel's types as far as a module needs them: one that reads .BTF.base, and one that does not.
kernels() {
    cat >kernel.c <<'SOURCE'
struct device { int id; struct device *parent; };
struct module { char name[56]; void *btf_data; MORE };
int probe(struct device *d, struct module *m) { return d->id + !m->btf_data; }
SOURCE
    ${CC:-cc} -g -O1 -D'MORE=void *btf_base_data;' -c kernel.c -o new.o
    ${CC:-cc} -g -O1 -DMORE= -c kernel.c -o old.o
    pahole -J new.o old.o
    said 0
    cat >mod.c <<'SOURCE'
struct device { int id; struct device *parent; };
struct own { struct device dev; float level; };
enum big { HUGE = 0x100000000ULL };
float use(struct own *o, enum big b) { return o->level + o->dev.id + b; }
SOURCE
    ${CC:-cc} -g -O1 -c mod.c -o mod.ko
    cp mod.ko fresh.ko
}

sections() {
    "$KBTF" info "$1" | sed -n 's/^  section \([^ ]*\) .*/\1/p' | xargs
}

@test "pahole: as build scripts look for it" {
    pahole --version
    said 0
    printed v1.31
    # scripts/pahole-version.sh
    [ "$(./kbtf-pahole --version | sed -E 's/v([0-9]+)\.([0-9]+)/\1\2/')" = 131 ]
    pahole --numeric_version
    printed 131
    pahole --supported_btf_features
    said 0
    grep -q '^encode_force,var,float,decl_tag,type_tag,enum64,optimized_func,consistent_func,decl_tag_kfuncs,reproducible_build' out
    grep -q ',distilled_base' out
}

@test "pahole: what builds of 6.1, 6.12 and 6.19 call" {
    kernels
    pahole -J --btf_gen_floats -j --lang_exclude=rust --skip_encoding_btf_inconsistent_proto --btf_gen_optimized --btf_base new.o mod.ko
    said 0
    "$KBTF" dump -B new.o mod.ko >with_flags
    grep -q "FLOAT 'float'" with_flags
    [ "$(sections mod.ko)" = ".BTF" ]
    ! grep -q "STRUCT 'device'" with_flags # the base has it

    cp fresh.ko mod.ko
    pahole -J -j --btf_features=encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,decl_tag_kfuncs \
        --btf_features=distilled_base --lang_exclude=rust --btf_base new.o mod.ko
    said 0
    [ "$(sections mod.ko)" = ".BTF .BTF.base .BTF.embedded" ]

    pahole -J -j8 --btf_features=encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,some_day \
        --btf_base new.o --btf_encode_detached=out.btf fresh.ko
    said 0
    diff <("$KBTF" dump -B new.o out.btf) with_flags
    [ "$(sections fresh.ko)" = "" ]
}

@test "pahole: features, in their order" {
    kernels
    pahole -J mod.ko
    "$KBTF" dump mod.ko >dump
    ! grep -q FLOAT dump
    grep -q "ENUM64 'big'" dump
    pahole -J --skip_encoding_btf_enum64 --btf_gen_all mod.ko
    "$KBTF" dump mod.ko | grep -q "ENUM64 'big'"
    pahole -J --btf_gen_all --skip_encoding_btf_enum64 mod.ko
    ! "$KBTF" dump mod.ko | grep -q "ENUM64 'big'"
    pahole -J --btf_features=+global_var mod.ko
    "$KBTF" dump mod.ko | grep -q FLOAT
    pahole -V -J --btf_features=float,wings mod.ko
    said 0 'kbtf-pahole: passed over: wings is no feature
kbtf-pahole: mod.ko: '"$("$KBTF" info mod.ko | sed -n 's/.*: \([0-9]*\) bytes, \([0-9]*\) types.*/\2 types, \1 bytes/p')"
    pahole -J --btf_features_strict=float,wings mod.ko
    said 2 'kbtf-pahole: wings is no feature'
}

@test "pahole: external modules have a base, if the kernel reads it" {
    kernels
    export KBUILD_EXTMOD=$PWD
    for flags in --btf_gen_floats --btf_features=default; do
        cp fresh.ko mod.ko
        pahole -J $flags --btf_base new.o mod.ko
        said 0
        [ "$(sections mod.ko)" = ".BTF .BTF.base .BTF.embedded" ]
        "$KBTF" check -q -B new.o mod.ko
        cp fresh.ko mod.ko
        pahole -J $flags --btf_base old.o mod.ko
        said 0
        [ "$(sections mod.ko)" = ".BTF" ]
        "$KBTF" verify -q -B old.o mod.ko
    done
    BTF_BASE_REF=1 pahole -J --btf_base old.o mod.ko
    [ "$(sections mod.ko)" = ".BTF .BTF.base .BTF.embedded" ]
    cp fresh.ko mod.ko
    BTF_BASE_REF=0 pahole -J --btf_base new.o mod.ko
    [ "$(sections mod.ko)" = ".BTF" ]
    "$KBTF" verify -q -B new.o mod.ko
    cp fresh.ko mod.ko
    KBUILD_EXTMOD='' pahole -J --btf_base new.o mod.ko
    [ "$(sections mod.ko)" = ".BTF" ]
}

@test "pahole: external modules that ask for standalone BTF, or for another base" {
    kernels
    export KBUILD_EXTMOD=$PWD BTF_BASE=
    pahole -J --btf_base new.o mod.ko
    said 0
    [ "$(sections mod.ko)" = ".BTF .BTF.base" ]
    "$KBTF" dump mod.ko | grep -q "STRUCT 'device'"
    "$KBTF" check -q -B new.o mod.ko
    pahole -J mod.ko
    [ "$(sections mod.ko)" = ".BTF .BTF.base" ]
    cp fresh.ko mod.ko
    pahole -J --btf_base old.o mod.ko
    [ "$(sections mod.ko)" = ".BTF" ]
    "$KBTF" verify -q mod.ko
    pahole -J --btf_base new.o --btf_encode_detached raw.btf fresh.ko
    "$KBTF" verify -q raw.btf

    mkdir kernel
    cp new.o module_is_here
    cp fresh.ko kernel/mod.ko
    ln -sf "$KBTF" kbtf-pahole
    (cd kernel && BTF_BASE=module_is_here ../kbtf-pahole -J --btf_base ../old.o mod.ko)
    "$KBTF" check -q -B new.o kernel/mod.ko
    [ "$(sections kernel/mod.ko)" = ".BTF .BTF.base .BTF.embedded" ]
    BTF_BASE=nowhere pahole -J --btf_base new.o mod.ko
    said 1 'kbtf-pahole: nowhere: cannot open: No such file or directory [file-read]'
}

@test "pahole and resolve_btfids: external modules in the files of 6.19" {
    kernels
    ln -sf "$KBTF" kbtf-resolve_btfids
    export KBUILD_EXTMOD=$PWD
    pahole -J --btf_base new.o --btf_encode_detached=mod.ko.BTF.1 mod.ko
    ./kbtf-resolve_btfids --btf_base new.o --btf mod.ko.BTF.1 mod.ko
    [ "$(echo mod.ko.BTF*)" = "mod.ko.BTF mod.ko.BTF.1 mod.ko.BTF.base" ]
    "$KBTF" dump mod.ko.BTF.base | grep -q "STRUCT 'device' size"
    rm mod.ko.BTF*
    export BTF_BASE=
    pahole -J --btf_base new.o --btf_encode_detached=mod.ko.BTF.1 mod.ko
    ./kbtf-resolve_btfids --btf_base new.o --btf mod.ko.BTF.1 mod.ko
    [ "$(echo mod.ko.BTF*)" = "mod.ko.BTF mod.ko.BTF.1 mod.ko.BTF.base" ]
    [ "$("$KBTF" dump mod.ko.BTF.base | wc -l)" -eq 1 ]
    "$KBTF" verify -q -B mod.ko.BTF.base mod.ko.BTF
}

@test "pahole: failures and wrong calls" {
    pahole -J old.btf
    said 1 'kbtf-pahole: old.btf: no debug information in it: there is no section .debug_info [no-dwarf]'
    try='
Try `kbtf-pahole --help`.'
    pahole -J --btf_base missing old.btf
    said 1 'kbtf-pahole: missing: cannot open: No such file or directory [file-read]'
    pahole old.btf
    said 2 "kbtf-pahole: -J is wanted: nothing but encoding is done$try"
    pahole -J
    said 2 "kbtf-pahole: a FILE is wanted$try"
    pahole -C sock old.btf
    said 2 "kbtf-pahole: -C is no option that kernel builds give to pahole$try"
    pahole -J --hashbits=3 old.btf
    said 2 "kbtf-pahole: --hashbits=3 is no option that kernel builds give to pahole$try"
    pahole -J old.btf --btf_base
    said 2 "kbtf-pahole: --btf_base needs an argument$try"
    pahole -J -jx old.btf
    said 2 "kbtf-pahole: x is no number of threads$try"
    pahole -J --lang_exclude=rust,c11 old.btf
    said 2 "kbtf-pahole: c11 cannot be left out$try"
    pahole -J --btf_encode_detached=x old.btf new.btf
    said 2 "kbtf-pahole: one FILE is wanted with --btf_encode_detached$try"
}

@test "pahole: the manual page has the options of --help" {
    pahole --help
    said 0
    diff <(sed -n 's/^  -., \(--[a-z_-]*\).*/\1/p; s/^ \{6\}\(--[a-z_0-9-]*\).*/\1/p' out | sort) \
        <(sed -n '/^\.It Fl/{s/^\.It //; s/Fl \(.\) , Fl -/--/; s/^Fl -/--/; s/ .*//; p}' \
            "$KBTF_SOURCE/man/kbtf-pahole.1" | grep '^--' | sort)
}

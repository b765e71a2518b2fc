#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

# The program by the name of the tool whose place it takes.
resolve() {
    ln -sf "$KBTF" kbtf-resolve_btfids
    status=0
    ./kbtf-resolve_btfids "$@" >out 2>err || status=$?
}

# Whether a module has the ids of another; its symbols may be where these went.
has_ids_of() {
    cmp <("$KBTF" extract --section .BTF_ids "$1") <("$KBTF" extract --section .BTF_ids "$2")
}

@test "resolve_btfids: in place, on the base named" {
    ln fresh.ko link.ko
    resolve -b old.btf fresh.ko
    said 0
    has_ids_of fresh.ko modules/ids.ko
    [ fresh.ko -ef link.ko ] # it is the same file still
    cp fresh.ko once.ko
    resolve -v -r --no-fail --btf_base=old.btf fresh.ko
    said 0 "kbtf-resolve_btfids: fresh.ko: 3 ids, 0 warnings"
    cmp fresh.ko once.ko
}

@test "resolve_btfids: a file without .BTF_ids or symbols is left alone" {
    cp modules/fits.ko modules/nobtf.ko .
    for file in fits.ko nobtf.ko stripped.ko; do
        cp "$file" before
        resolve -b old.btf "$file"
        said 0
        cmp "$file" before
    done
}

@test "resolve_btfids: .BTF.base goes before the base named" {
    "$KBTF" distill -q -B old.btf -o distilled.ko fresh.ko
    "$KBTF" distill -q -B old.btf -o expected.ko modules/ids.ko
    resolve -b old.btf distilled.ko
    said 0
    "$KBTF" extract -q --section .BTF_ids -o expected expected.ko
    "$KBTF" extract --section .BTF_ids distilled.ko | cmp - expected
}

lacking='WARN: resolve_btfids: type [10] FUNC demo_start: type [9] has the same name, comes first and is taken [ids-ambiguous]
WARN: resolve_btfids: unresolved symbol demo_stop: no FUNC of this name in the BTF, its id becomes 0 [ids-missing]'

@test "resolve_btfids: warnings, and when they are fatal" {
    cp lacks.ko again.ko
    resolve -b old.btf lacks.ko
    said 0 "$lacking"
    resolve --fatal_warnings -b old.btf again.ko
    said 1 "$lacking"
    cmp lacks.ko again.ko
}

@test "resolve_btfids: files since 6.19" {
    "$KBTF" extract -q -o fresh.btf fresh.ko
    cp fresh.ko before.ko
    resolve --btf_base old.btf --btf fresh.btf fresh.ko
    said 0
    cmp fresh.ko before.ko
    [ "$(echo fresh.ko.*)" = "fresh.ko.BTF fresh.ko.BTF_ids" ]
    diff <("$KBTF" dump -B old.btf fresh.ko.BTF) - <<'TEXT'
[8] PTR '(anon)' type_id=12
[9] FUNC_PROTO '(anon)' ret_type_id=1 vlen=1
	'priv' type_id=8
[10] FUNC 'demo_start' type_id=9 linkage=static
[11] FUNC 'demo_stop' type_id=9 linkage=static
[12] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=4 bits_offset=0
TEXT
    [ "$(od -An -v -tu4 fresh.ko.BTF_ids | xargs)" = "2 0 10 1 11 0 4" ]

    resolve --btf_base old.btf --btf fresh.btf --distill_base fresh.ko
    said 0
    [ "$(echo fresh.ko.*)" = "fresh.ko.BTF fresh.ko.BTF.base fresh.ko.BTF_ids" ]
    "$KBTF" dump fresh.ko.BTF.base | grep -q "STRUCT 'device' size=24"
    "$KBTF" verify -q -B fresh.ko.BTF.base fresh.ko.BTF

    resolve --patch_btfids fresh.ko.BTF_ids fresh.ko
    said 0
    "$KBTF" extract --section .BTF_ids fresh.ko | cmp - fresh.ko.BTF_ids
}

@test "resolve_btfids: files of a module without ids, and of a kernel" {
    resolve --btf old.btf modules/fits.ko
    said 0
    [ "$(echo modules/fits.ko.*)" = modules/fits.ko.BTF ]
    diff <("$KBTF" dump modules/fits.ko.BTF | sed -n "s/^[^']*'\([^']*\)'.*/\1/p" | grep -v '^[a-z]*$' | sort -c) /dev/null
    resolve --interface in-place --btf fresh.ko -b old.btf fresh.ko
    said 0
    has_ids_of fresh.ko modules/ids.ko
}

@test "resolve_btfids: failures" {
    resolve -b old.btf missing.ko
    said 1 "FAILED: missing.ko: cannot open: No such file or directory [file-read]"
    resolve -b missing.btf fresh.ko
    said 1 "FAILED: missing.btf: cannot open: No such file or directory [file-read]"
    resolve -b modules/nobtf.ko fresh.ko
    said 1 "FAILED: modules/nobtf.ko: no section .BTF [no-btf]"
    resolve -b old.btf old.btf
    said 1 "FAILED: old.btf: raw BTF is no ELF [not-elf]"
    head -c 8 old.btf >short
    resolve --patch_btfids short fresh.ko
    said 1 "FAILED: fresh.ko: section .BTF_ids has 28 bytes, and short fewer [ids-size]"
    resolve --patch_btfids old.btf fresh.ko
    said 1 "FAILED: fresh.ko: section .BTF_ids has 28 bytes, and old.btf more [ids-size]"
    resolve --patch_btfids missing fresh.ko
    said 1 "FAILED: missing: cannot open: No such file or directory [file-read]"
    resolve --patch_btfids short modules/fits.ko
    said 1 "FAILED: modules/fits.ko: no section .BTF_ids [no-section]"
    xz -k fresh.ko
    resolve -b old.btf fresh.ko.xz
    said 1 "FAILED: fresh.ko.xz: xz, ELF module: only plain ELF can be changed in place [patch-kind]"
}

@test "resolve_btfids: calls that are wrong, help, version" {
    resolve
    said 2 'kbtf-resolve_btfids: one FILE is wanted
Try `kbtf-resolve_btfids --help`.'
    resolve --btf
    said 2 'kbtf-resolve_btfids: --btf needs an argument
Try `kbtf-resolve_btfids --help`.'
    resolve --nothing fresh.ko
    said 2 'kbtf-resolve_btfids: --nothing is no option
Try `kbtf-resolve_btfids --help`.'
    resolve --interface other fresh.ko
    said 2 'kbtf-resolve_btfids: other is neither in-place nor files
Try `kbtf-resolve_btfids --help`.'
    resolve --help
    said 0
    diff <(sed -n 's/^ \{2,6\}\(-.\), \(--[a-z_-]*\).*/\2/p; s/^ \{6\}\(--[a-z_-]*\).*/\1/p' out | sort) \
        <(sed -n '/^\.It Fl/{s/^\.It //; s/Fl \(.\) , Fl -/--/; s/^Fl -/--/; s/ Ar .*//; p}' \
            "$KBTF_SOURCE/man/kbtf-resolve_btfids.1" | grep '^--' | sort)
    resolve --version
    said 0
    printed "$("$KBTF" --version)"
}

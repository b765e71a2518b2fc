#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "distill: a folder goes to a folder, each module with its path" {
    kbtf distill -B old.btf -o made modules
    said 0
    printed "kernel       old.btf
files             5
distilled         4
no BTF            1
BTF          613 -> 1408 bytes; .BTF.base 269, .BTF.embedded 526"
    [ "$(cd made && find . -type f | sort | xargs)" = "./fits.ko ./ids.ko ./net/drifts.ko ./net/refused.ko" ]
}

@test "distill: what binutils sees is a module with three sections of BTF" {
    kbtf distill -B old.btf -o out.ko modules/fits.ko
    said 0
    readelf -SW out.ko | grep -q ' \.BTF\.base  *PROGBITS .*  A '
    readelf -SW out.ko | grep -q ' \.BTF\.embedded  *PROGBITS .* [0-9a-f][0-9a-f]  *0 '
    objcopy -O binary --only-section=.modinfo --set-section-flags .modinfo=alloc out.ko out.modinfo
    objcopy -O binary --only-section=.modinfo --set-section-flags .modinfo=alloc modules/fits.ko in.modinfo
    cmp in.modinfo out.modinfo
}

@test "distill: .BTF_ids are renumbered, and the set is sorted" {
    kbtf distill -B old.btf -o out.ko modules/ids.ko
    said 0
    objcopy -O binary --only-section=.BTF_ids out.ko ids
    [ "$(od -An -tu4 -w28 ids | xargs)" = "2 0 6 1 7 0 2" ]
    kbtf dump --id 6 --id 7 --id 2 out.ko
    printed "[6] FUNC 'demo_start' type_id=5 linkage=static
[7] FUNC 'demo_stop' type_id=5 linkage=static
[2] STRUCT 'device' size=24 vlen=0"
}

@test "distill: an id in a list, which kernels do not relocate, is noted" {
    kbtf distill -v -B old.btf -o out.ko modules/ids.ko
    said 0 "note: modules/ids.ko: .BTF_ids: struct__device is in a list, not in a set: it is right when loaded only if the module has the kernel relocate it [ids-list]"
}

@test "distill: .BTF_ids without symbols are refused" {
    kbtf distill -q -B old.btf -o out.ko stripped.ko
    said 1 "stripped.ko: .BTF_ids+0x0: no __BTF_ID__ symbol tells what the word 2 is; the module's symbols were stripped [ids-symbols-gone]"
    [ ! -s out ] && [ ! -e out.ko ]
}

@test "distill: a distilled module is left alone, whoever asks" {
    kbtf distill -q -B old.btf --in-place modules
    said 0
    before=$(contents modules)
    kbtf distill -B old.btf --in-place modules
    said 0
    printed "kernel       old.btf
files             5
already           4
no BTF            1"
    [ "$(contents modules)" = "$before" ]
}

@test "distill: a module of another kernel is refused" {
    kbtf distill -q --root root --kernel 6.0.0-new -o made modules/fits.ko
    said 1 "modules/fits.ko: built for kernel 6.0.0-old, but the base is that of kernel 6.0.0-new [other-kernel]"
}

@test "distill: split BTF of another base, where no release tells" {
    kbtf distill -q --raw -B old.btf -o made modules
    said 0
    kbtf distill -q -B made/fits.base.btf -o other.ko modules/fits.ko
    [ "$status" -eq 1 ]
    grep -q '^modules/fits.ko: \.BTF+0x.*; is the base that of the kernel it was built on? \[' err || { cat err; false; }
    [ ! -e other.ko ]
}

@test "distill: without files, the modules of the kernel" {
    kbtf distill -q -v --root root --kernel 6.0.0-old -o made
    said 0
    [ -e made/fits.ko ]
}

@test "distill: a bad module does not stop the others" {
    head -c 100 modules/fits.ko >modules/cut.ko
    kbtf distill -q -B old.btf -o made modules missing.ko
    [ "$status" -eq 1 ]
    grep -q '^modules/cut.ko: .* \[elf-' err || { cat err; false; }
    grep -qx 'missing.ko: cannot open: No such file or directory \[[a-z-]*\]' err || { cat err; false; }
    [ "$(find made -type f | wc -l)" -eq 4 ]
}

@test "distill: modules stay compressed as they were" {
    for form in xz gz zst; do
        case $form in
        xz) xz -k --check=crc32 modules/fits.ko ;;
        gz) gzip -kn modules/fits.ko ;;
        zst) zstd -q modules/fits.ko -o modules/fits.ko.zst ;;
        esac
        rm -rf made
        kbtf distill -q -B old.btf -o made/ modules/fits.ko.$form
        said 0
        case $form in
        xz) xz -t made/fits.ko.xz ;;
        gz) gzip -t made/fits.ko.gz ;;
        zst) zstd -q -t made/fits.ko.zst ;;
        esac
        kbtf distill -q -B old.btf -o plain.ko modules/fits.ko.$form
        said 0
        [ "$(head -c 4 plain.ko | tail -c 3)" = ELF ]
    done
}

@test "distill: --raw writes the BTF and its base alone" {
    kbtf distill -q --raw -B old.btf -o made/ modules/fits.ko
    said 0
    [ "$(cd made && ls | xargs)" = "fits.base.btf fits.btf" ]
    kbtf distill -q -B old.btf -o fits.ko modules/fits.ko
    kbtf extract -q -o a.btf fits.ko
    cmp a.btf made/fits.btf
    kbtf extract -q --section .BTF.base -o a.btf fits.ko
    cmp a.btf made/fits.base.btf
}

@test "distill: raw BTF in, raw BTF out, and back through relocate" {
    kbtf extract -q -o fits.btf modules/fits.ko
    kbtf distill -q -B old.btf -o made/ fits.btf
    said 0
    kbtf relocate -q -B old.btf -o back/ made/fits.btf
    said 0
    kbtf dump -B old.btf back/fits.btf
    said 0
    kbtf distill -q -B old.btf --in-place fits.btf
    said 1 "fits.btf: raw BTF and its base are two files, which cannot be replaced in one step: use -o [raw-in-place]"
}

@test "distill: a signed module loses its signature, and that is said" {
    kbtf distill -B old.btf -o made/ signed.ko
    said 0
    grep -q '^unsigned          1  of the files written were signed' out
    ! grep -q 'Module signature appended' made/signed.ko
}

@test "distill: a signed module is not changed in place unless told what becomes of the signature" {
    before=$(contents .)
    kbtf distill -q -B old.btf --in-place signed.ko
    said 1 "signed.ko: the module is signed, and a changed one needs a new signature: use --strip-signature or --sign-with [signed]"
    rm out err
    [ "$(contents .)" = "$before" ]
    kbtf distill -q -B old.btf --in-place --strip-signature signed.ko
    said 0
    ! grep -q 'Module signature appended' signed.ko
}

@test "distill: --sign-with has the module signed" {
    cat >sign <<'SH'
#!/bin/sh
# Append what a kernel takes for a signature to the module, the last argument.
[ "$1" = KEY ] || exit 3
echo "signing"
printf 'made up\0\0\2\0\0\0\0\0\0\0\0\7~Module signature appended~\n' >>"$2"
SH
    chmod +x sign
    kbtf distill --json -B old.btf --in-place --sign-with "./sign KEY" signed.ko
    said 0 "signing"
    [ "$(jq -r '.files[0].signature' out)" = made ]
    [ "$(tail -c 28 signed.ko)" = "~Module signature appended~" ]
    cp modules/fits.ko .
    kbtf distill -q -B old.btf --in-place --sign-with "./sign OTHER" fits.ko
    said 1 "fits.ko: ./sign OTHER: exit status 3 [sign-failed]"
    kbtf distill -q -B old.btf --in-place --sign-with true fits.ko
    said 1 "fits.ko: true: left no signature [sign-failed]"
    kbtf distill -q -B old.btf --in-place --sign-with "echo x >" fits.ko
    [ "$status" -eq 1 ]
    cmp fits.ko modules/fits.ko
}

@test "distill: any number of threads gives the same bytes and the same report" {
    kbtf distill -j1 --json -B old.btf -o one many modules stripped.ko
    [ "$status" -eq 1 ]
    jq 'del(.. | .seconds?) | del(.files[].output)' out >one.json
    mv err one.err
    kbtf distill -j4 --json -B old.btf -o four many modules stripped.ko
    jq 'del(.. | .seconds?) | del(.files[].output)' out >four.json
    diff one.json four.json
    diff one.err err
    [ "$(contents one)" = "$(contents four)" ]
    [ "$(find one -type f | wc -l)" -eq 64 ]
}

@test "distill: the output is never the input, by whatever name" {
    before=$(contents modules)
    kbtf distill -q -B old.btf -o modules/fits.ko modules/fits.ko
    said 1 "modules/fits.ko: the output modules/fits.ko is the input: use --in-place [over-input]"
    ln -s modules other
    kbtf distill -q -B old.btf -o other modules/fits.ko
    said 1 "modules/fits.ko: the output other/fits.ko is the input: use --in-place [over-input]"
    [ "$(contents modules)" = "$before" ]
}

@test "distill: a mode is kept, and a failed write changes nothing" {
    chmod 640 modules/fits.ko
    kbtf distill -q -B old.btf -o made/ modules/fits.ko
    [ "$(stat -c %a made/fits.ko)" = 640 ]
    : >file
    kbtf distill -q -B old.btf -o file/made/ modules/fits.ko
    [ "$status" -eq 1 ]
    grep -q '^modules/fits.ko: file/made/fits.ko: .*Not a directory' err || { cat err; false; }
}

#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# standalone-agrees.sh BUILD: do stock kernels take standalone BTF for what it is?
#
# Under qemu, on Debian's newest 6.12 cloud kernel:
#   ids       modules with .BTF_ids, standalone, load, and their kfuncs are registered
#   oldest    the BTF of modules of the oldest build, standalone, carried by a module
#             that does nothing: those that do not relocate distilled, and every fourth
#             of the others. All are taken, whatever changed since
#   programs  what BPF programs can do with the functions, types and kfuncs of modules
#             as they came, distilled, standalone in either depth, and put back
# and on the newest 6.1 one, which does not relocate, programs on a module put back.
# /sys/kernel/btf files are compared with what `kbtf standalone --to-split` predicts,
# byte for byte. Prints TAP.
#   KBTF_LIBBPF_PREFIX  a libbpf to build the programs with: include/ and lib/libbpf.a
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"

kbtf=$1/tool/kbtf
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

# Report a test: ok or "not ok", its name, and why it was skipped if it was.
report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

# Unpack modules, paths on standard input, into a folder.
unpack() {
    local module
    mkdir -p "$1"
    while read -r module; do
        case $module in
        *.xz) xz -dc "$module" >"$1/$(basename "$module" .xz)" ;;
        *) cp "$module" "$1" ;;
        esac
    done
}

modules_of() {
    find "$kernels/$1/lib/modules" -name '*.ko' -o -name '*.ko.xz'
}

image_of() {
    printf '%s/boot/vmlinuz-%s\n' "$kernels/$1" "$(kernels_release "$1")"
}

# Run kbtf standalone on a folder with the kernel of a package.
standalone() {
    local package=$1
    shift
    "$kbtf" standalone -q --kernel "$(kernels_release "$package")" --root "$kernels/$package" "$@" >&2
}

# Compare the BTF that the kernel has of the modules that were loaded with what was predicted.
compare() {
    local what=$1 predicted=$2 name errno

    while IFS=$'\t' read -r name _ errno; do
        if [ "$errno" != 0 ]; then
            report 'not ok' "$what: $name: does not load, errno $errno"
        elif [ ! -e "$work/$what-out/btf/$name" ]; then
            report 'not ok' "$what: $name: the kernel dropped its BTF"
        elif cmp "$predicted/$name.btf" "$work/$what-out/btf/$name" >&2; then
            report ok "$what: $name: same bytes"
        else
            report 'not ok' "$what: $name: other bytes than predicted"
        fi
    done <"$work/$what-out/loads.tsv"
}

# ---- Programs ---------------------------------------------------------------

# Build the program that loads programs. Returns 1 where what that takes is not there; that
# it does not build is a failed test.
build_probe() {
    local prefix=${KBTF_LIBBPF_PREFIX-} flags=() archive

    if [ -n "$prefix" ]; then
        flags=("-I$prefix/include")
        archive=$prefix/lib/libbpf.a
    else
        archive=$(${CC:-cc} -print-file-name=libbpf.a)
    fi
    if [ ! -e "$archive" ] || ! command -v clang >/dev/null; then
        return 1
    fi
    if ! clang -O2 -g -target bpf -D__TARGET_ARCH_x86 "${flags[@]}" \
        "-I/usr/include/$(${CC:-cc} -print-multiarch)" \
        -c -o "$work/probe.bpf.o" "$here/probe.bpf.c" >&2 ||
        ! ${CC:-cc} -static -O1 "${flags[@]}" -o "$work/probe" "$here/probe.c" \
            "$archive" -lelf -lz >&2; then
        report 'not ok' 'programs: they do not build'
        return 1
    fi
}

# Write the guest's script: for each form load the modules and try the programs.
#   programs FORM... -- MODULE... -- PROGRAM...
write_run() {
    local forms=() modules=()

    while [ "$1" != -- ]; do forms+=("$1"); shift; done
    shift
    while [ "$1" != -- ]; do modules+=("$1"); shift; done
    shift
    cat <<END
#!/bin/busybox sh
dmesg -n 1
for form in ${forms[*]}; do
    for module in ${modules[*]}; do
        rmmod \$module 2>/dev/null
        echo "\$form: load \$module \$(load 0 /forms/\$form/\$module.ko)"
    done
    for program in $*; do
        echo "\$form: \$(/probe /probe.bpf.o \$program 2>/dev/null | tr '\\t' ' ')"
    done
done
END
}

# One line of what the programs said has to be there.
expect() {
    local what=$1 out=$2 line=$3

    if grep -qxF "$line" "$out/run.out"; then
        report ok "$what: $line"
    else
        report 'not ok' "$what: expected '$line', got '$(grep -F "$(cut -d' ' -f1,2 <<<"$line")" "$out/run.out" | head -n 1)'"
    fi
}

expect_types() {
    local what=$1 out=$2 form=$3

    expect "$what" "$out" "$form: load vsock 0"
    expect "$what" "$out" "$form: own_types 0 cid=4711 family=40 type=0 "
    expect "$what" "$out" "$form: kernel_type_by_core 0 cid=0 family=0 type=1 "
}

# ---- The tests --------------------------------------------------------------

try_newest() {
    local out=$work/ids-out form add=() run=()
    local forms=(asis distilled all names split)

    modules_of "$newest" | unpack "$work/newest"
    find "$work/newest" -name '*.ko' -exec grep -lF .BTF_ids {} + >"$work/with-ids"
    # Those, and what they depend on.
    mkdir "$work/ids"
    modprobe_closure "$work/newest" <"$work/with-ids" | xargs cp -t "$work/ids"
    standalone "$newest" --depth names -o "$work/ids-modules" "$work/ids" || return 1
    standalone "$newest" --to-split --raw -o "$work/ids-predicted" "$work/ids-modules" || return 1
    "$here/order.sh" "$work/ids-modules" >"$work/ids.list"

    if build_probe; then
        mkdir "$work/asis"
        cp "$work/newest/vsock.ko" "$work/newest/tcp_bbr.ko" "$work/asis"
        standalone "$newest" -o "$work/all" "$work/asis" || return 1
        standalone "$newest" --depth names -o "$work/names" "$work/asis" || return 1
        standalone "$newest" --to-split -o "$work/split" "$work/all" || return 1
        "$kbtf" distill -q --kernel "$(kernels_release "$newest")" --root "$kernels/$newest" \
            -o "$work/distilled" "$work/asis" || return 1
        for form in "${forms[@]}"; do
            add+=(-a "$work/$form/vsock.ko=/forms/$form/vsock.ko"
                -a "$work/$form/tcp_bbr.ko=/forms/$form/tcp_bbr.ko")
        done
        write_run "${forms[@]}" -- vsock tcp_bbr -- own_types kernel_type_by_core \
            kernel_type_by_walk kernel_type_to_kfunc >"$work/run.sh"
        run=(-r "$work/run.sh" -a "$work/probe=/probe" -a "$work/probe.bpf.o=/probe.bpf.o")
    fi
    "$here/boot.sh" -k "$(image_of "$newest")" -o "$out" -l "$work/ids.list" \
        "${run[@]}" "${add[@]}" >&2 || return 1
    compare ids "$work/ids-predicted"
    if grep -q 'cannot register kfunc' "$out/dmesg"; then
        report 'not ok' "ids: $(grep -m1 'cannot register kfunc' "$out/dmesg")"
    else
        report ok 'ids: every kfunc is registered'
    fi
    if [ ${#run[@]} -eq 0 ]; then
        report ok programs 'no clang, or no static libbpf'
        return
    fi
    for form in "${forms[@]}"; do
        expect_types programs "$out" "$form"
    done
    for form in asis distilled all split; do
        expect programs "$out" "$form: kernel_type_by_walk 0 cid=0 family=0 type=1 "
    done
    # What standalone BTF cannot do: docs/standalone.md.
    expect programs "$out" "names: kernel_type_by_walk 22 cid=0 family=0 type=0 struct socket doesn't have field at offset 4"
    for form in asis distilled; do
        expect programs "$out" "$form: kernel_type_to_kfunc 0 cid=0 family=0 type=0 "
    done
    for form in all names split; do
        expect programs "$out" "$form: kernel_type_to_kfunc 22 cid=0 family=0 type=0 kernel function bbr_init args#0 expected pointer to STRUCT sock but R1 has a pointer to STRUCT tcp_sock"
    done
}

# Print the modules named on standard input, and all that they depend on, in a folder.
modprobe_closure() {
    local folder=$1 todo=() seen=' ' module name depends

    mapfile -t todo
    while [ ${#todo[@]} -gt 0 ]; do
        module=${todo[0]}
        todo=("${todo[@]:1}")
        case $seen in *" $module "*) continue ;; esac
        seen+="$module "
        printf '%s\n' "$module"
        IFS=, read -ra depends < <(modinfo -F depends "$module") || :
        for name in "${depends[@]}"; do
            # A file may have - in its name where modinfo has _.
            todo+=("$(find "$folder" -name "$(tr _- '??' <<<"$name").ko" | head -n 1)")
        done
    done
}

# Print the names of those modules of the oldest build that the newest refuses distilled.
refused_distilled() {
    "$kbtf" distill -q --kernel "$(kernels_release "$oldest")" --root "$kernels/$oldest" \
        -o "$work/oldest-distilled" "$work/oldest" >&2 || return 1
    { "$kbtf" check --json --kernel "$(kernels_release "$newest")" --root "$kernels/$newest" \
        "$work/oldest-distilled" 2>/dev/null || [ $? -eq 1 ]; } |
        jq -r '.files[] | select(.verdict == "refused") | .path | sub(".*/"; "") | sub("\\.ko$"; "")'
}

# BTF of modules in the place of that of nls_ascii, which is a table.
try_oldest() {
    local module name raw refused i=0

    modules_of "$oldest" | unpack "$work/oldest"
    standalone "$oldest" --depth names --raw -o "$work/oldest-names" "$work/oldest" || return 1
    standalone "$oldest" --depth all --raw -o "$work/oldest-all" "$work/oldest" || return 1
    refused=" $(refused_distilled | xargs) "
    mkdir "$work/carriers"
    for module in "$work/oldest"/*.ko; do
        name=$(basename "$module" .ko)
        i=$((i + 1))
        if [ $((i % 4)) -ne 0 ] && [[ $refused != *" $name "* ]]; then
            continue
        fi
        # Half a megabyte each is too much for the guest to hold them all.
        raw=$work/oldest-names
        [ $((i % 20)) -ne 0 ] || raw=$work/oldest-all
        [ -e "$raw/$name.btf" ] || continue
        objcopy --update-section ".BTF=$raw/$name.btf" \
            --add-section ".BTF.base=$raw/$name.base.btf" --set-section-flags .BTF.base=alloc,readonly \
            "$work/newest/nls_ascii.ko" "$work/carriers/$name.ko" || return 1
    done
    rm -r "$work/oldest-names" "$work/oldest-all"
    standalone "$newest" --to-split --raw -o "$work/oldest-predicted" "$work/carriers" || return 1
    "$here/boot.sh" -k "$(image_of "$newest")" -o "$work/oldest-out" -u nls_ascii -m 2500 -t 900 \
        "$work/carriers"/*.ko >&2 || return 1
    compare oldest "$work/oldest-predicted"
}

try_6_1() {
    local package out=$work/6.1-out

    package=$(kernels_list 6.1 cloud amd64 | tail -n 1)
    if [ ! -e "$work/probe" ]; then
        report ok 'programs on 6.1' 'no clang, or no static libbpf'
        return
    fi
    if [ -z "$package" ] || ! kernels_fetch "$package" amd64 "$kernels" >&2; then
        report ok 'programs on 6.1' 'the package registry has no 6.1 kernel'
        return
    fi
    modules_of "$package" | grep -E '/vsock\.ko' | unpack "$work/6.1"
    standalone "$package" --depth names -o "$work/6.1-names" "$work/6.1" || return 1
    standalone "$package" --to-split -o "$work/6.1-split" "$work/6.1-names" || return 1
    write_run split -- vsock -- own_types kernel_type_by_core >"$work/run-6.1.sh"
    "$here/boot.sh" -k "$(image_of "$package")" -o "$out" -r "$work/run-6.1.sh" \
        -a "$work/probe=/probe" -a "$work/probe.bpf.o=/probe.bpf.o" \
        -a "$work/6.1-split/vsock.ko=/forms/split/vsock.ko" >&2 || return 1
    expect_types 'programs on 6.1' "$out" split
}

mapfile -t packages < <(kernels_list 6.12 cloud amd64)
[ ${#packages[@]} -gt 0 ] || skip_all 'the package registry offers no 6.12 kernel'
newest=${packages[-1]}
oldest=${packages[0]}
for package in "$newest" "$oldest"; do
    kernels_fetch "$package" amd64 "$kernels" >&2 || skip_all "$package could not be fetched"
done

try_newest
try_6_1
if [ "$oldest" = "$newest" ]; then
    report ok 'BTF of another build' 'the package registry has one build only'
else
    try_oldest
fi
printf '1..%d\n' "$nr"

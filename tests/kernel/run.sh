#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# run.sh BUILD KERNEL [NAME...]: what a kernel does whose BTF is in a module.
#
# BUILD is where kbtf is built, KERNEL what `kernel/build -o` made. Each scenario of
# scenarios/ and each line of triggers.txt is a boot under qemu, with a busybox
# initramfs; with y the latter are one. A scenario's output has to be that of
# scenarios/NAME.out, and the kernel's log without a warning. With NAMEs only those. A
# kernel whose BTF is built in has to give the same, but for lines that begin with
# "state:", in all scenarios that do not say "Only with m". Others say "Only with
# CONFIG_OPTION". With KASAN everything takes more time, and gets it.
#   KBTF_TEST_ACCEPT=1  write the outputs there are to scenarios/
#   KBTF_TEST_KEEP=DIR  leave what the guests left in DIR
# Prints TAP, a test a boot.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=tests/kernel/programs.sh
. "$here/programs.sh"

build=$(readlink -f "$1") kernel=$(readlink -f "$2")
shift 2
names=("$@")
kbtf=$build/tool/kbtf
release=$(cat "$kernel/release")
tree=$kernel/tree
mapfile -t tools <"$kernel/tools"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kept=${KBTF_TEST_KEEP:-$work/kept}
nr=0

report() {
    nr=$((nr + 1))
    printf '%s %d - %s\n' "$1" "$nr" "$2"
}

# Modules of the scenarios in every form in which their BTF is made.
make_modules() {
    local module source=$work/modules forms=$work/root/forms

    cp -r "$here/modules" "$source"
    # A pahole that can give modules a .BTF.base would, and so would kbtf.
    make -C "$tree" M="$source" LOCALVERSION= "${tools[@]}" MODULE_PAHOLE_FLAGS= \
        BTF_BASE_REF=0 modules >"$work/modules.log" 2>&1 || {
        tail -n 20 "$work/modules.log" >&2
        return 1
    }
    mkdir -p "$forms/split" "$forms/base" "$forms/standalone"
    for module in "$source"/*.ko; do
        strip -g "$module"
        cp "$module" "$forms/split/"
    done
    "$kbtf" distill -q -B "$kernel/vmlinux.btf" -o "$forms/base" "$forms/split"/*.ko >&2
    "$kbtf" standalone -q --bare -B "$kernel/vmlinux.btf" -o "$forms/standalone" \
        "$forms/split"/*.ko >&2
}

# Modules that say they are vmlinux_btf and are not this kernel's.
make_payloads() {
    local right=$work/root/lib/modules/$release/kernel/kernel/bpf/vmlinux_btf.ko
    local payloads=$work/root/payloads btf=$work/payload.btf

    [ -e "$right" ] || return 0
    mkdir -p "$payloads"
    { cat "$kernel/vmlinux.btf"; printf '\0\0\0\0'; } >"$btf"
    objcopy --update-section .BTF="$btf" "$right" "$payloads/other-size.ko"
    cp "$kernel/vmlinux.btf" "$btf"
    # One bit of one string.
    printf '\001' | dd of="$btf" bs=1 seek=$(($(stat -c %s "$btf") - 100)) conv=notrunc status=none
    objcopy --update-section .BTF="$btf" "$right" "$payloads/other-bytes.ko"
    head -c 1000000 "$right" >"$payloads/cut.ko"
    xz --check=crc32 -c "$right" >"$payloads/right.ko.xz"
    zstd -q -c "$right" >"$payloads/right.ko.zst"
    objcopy --remove-section=.BTF "$right" "$payloads/empty.ko"
}

# Modules whose BTF is broken, split and on a base of its own: FORM-HOW.ko.
make_bad() {
    local bad=$work/root/bad form how first

    mkdir -p "$bad"
    for form in split base; do
        objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc \
            "$work/root/forms/$form/kbtf_test.ko" "$work/$form.btf"
        first=$(nr_types "$kernel/vmlinux.btf")
        if [ $form = base ]; then
            objcopy -O binary --only-section=.BTF.base --set-section-flags .BTF.base=alloc \
                "$work/root/forms/base/kbtf_test.ko" "$work/distilled.btf"
            first=$(nr_types "$work/distilled.btf")
        fi
        for how in wild-member wild-typedef self-typedef self-array; do
            "$here/bad_btf.py" "$how" $((first + 1)) "$work/$form.btf" "$work/bad.btf"
            objcopy --update-section .BTF="$work/bad.btf" \
                "$work/root/forms/$form/kbtf_test.ko" "$bad/$form-$how.ko"
        done
    done
}

nr_types() {
    "$kbtf" info --json "$1" | jq '.files[0].btf.nr_types'
}

# With the kernel's own bpf.h: that of the machine is too old.
make_ask() {
    local source=$tree

    [ ! -e "$tree/source" ] || source=$tree/source
    ${CC:-cc} -std=gnu11 -O1 -static -isystem "$source/tools/include/uapi" \
        -I"$here/../../include" -o "$1" "$here/ask.c" \
        "$build/lib/core/libcore.a" "$build/lib/base/libbase.a" -lpthread
}

make_root() {
    local root=$work/root program

    mkdir -p "$root/bin" "$root/sbin"
    cp -a "$kernel/root/." "$root/"
    rm -f "$root/lib/modules/$release/build" "$root/lib/modules/$release/source"
    depmod -b "$root" "$release"
    ln -s ../bin/busybox "$root/sbin/modprobe"
    make_ask "$root/bin/ask"
    cp "$kernel/vmlinux.btf" "$root/vmlinux.btf"
    build_attach "$work"
    cp "$work/attach" "$root/bin/"
    cp "$work/kernel.bpf.o" "$root/"
    make_modules
    make_bad
    make_payloads
    for program in bpftool kmod; do
        cp -al "$root" "$work/root-with-$program"
        install_program "$work/root-with-$program" $program
    done
}

# What a kernel under test never says.
complaints() {
    grep -E -m 3 'WARNING:|BUG:|Oops|KASAN|UBSAN|possible (circular|recursive)|inconsistent lock|suspicious RCU|sleeping function|general protection|Kernel panic|refcount_t' \
        "$1/console" "$1/dmesg" 2>/dev/null
}

# Boot with a script, its output in $kept/NAME/run.out. Fails where the kernel complains.
boot() {
    local name=$1 script=$2 out=$kept/$1 root=$work/root memory=512 seconds=300 program

    program=$(sed -n 's/^# With \([a-z]*\)\.$/\1/p' "$script")
    [ -z "$program" ] || root+=-with-$program
    if has_option CONFIG_KASAN; then memory=1024 seconds=1800; fi
    {
        printf '#!/bin/sh\n. /guest.sh\nmount -t tracefs none /sys/kernel/tracing\n'
        # Names must not come from one boot's clock or the other's.
        cat "$script"
    } >"$work/run.sh"
    mkdir -p "$kept"
    "$here/../qemu/boot.sh" -k "$kernel/image" -o "$out" -r "$work/run.sh" --root "$root" \
        -a "$here/guest.sh=/guest.sh" -m $memory -p 2 -t $seconds >&2 || return 1
    ! complaints "$out" >&2
}

# What is compared of an output.
comparable() {
    if [ -n "$lazy" ]; then
        cat "$1"
    else
        grep -v '^state:' "$1" || :
    fi
}

# Whether the kernel is configured with an option.
has_option() {
    grep -qx "$1=y" "$tree/.config"
}

wanted() {
    [ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " == *" $1 "* ]]
}

run_scenario() {
    local name=$1 want=$here/scenarios/$1.out option

    if [ -z "$lazy" ] && grep -q '^# Only with m' "$here/scenarios/$name.sh"; then
        return 0
    fi
    while read -r option; do
        has_option "$option" || return 0
    done < <(sed -n 's/^# Only with CONFIG_/CONFIG_/p' "$here/scenarios/$name.sh")
    if ! boot "$name" "$here/scenarios/$name.sh"; then
        report 'not ok' "$name: the kernel does not come through"
        return
    fi
    if [ -n "${KBTF_TEST_ACCEPT-}" ]; then
        cp "$kept/$name/run.out" "$want"
    fi
    if diff -u <(comparable "$want") <(comparable "$kept/$name/run.out") >&2; then
        report ok "$name"
    else
        report 'not ok' "$name: the output is another"
    fi
}

# What ask or the shell is called with for a trigger.
call_of() {
    case $1 in
    'sh '*) printf '%s\n' "${1#sh }" ;;
    *) printf 'ask %s\n' "$1" ;;
    esac
}

# With m each trigger has a boot, as only the first one of a boot causes the load.
run_trigger() {
    local what=$1 asked=$2 answer=$3 got
    local name=trigger-${1//[^a-zA-Z0-9]/-}

    wanted "$name" || return 0
    printf 'state\n%s\nstate\n' "$(call_of "$asked")" >"$work/trigger.sh"
    if ! boot "$name" "$work/trigger.sh"; then
        report 'not ok' "$what: the kernel does not come through"
        return
    fi
    got=$(cat "$kept/$name/run.out")
    if [ "$got" = "$(printf 'state: absent\n%s\nstate: loaded' "$answer")" ]; then
        report ok "$what causes the load"
    else
        report 'not ok' "$what: ${got//$'\n'/; }"
    fi
}

# The answers are those of a kernel that had its BTF from the start: all in one boot.
run_triggers_at_once() {
    local what asked answer got

    while IFS=$'\t' read -r what asked answer; do
        # It is the guest's shell that runs it.
        # shellcheck disable=SC2016
        printf 'echo "$(%s)"\n' "$(call_of "$asked")"
    done < <(triggers) >"$work/trigger.sh"
    if ! boot triggers "$work/trigger.sh"; then
        report 'not ok' 'triggers: the kernel does not come through'
        return
    fi
    while IFS=$'\t' read -r -u 3 what asked answer; do
        IFS= read -r -u 4 got || got=nothing
        if [ "$got" = "$answer" ]; then
            report ok "$what"
        else
            report 'not ok' "$what: $got"
        fi
    done 3< <(triggers) 4<"$kept/triggers/run.out"
}

triggers() {
    grep -v '^#' "$here/triggers.txt"
}

lazy=$(find "$kernel/root" -name 'vmlinux_btf.ko*')
make_root >&2
for script in "$here"/scenarios/*.sh; do
    name=$(basename "$script" .sh)
    ! wanted "$name" || run_scenario "$name"
done
if [ -n "$lazy" ]; then
    while IFS=$'\t' read -r -u 3 what asked answer; do
        run_trigger "$what" "$asked" "$answer"
    done 3< <(triggers)
elif wanted triggers; then
    run_triggers_at_once
fi
printf '1..%d\n' "$nr"

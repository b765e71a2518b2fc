#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# run.sh BUILD KERNEL [NAME...]: what a kernel does whose BTF is in a module.
#
# BUILD is where kbtf is built, KERNEL what `kernel/build -o` made. Each scenario of
# scenarios/ and each line of triggers.txt is a boot under qemu, with a busybox
# initramfs; with y the latter are one. A scenario's output has to be that of
# scenarios/NAME.out, or on an architecture that can do less NAME.ARCH.out, and the
# kernel's log without a warning. With NAMEs only those. A kernel whose BTF is built in has
# to give the same, but for lines that begin with "state:", in all scenarios that do not say
# "Only with m". Others say "Only with CONFIG_OPTION" or "Not with CONFIG_OPTION". With
# KASAN everything takes more time, and gets it.
#   KBTF_TEST_ACCEPT=1  write the outputs there are to scenarios/
#   KBTF_TEST_KEEP=DIR  leave what the guests left in DIR
# Prints TAP, a test a boot.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=tests/support/system.sh
. "$here/../support/system.sh"
# shellcheck source=tests/kernel/programs.sh
. "$here/programs.sh"
# shellcheck source=tests/qemu/machines.sh
. "$here/../qemu/machines.sh"

build=$(readlink -f "$1") kernel=$(readlink -f "$2")
shift 2
names=("$@")
arch=$(cat "$kernel/arch")
machine_of "$arch"
tree=$kernel/tree
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kept=${KBTF_TEST_KEEP:-$work/kept}
# shellcheck source=tests/kernel/root.sh
. "$here/root.sh"

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
    if [ "$program" = system ]; then
        memory=2048 seconds=600
        [ -d "$root" ] || make_system >&2 || return 1
    fi
    if has_option CONFIG_KASAN; then memory=$((memory * 2)) seconds=1800; fi
    {
        printf '#!/bin/sh\n. /guest.sh\nmount -t tracefs none /sys/kernel/tracing 2>/dev/null\n'
        # Names must not come from one boot's clock or the other's.
        cat "$script"
    } >"$work/run.sh"
    mkdir -p "$kept"
    "$here/../qemu/boot.sh" --arch "$arch" -k "$kernel/image" -o "$out" -r "$work/run.sh" --root "$root" \
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

# Whether a scenario is for a kernel that is configured as this one, as its head says.
is_for_kernel() {
    local how what

    while read -r how what; do
        case "$how $what" in
        'Only m.') [ -n "$lazy" ] || return 1 ;;
        'Only CONFIG_'*) has_option "$what" || return 1 ;;
        'Not CONFIG_'*) ! has_option "$what" || return 1 ;;
        esac
    done < <(sed -nE 's/^# (Only|Not) with /\1 /p' "$1")
}

wanted() {
    [ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " == *" $1 "* ]]
}

# Make an output that of all, or where it is another one that of an architecture.
accept() {
    local got=$1 want=$2 own=$3

    if [ "$arch" = x86_64 ]; then
        cp "$got" "$want"
    elif cmp -s "$got" "$want"; then
        rm -f "$own"
    else
        cp "$got" "$own"
    fi
}

run_scenario() {
    local name=$1 want=$here/scenarios/$1.out
    local own=$here/scenarios/$1.$arch.out

    if [ "$arch" != x86_64 ] && grep -q '^# With ' "$here/scenarios/$name.sh"; then
        report ok "$name" 'programs of Debian are put into guests for x86_64 only'
        return 0
    fi
    is_for_kernel "$here/scenarios/$name.sh" || return 0
    if ! boot "$name" "$here/scenarios/$name.sh"; then
        report 'not ok' "$name: the kernel does not come through"
        return
    fi
    if [ -n "${KBTF_TEST_ACCEPT-}" ]; then
        accept "$kept/$name/run.out" "$want" "$own"
    fi
    [ ! -e "$own" ] || want=$own
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

# Print those that the kernel can be asked.
triggers() {
    local file=$here/triggers.txt what asked answer option

    [ ! -e "$here/triggers.$arch.txt" ] || file=$here/triggers.$arch.txt
    grep -v '^#' "$file" | while IFS=$'\t' read -r what asked answer option; do
        if [ -z "$option" ] || has_option "$option"; then
            printf '%s\t%s\t%s\n' "$what" "$asked" "$answer"
        fi
    done
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
finish

#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# verify-agrees.sh BUILD [SECONDS]: does `verify` say what kernels say of program BTF?
#
# Boots Debian's newest cloud kernel of each series under qemu, and lets
# tests/oracle/verify_kernel ask it about the inputs of the unit tests and about BTF
# mutated from a seed. What makes a kernel warn about itself is tried too: it is
# nobody's machine. With KBTF_TEST_VERBOSE it is told which rule refused how often.
# Prints TAP, a test a kernel.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"

build=$1
seconds=${2:-60}
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
series=(6.1 6.12)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

# Ask the newest kernel of a series.
ask() {
    local package image out=$work/$1

    package=$(kernels_list "$1" cloud | tail -n 1)
    if [ -z "$package" ] || ! kernels_fetch "$package" "$(dpkg --print-architecture)" "$kernels" >&2; then
        report ok "kernel $1" "the package registry has none"
        return
    fi
    image=$(find "$kernels/$package/boot" -name 'vmlinuz-*')
    "$here/boot.sh" -k "$image" -o "$out" -r "$work/run.sh" -t $((seconds + 240)) \
        -a "$program=/verify_kernel" >&2 || :
    cat "$out/run.out" >&2
    if grep -q '^kernel .* 0 disagreements$' "$out/run.out"; then
        report ok "$(grep '^kernel ' "$out/run.out")"
    else
        report 'not ok' "$(grep -m1 '^SKIP\|^kernel ' "$out/run.out" || echo "kernel $1 does not answer")"
    fi
}

if [ "$(dpkg --print-architecture)" != amd64 ]; then
    echo '1..0 # SKIP the kernels are for amd64'
    exit 0
fi
if ! ninja -C "$build" tests/oracle/verify_kernel_static >&2; then
    echo '1..0 # SKIP no static C library'
    exit 0
fi
program=$build/tests/oracle/verify_kernel_static
cat >"$work/run.sh" <<END
dmesg -n 1
export KBTF_TEST_KERNEL_WARNINGS=1 ${KBTF_TEST_VERBOSE:+KBTF_TEST_VERBOSE=1}
/verify_kernel $seconds
END
for version in "${series[@]}"; do
    ask "$version"
done
printf '1..%d\n' "$nr"

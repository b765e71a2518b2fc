#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# standalone.sh STANDALONE_KERNELS: modules of real kernels made standalone and put
# back, held against the running kernel and libbpf; see standalone_kernels.c. Prints
# TAP, a test a kernel.
#
#   KBTF_KERNELS     kernels, as kernel-pairs.sh unpacks them: PACKAGE/boot, PACKAGE/lib/modules
#   KBTF_STANDALONE  all: every module of every kernel goes there and back. Otherwise every
#                    one of the newest cloud kernel for amd64, and every twentieth of the others.
#                    The running kernel and libbpf are asked of as many in either case
set -euo pipefail

program=$1
nr=0 failed=0

# report ok|"not ok" NAME [REASON TO SKIP]
report() {
    nr=$((nr + 1))
    [ "$1" = ok ] || failed=1
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

image_of() {
    find "$1/boot" -name 'vmlinu[xz]-*' | head -n 1
}

packages=()
for package in "${KBTF_KERNELS:-/nonexistent}"/linux-image-*; do
    if [ -d "$package/lib/modules" ] && [ -n "$(image_of "$package")" ]; then
        packages+=("$package")
    fi
done
if [ ${#packages[@]} -eq 0 ]; then
    report ok 'standalone modules of real kernels' 'KBTF_KERNELS has none'
else
    mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -V)
    whole=$(printf '%s\n' "${packages[@]}" | grep -- '-cloud-amd64$' | tail -n 1)
    for i in "${!packages[@]}"; do
        package=${packages[i]} others=() stride=20 ask=1
        [ "$package" != "$whole" ] || stride=1
        if [ "${KBTF_STANDALONE-}" = all ] && [ "$package" != "$whole" ]; then
            stride=1 ask=20
        fi
        # The next one first, so that each is some kernel's only other one.
        for ((j = 1; j < ${#packages[@]}; j++)); do
            others+=("$(image_of "${packages[(i + j) % ${#packages[@]}]}")")
        done
        if "$program" $stride $ask "$(image_of "$package")" "$package/lib/modules" "${others[@]}"; then
            report ok "$(basename "$package")"
        else
            report 'not ok' "$(basename "$package")"
        fi
    done
fi
printf '1..%d\n' "$nr"
exit "$failed"

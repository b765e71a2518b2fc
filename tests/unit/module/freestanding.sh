#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# freestanding.sh ROOT CC...: the files that are also built inside a kernel compile
# without any header of a C library, and call nothing but what freestanding/env.h
# declares. Prints TAP.
set -euo pipefail
root=$1
shift
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
files=(lib/module/renumber.c lib/core/kinds.c lib/kfunc/registry.c)
nr=0

report() {
    nr=$((nr + 1))
    printf '%s %d - %s\n' "$1" "$nr" "$2"
}

objects=()
for file in "${files[@]}"; do
    object=$work/$(basename "$file" .c).o
    if "$@" -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdinc -fno-stack-protector -fno-pic \
        -I"$here/freestanding" -I"$root/lib/core" -I"$root/include" \
        -c -o "$object" "$root/$file" >&2; then
        report ok "$file compiles"
        objects+=("$object")
    else
        report 'not ok' "$file does not compile"
    fi
done
"$@" -r -nostdlib -o "$work/all.o" "${objects[@]}"
calls=$(nm -u "$work/all.o" | awk '{ print $2 }' | sort | xargs)
if [ "$calls" = 'kbtf_env_alloc kbtf_env_free kbtf_env_sort kbtf_fail kbtf_fail_at' ]; then
    report ok 'they call nothing but what env.h declares'
else
    report 'not ok' "they call $calls"
fi
printf '1..%d\n' "$nr"

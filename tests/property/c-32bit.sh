#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# c-32bit.sh KBTF: BTF of 32-bit machines, which kbtf encodes of DWARF, printed as C has the layout
# that the machine's compiler gave it: pointers and longs of 4 bytes, and numbers of 8 that x86 aligns
# to 4 and Arm to 8. Prints TAP, a test a compiler; those that are not here are skipped.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/support/c_compile.sh
. "$here/../support/c_compile.sh"

kbtf=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

echo '1..4'
for arch in i386 armhf; do
    for cc in clang gcc; do
        nr=$((nr + 1))
        if ! c_choose "$cc" "$arch" ||
            ! "${c_compiler[@]}" -g -O0 -c -o "$work/object.o" "$here/layouts_32.c" 2>"$work/log"; then
            echo "ok $nr - $cc, $arch # SKIP there is no $cc for it"
            continue
        fi
        "$kbtf" encode -q --raw -o "$work/layouts.btf" "$work/object.o"
        "$kbtf" dump --format c "$work/layouts.btf" >"$work/layouts.h"
        result=ok
        { "$kbtf" dump "$work/layouts.btf" | grep -E "INT '(unsigned long|long unsigned int)' size=4 " &&
            "$c_asserts" "$work" layouts && c_compiles "$work/layouts"; } >"$work/log" 2>&1 || result='not ok'
        sed 's/^/# /' "$work/log"
        echo "$result $nr - $cc, $arch"
    done
done

#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# c-layouts.sh KBTF MAKE_LAYOUTS: compilers lay out C that was printed of generated BTF as
# that has it, and take what is printed of any BTF at all, if not without warnings.
#
# KBTF_SEEDS=1000 for a long run, KBTF_SEED=7 for the one that failed. Prints TAP, a test a
# compiler and kind of BTF; compilers that are not here are skipped.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/support/c_compile.sh
. "$here/../support/c_compile.sh"

kbtf=$1 make_layouts=$2
first=${KBTF_SEED:-1} nr_seeds=${KBTF_SEEDS:-3}
[ -z "${KBTF_SEED-}" ] || nr_seeds=1
[ "$nr_seeds" -le 1000 ] || nr_seeds=1000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0
names=()

for ((seed = first; seed < first + nr_seeds; seed++)); do
    for kind in layouts wild; do
        "$make_layouts" "$kind" "$seed" >"$work/$kind-$seed.btf"
        "$kbtf" dump --format c -v "$work/$kind-$seed.btf" >"$work/$kind-$seed.h" 2>"$work/notes"
        [ "$kind" = wild ] || ! grep '\[opaque\]' "$work/notes"
    done
    names+=("layouts-$seed")
done
echo "1..5"
"$here/../support/c_asserts.py" "$work" "${names[@]}" | sed 's/^/# /'

for arch in amd64 arm64; do
    for cc in gcc clang; do
        nr=$((nr + 1))
        if ! c_choose "$cc" "$arch"; then
            echo "ok $nr - $cc, $arch # SKIP there is no ${c_compiler[0]}"
            continue
        fi
        result=ok
        for ((seed = first; seed < first + nr_seeds; seed++)); do
            c_compiles "$work/layouts-$seed" >"$work/log" 2>&1 ||
                { result='not ok'; head -n 5 "$work/log" | sed "s/^/# seed $seed: /"; }
            [ "$arch" = arm64 ] || c_accepts "$work/wild-$seed.h" -w >"$work/log" 2>&1 ||
                { result='not ok'; head -n 5 "$work/log" | sed "s/^/# seed $seed, wild: /"; }
        done
        echo "$result $nr - $cc, $arch"
    done
done
nr=$((nr + 1))
result=ok
if c_choose bpf amd64; then
    for name in "${names[@]}"; do
        c_compiles "$work/$name" >"$work/log" 2>&1 ||
            { result='not ok'; head -n 5 "$work/log" | sed "s/^/# $name: /"; }
    done
    echo "$result $nr - clang, bpf"
else
    echo "ok $nr - clang, bpf # SKIP there is no clang"
fi

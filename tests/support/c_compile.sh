# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Headers that were printed of BTF, through compilers, with the assertions that c_asserts.py
# made. Sourced, never run.

c_asserts=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/c_asserts.py
c_warnings=(-Wall -Werror -Wno-unused)

# Set c_compiler to one of this name, gcc, clang or bpf (clang's target for that), for a
# machine, amd64, arm64, i386 or armhf; and c_batch to a command that takes many files in one
# process, where there is such a one. False where the compiler is not here.
c_choose() {
    local prefix='' triple=x86_64-linux-gnu own
    own=$(uname -m)
    case $2 in
    arm64) triple=aarch64-linux-gnu ;;
    armhf) triple=arm-linux-gnueabihf ;;
    i386) triple=i686-linux-gnu ;;
    esac
    [ "$own" = "${triple%%-*}" ] || prefix=$triple-
    c_batch=()
    case $1 in
    gcc) c_compiler=("${prefix}gcc" -fno-toplevel-reorder) ;;
    clang)
        c_compiler=(clang "--target=$triple")
        c_batch=(clang -cc1 -triple "$triple")
        ;;
    # which warns where there is no struct to make relocatable
    bpf)
        c_compiler=(clang --target=bpf -Wno-pragma-clang-attribute)
        c_batch=(clang -cc1 -triple bpf -Wno-pragma-clang-attribute)
        ;;
    esac
    if [ "$1 $2 $own" = 'gcc i386 x86_64' ] && ! command -v "${c_compiler[0]}" >/dev/null; then
        c_compiler=(gcc -m32 -fno-toplevel-reorder)
    fi
    command -v "${c_compiler[0]}" >/dev/null
}

# A header alone, without a warning; further words are options of the compiler.
c_accepts() {
    "${c_compiler[@]}" "${c_warnings[@]}" -fsyntax-only "${@:2}" -x c "$1"
}

# NAME.h alone for BPF. Otherwise NAME.c, which includes it and asserts things of it, to NAME.o.
c_object() {
    if c_is_bpf; then
        c_accepts "$1.h"
    else
        "${c_compiler[@]}" "${c_warnings[@]}" -O0 -c -o "$1.o" "$1.c"
    fi
}

c_is_bpf() {
    case ${c_compiler[*]} in
    *=bpf*) ;;
    *) return 1 ;;
    esac
}

# Whether the bitfields of FOLDER/NAME.o... lie where NAME.bits has them.
c_bits() {
    c_is_bpf || "$c_asserts" --bits "$@"
}

# That NAME.h is as the BTF has it.
c_compiles() {
    c_object "$1" && c_bits "${1%/*}" "${1##*/}"
}

# The same of many, FOLDER NAME..., each a translation unit of its own. Prints of those that
# fail the name and why.
c_compile_all() {
    local folder=$1 name log how=-emit-obj suffix=.c
    shift
    [ $# -gt 0 ] || return 0
    ! c_is_bpf || how=-fsyntax-only suffix=.h
    if [ ${#c_batch[@]} -eq 0 ] || ! printf '%s\n' "${@/%/$suffix}" | (cd "$folder" && xargs -d '\n' \
        -n 100 "${c_batch[@]}" "${c_warnings[@]}" "$how" -x c) >/dev/null 2>&1; then
        # also where a batch failed, to find out which it was
        for name; do
            log=$(c_object "$folder/$name" 2>&1) || printf '%s: %s\n' "$name" "${log:0:500}"
        done
    fi
    c_is_bpf || printf '%s\n' "$@" | xargs -d '\n' -n 1000 "$c_asserts" --bits "$folder" || :
}

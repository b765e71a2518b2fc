# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Headers that were printed of BTF, through compilers, with the assertions that c_asserts.py
# made. Sourced, never run.

# Set c_compiler and c_objcopy: a compiler of this name, gcc, clang or bpf (clang's target for
# that), for a machine, amd64 or arm64. False where they are not here.
c_choose() {
    local prefix='' triple=x86_64-linux-gnu own
    own=$(uname -m)
    [ "$2" = amd64 ] || triple=aarch64-linux-gnu
    [ "$own" = "${triple%%-*}" ] || prefix=$triple-
    case $1 in
    gcc) c_compiler=("${prefix}gcc" -fno-toplevel-reorder) ;;
    clang) c_compiler=(clang "--target=$triple") ;;
    # which warns where there is no struct to make relocatable
    bpf) c_compiler=(clang --target=bpf -Wno-pragma-clang-attribute) ;;
    esac
    c_objcopy=${prefix}objcopy
    command -v "${c_compiler[0]}" >/dev/null && command -v "$c_objcopy" >/dev/null
}

# A header alone, without a warning; further words are options of the compiler.
c_accepts() {
    "${c_compiler[@]}" -Wall -Werror -Wno-unused -fsyntax-only "${@:2}" -x c "$1"
}

# NAME.h, NAME.c that asserts things of it, and NAME.bits with what its bitfields have to be;
# makes NAME.o and NAME.bits.o. For BPF only the header.
c_compiles() {
    c_accepts "$1.h" || return 1
    case ${c_compiler[*]} in
    *=bpf*) return 0 ;;
    esac
    "${c_compiler[@]}" -O0 -w -c -o "$1.o" "$1.c" || return 1
    if [ -s "$1.bits" ]; then
        "$c_objcopy" -O binary -j kbtf_bits "$1.o" "$1.bits.o" && cmp "$1.bits.o" "$1.bits"
    fi
}

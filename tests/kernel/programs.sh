# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Programs for guests that are more than system calls: libbpf's and bpftool. Sourced.
#   KBTF_LIBBPF_PREFIX  a libbpf to build them with: include/ and lib/libbpf.a
programs_here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# Build attach, and the object of kernel.bpf.c, into a folder.
build_attach() {
    local flags=() archive

    archive=$(${CC:-cc} -print-file-name=libbpf.a)
    if [ -n "${KBTF_LIBBPF_PREFIX-}" ]; then
        flags=("-I$KBTF_LIBBPF_PREFIX/include")
        archive=$KBTF_LIBBPF_PREFIX/lib/libbpf.a
    fi
    clang -O2 -g -target bpf -D__TARGET_ARCH_x86 "${flags[@]}" \
        "-I/usr/include/$(${CC:-cc} -print-multiarch)" \
        -c -o "$1/kernel.bpf.o" "$programs_here/kernel.bpf.c" &&
        ${CC:-cc} -static -O1 "${flags[@]}" -o "$1/attach" "$programs_here/../qemu/attach.c" \
            "$archive" -lelf -lz
}

# Put a program of the system into a guest's root, with the libraries that it is linked with.
# Of bpftool that is a small one: one that has LLVM in it takes minutes to get into a guest.
install_program() {
    local program file

    program=$(command -v "$2")
    install -D "$program" "$1/bin/$2"
    ldd "$program" | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' |
        while read -r file; do install -D "$file" "$1$file"; done
}

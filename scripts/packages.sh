# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2034
#
# Debian packages by what needs them. Sourced, never run.

packages_build=(
    gcc libc6-dev meson ninja-build pkg-config
    libelf-dev zlib1g-dev liblzma-dev libzstd-dev liblz4-dev libbz2-dev liblzo2-dev
    libxxhash-dev libyajl-dev
)
packages_quickstart=(binutils xz-utils jq)
packages_test=(libcmocka-dev g++ bats binutils xz-utils zstd gzip bzip2 lzop lz4 jq dwz)
# clang-16: the first one of Debian's that has all kinds of CO-RE records is 15
packages_oracle=(bpftool clang clang-16 gcc-aarch64-linux-gnu gcc-bpf python3)
packages_style=(shellcheck clang-format)
packages_analyze=(clang clang-tidy cppcheck python3)
packages_sanitize=(clang libclang-rt-14-dev llvm)
packages_faults=(python3 util-linux)
# The libraries of other architectures are unpacked beside the system: tests/arch/build.sh
packages_arch=(qemu-user-static gcc-i686-linux-gnu gcc-s390x-linux-gnu gcc-aarch64-linux-gnu
    gcc-arm-linux-gnueabihf musl-tools)
packages_valgrind=(valgrind libc6-dbg)
packages_qemu=(qemu-system-x86 cpio kmod clang libbpf-dev bpftool debootstrap)
# kernel/build
packages_kernel_build=(make gcc bc bison flex libelf-dev libssl-dev pahole binutils kmod lz4 patch xz-utils)
packages_kernel_build_x86_64=()
packages_kernel_build_arm64=(gcc-aarch64-linux-gnu)
packages_kernel_build_mips=(gcc-mips-linux-gnu)
packages_kernel_arch=(qemu-system-arm qemu-system-mips libc6-dev-arm64-cross libc6-dev-mips-cross bzip2)

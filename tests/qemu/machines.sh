# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
#
# The machines that kernels are tried on, by the kernel's name for the architecture.
# Sourced after lib.sh, packages.sh and kernels.sh, never run.

# Set for an architecture:
#   qemu      the program and what it is called with to be such a machine
#   virtio    what has virtio's serial ports on it; nothing where it is not to be had
#   console   what its kernel calls the first serial port
#   words     more words for the kernel's command line
#   compiler  that of programs for it
#   max_cpus  how many processors it can have
#   max_mb    how much memory its kernel uses
machine_of() {
    local arch=$1

    words='panic=-1' max_cpus=8 max_mb=8192 console=ttyS0
    case $arch in
    x86_64)
        words+=' reboot=k,t no_timer_check' compiler=${CC:-cc}
        qemu=(qemu-system-x86_64 -cpu max) virtio=virtio-serial-pci
        ;;
    arm64)
        console=ttyAMA0 compiler=aarch64-linux-gnu-gcc
        qemu=(qemu-system-aarch64 -machine virt -cpu cortex-a57) virtio=virtio-serial-device
        ;;
    mips)
        # What is above that is not mapped all the time, which takes HIGHMEM.
        max_cpus=1 max_mb=256 compiler=mips-linux-gnu-gcc
        qemu=(qemu-system-mips -machine malta -cpu 24Kf) virtio=''
        ;;
    *)
        warn "$arch: there is no machine for it here"
        return 1
        ;;
    esac
}

# Print a static busybox for an architecture: Debian's, or where it has none for that one,
# made of its source.
busybox_for() {
    local arch=$1 debian
    case $arch in
    x86_64) debian=amd64 ;;
    arm64) debian=arm64 ;;
    *)
        build_busybox "$arch"
        return
        ;;
    esac
    kernels_fetch busybox-static $debian "$kbtf_cache/packages-$debian" >&2 &&
        printf '%s\n' "$kbtf_cache/packages-$debian/busybox-static/bin/busybox"
}

# A file that is there is complete.
build_busybox() (
    arch=$1
    machine_of "$arch"
    made=$kbtf_cache/busybox-$arch
    if [ ! -e "$made" ]; then
        work=$(mktemp -d "$kbtf_cache/.busybox-XXXXXX")
        trap 'rm -rf "$work"' EXIT
        cd "$work" && fetch_source_package busybox || return 1
        {
            make -s ARCH="$arch" CROSS_COMPILE="${compiler%gcc}" defconfig
            # tc does not compile with headers of today; modprobe is as Debian has it.
            sed -i 's/.*CONFIG_STATIC[ =].*/CONFIG_STATIC=y/
                s/^CONFIG_\(TC\|MODPROBE_SMALL\)=.*/# CONFIG_\1 is not set/' .config
            yes '' | make -s ARCH="$arch" CROSS_COMPILE="${compiler%gcc}" oldconfig
            make -s -j"$(nproc)" ARCH="$arch" CROSS_COMPILE="${compiler%gcc}" busybox
        } >"$work/log" 2>&1 </dev/null || {
            tail -n 5 "$work/log" >&2
            return 1
        }
        mv busybox "$made"
    fi
    printf '%s\n' "$made"
)

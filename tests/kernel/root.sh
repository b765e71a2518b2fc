# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
#
# What is put into guests beside the kernel's own modules. Sourced after lib.sh, programs.sh
# and machines.sh, and for make_system after system.sh, never run. Takes these from who sources it:
#   here    this folder
#   build   where kbtf is built
#   kernel  a folder as kernel/build makes it
#   work    a folder of the test's own; root/ in it is what comes of it
#   arch    of the kernel; machine_of was asked for it
kbtf=$build/tool/kbtf
binutils=''
[ "$arch" = x86_64 ] || binutils=${compiler%gcc}

# Modules of the scenarios in every form in which their BTF is made.
make_modules() {
    local module source=$work/modules forms=$work/root/forms tools

    mapfile -t tools <"$kernel/tools"
    cp -r "$here/modules" "$source"
    # A pahole that can give modules a .BTF.base would, and so would kbtf.
    make -C "$kernel/tree" M="$source" LOCALVERSION= "${tools[@]}" MODULE_PAHOLE_FLAGS= \
        BTF_BASE_REF=0 modules >"$work/modules.log" 2>&1 || {
        tail -n 20 "$work/modules.log" >&2
        return 1
    }
    mkdir -p "$forms/split" "$forms/base" "$forms/standalone"
    for module in "$source"/*.ko; do
        "${binutils}strip" -g "$module"
        cp "$module" "$forms/split/"
    done
    "$kbtf" distill -q -B "$kernel/vmlinux.btf" -o "$forms/base" "$forms/split"/*.ko >&2
    "$kbtf" standalone -q --bare -B "$kernel/vmlinux.btf" -o "$forms/standalone" \
        "$forms/split"/*.ko >&2
}

# Modules that say they are vmlinux_btf and are not this kernel's.
make_payloads() {
    local right payloads=$work/root/payloads btf=$work/payload.btf

    right=$(find "$work/root/lib/modules" -name vmlinux_btf.ko)
    [ -n "$right" ] || return 0
    mkdir -p "$payloads"
    { cat "$kernel/vmlinux.btf"; printf '\0\0\0\0'; } >"$btf"
    "${binutils}objcopy" --update-section .BTF="$btf" "$right" "$payloads/other-size.ko"
    cp "$kernel/vmlinux.btf" "$btf"
    # One bit of one string.
    printf '\001' | dd of="$btf" bs=1 seek=$(($(stat -c %s "$btf") - 100)) conv=notrunc status=none
    "${binutils}objcopy" --update-section .BTF="$btf" "$right" "$payloads/other-bytes.ko"
    head -c 1000000 "$right" >"$payloads/cut.ko"
    xz --check=crc32 -c "$right" >"$payloads/right.ko.xz"
    zstd -q -c "$right" >"$payloads/right.ko.zst"
    "${binutils}objcopy" --remove-section=.BTF "$right" "$payloads/empty.ko"
}

# Modules whose BTF is broken, split and on a base of its own: FORM-HOW.ko. Of one it is an
# id in .BTF_ids that is.
make_bad() {
    local bad=$work/root/bad form how first

    mkdir -p "$bad"
    for form in split base; do
        "${binutils}objcopy" -O binary --only-section=.BTF --set-section-flags .BTF=alloc \
            "$work/root/forms/$form/kbtf_test.ko" "$work/$form.btf"
        first=$(nr_types "$kernel/vmlinux.btf")
        if [ $form = base ]; then
            "${binutils}objcopy" -O binary --only-section=.BTF.base --set-section-flags .BTF.base=alloc \
                "$work/root/forms/base/kbtf_test.ko" "$work/distilled.btf"
            first=$(nr_types "$work/distilled.btf")
        fi
        for how in wild-member wild-typedef self-typedef self-array; do
            "$here/bad_btf.py" "$how" $((first + 1)) "$work/$form.btf" "$work/bad.btf"
            "${binutils}objcopy" --update-section .BTF="$work/bad.btf" \
                "$work/root/forms/$form/kbtf_test.ko" "$bad/$form-$how.ko"
        done
    done
    # After the number of kfuncs and the flags of the set comes the first one's id.
    "${binutils}objcopy" -O binary --only-section=.BTF_ids "$work/root/forms/base/kbtf_test.ko" "$work/ids"
    printf '\000\377\377\360' | dd of="$work/ids" bs=1 seek=8 conv=notrunc status=none
    "${binutils}objcopy" --update-section .BTF_ids="$work/ids" \
        "$work/root/forms/base/kbtf_test.ko" "$bad/base-wild-kfunc.ko"
}

nr_types() {
    "$kbtf" info --json "$1" | jq '.files[0].btf.nr_types'
}

# With the kernel's own bpf.h: that of the machine is too old. The few files of the library
# that it takes are compiled with it, for whatever machine.
make_ask() {
    local root=$here/../.. folder

    mkdir -p "$work/uapi/linux"
    for folder in "$kernel"/{tree,tree/source,common}/include/uapi/linux; do
        [ ! -e "$folder/bpf.h" ] || cp "$folder/bpf.h" "$folder/bpf_common.h" "$work/uapi/linux/"
    done
    $compiler -std=gnu11 -O1 -static -isystem "$work/uapi" \
        -I"$root/include" -I"$root/lib/base" -I"$root/lib/core" -o "$1" "$here/ask.c" \
        "$root"/lib/{core,base}/*.c -lpthread
}

# All of it, and for x86_64 what is compiled with libraries, and a root with each program.
make_root() {
    local root=$work/root release program

    release=$(cat "$kernel/release")
    mkdir -p "$root/bin" "$root/sbin"
    cp -a "$kernel/root/." "$root/"
    rm -f "$root/lib/modules/$release/build" "$root/lib/modules/$release/source"
    depmod -b "$root" "$release"
    ln -s ../bin/busybox "$root/sbin/modprobe"
    make_ask "$root/bin/ask"
    cp "$kernel/vmlinux.btf" "$root/vmlinux.btf"
    make_modules
    make_bad
    make_payloads
    [ "$arch" = x86_64 ] || return 0
    build_attach "$work"
    cp "$work/attach" "$root/bin/"
    cp "$work/kernel.bpf.o" "$root/"
    for program in bpftool kmod; do
        cp -al "$root" "$work/root-with-$program"
        install_program "$work/root-with-$program" $program
    done
}

# Debian with systemd and tracers, and all of the above, as the guest's root-with-system. It
# is installed once.
make_system() (
    installed=$kbtf_cache/guest-system root=$work/root-with-system
    if [ ! -d "$installed" ]; then
        system=$(mktemp -d "$kbtf_cache/.system-XXXXXX")
        trap 'rm -rf --one-file-system "$system"' EXIT
        install_system && inside apt-get install -y -qq --no-install-recommends \
            systemd-sysv udev dbus kmod bpftrace bpftool || exit 1
        rm -rf "$system"/var/cache/apt/* "$system"/var/lib/apt/lists/* \
            "$system"/usr/share/{doc,man,locale,info}
        install -m 644 "$here/system.service" "$system/etc/systemd/system/kbtf.service"
        ln -s ../kbtf.service "$system/etc/systemd/system/multi-user.target.wants/"
        # It would look for disks.
        ln -sf /dev/null "$system/etc/systemd/system/e2scrub_reap.service"
        mv -T "$system" "$installed"
    fi
    cp -al "$installed" "$root" 2>/dev/null || cp -a "$installed" "$root"
    # /bin and /sbin of Debian are links.
    tar -C "$work/root" --exclude=./sbin -cf - . | tar -C "$root" --keep-directory-symlink -xf -
)

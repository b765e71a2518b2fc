#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Boot a kernel under qemu's software emulation, load modules into it, and bring
# back what it made of them. The machine has a busybox initramfs and no disk.
#
# In the result folder afterwards:
#   loads.tsv  name, flags and errno of each module, in the order of loading; the
#              last one may be "oops" or "stuck" instead, with nothing loaded after
#   btf/NAME   /sys/kernel/btf/NAME as it was right after the module's load
#   dmesg      the kernel's log
#   run.out    what the --run script printed
#   console    what the machine printed while it ran
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"
# shellcheck source=tests/qemu/machines.sh
. "$here/machines.sh"

usage() {
    cat <<'TEXT'
Usage: boot.sh -k KERNEL -o FOLDER [OPTIONS] [MODULE.ko...]

Modules are loaded in the order given, plain or .xz, .gz or .zst.
  -k, --kernel FILE     the kernel image
      --arch ARCH       what it is for: x86_64, arm64, mips; default x86_64
  -o, --out FOLDER      where the results go; made anew
  -f, --flags N         finit_module flags: 3 for modules of another build; default 0
  -l, --list FILE       more modules, a path a line, loaded before those named
  -u, --unload NAME     the modules all are NAME to the kernel, whatever their files
                        are called: unload each before the next
  -r, --run SCRIPT      a busybox shell script to run in the guest after the loads
  -a, --add FILE=PATH   put a file of the host into the guest
      --root FOLDER     put all that is in a folder of the host into the guest
  -p, --cpus N          processors of the guest; default 1; a machine may have fewer
  -m, --memory MB       default 1024; a machine may have less
  -t, --timeout SECONDS default 300
  -c, --append TEXT     more words for the kernel's command line
  BUSYBOX               a static busybox; default that of Debian, fetched once, or
                        made of its source where Debian has none for the machine
Exit: 0 the guest came to its end, 1 it did not, 2 the call was wrong.
TEXT
}

kernel='' arch=x86_64 out='' flags=0 unload='' run='' memory=1024 timeout=300 append='' root='' cpus=1
modules=() add=()
while [ $# -gt 0 ]; do
    case $1 in
    -k | --kernel) kernel=$2; shift ;;
    --arch) arch=$2; shift ;;
    -o | --out) out=$2; shift ;;
    -f | --flags) flags=$2; shift ;;
    -l | --list) mapfile -t -O ${#modules[@]} modules <"$2"; shift ;;
    -u | --unload) unload=$2; shift ;;
    -r | --run) run=$2; shift ;;
    -a | --add) add+=("$2"); shift ;;
    --root) root=$2; shift ;;
    -p | --cpus) cpus=$2; shift ;;
    -m | --memory) memory=$2; shift ;;
    -t | --timeout) timeout=$2; shift ;;
    -c | --append) append=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) modules+=("$1") ;;
    esac
    shift
done
if [ -z "$kernel" ] || [ -z "$out" ]; then
    usage >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Print a module's bytes without their compression.
plain() {
    case $1 in
    *.xz) xz -dc "$1" ;;
    *.gz) gzip -dc "$1" ;;
    *.zst) zstd -qdc "$1" ;;
    *) cat "$1" ;;
    esac
}

make_initramfs() {
    local guest=$work/guest module name file

    mkdir "$guest"
    # Its bin may be a link.
    [ -z "$root" ] || cp -a "$root/." "$guest/"
    mkdir -p "$guest/bin" "$guest/modules"
    cp "$busybox" "$guest/bin/busybox"
    $compiler -static -O1 -o "$guest/bin/load" "$here/load.c"
    cp "$here/init.sh" "$guest/init"
    chmod 755 "$guest/init"
    if [ -n "$run" ]; then
        cp "$run" "$guest/run.sh"
        chmod 755 "$guest/run.sh"
    fi
    : >"$guest/plan"
    for module in "${modules[@]}"; do
        name=$(basename "$module")
        name=${name%.ko*}
        plain "$module" >"$guest/modules/$name.ko"
        printf '%s %s %s\n' "$flags" "$name" "$unload" >>"$guest/plan"
    done
    for file in "${add[@]}"; do
        mkdir -p "$guest/$(dirname "${file#*=}")"
        cp -L "${file%%=*}" "$guest/${file#*=}"
    done
    (cd "$guest" && find . | cpio --quiet -o -H newc -R 0:0) >"$work/initramfs"
}

boot() {
    local port ports=(-serial "file:$out/console" -serial "file:$work/serial.tar")
    [ -z "$virtio" ] || ports+=(-device "$virtio" -device "virtserialport,chardev=port"
        -chardev "file,id=port,path=$work/virtio.tar")
    timeout --foreground "$timeout" "${qemu[@]}" -accel tcg,thread=multi \
        -smp $((cpus < max_cpus ? cpus : max_cpus)) -m $((memory < max_mb ? memory : max_mb)) \
        -nodefaults -nographic -no-reboot \
        "${ports[@]}" \
        -kernel "$kernel" -initrd "$work/initramfs" \
        -append "console=$console $words quiet $append" </dev/null || return 1
    for port in virtio serial; do
        [ ! -s "$work/$port.tar" ] || tar -C "$out" -xf "$work/$port.tar"
    done
    [ -e "$out/complete" ] && rm "$out/complete"
}

machine_of "$arch" || exit 2
busybox=${BUSYBOX:-$(busybox_for "$arch")} || die "there is no busybox for $arch"
rm -rf "$out"
mkdir -p "$out"
make_initramfs
if ! boot; then
    printf 'boot.sh: the guest did not come to its end; its last words:\n' >&2
    tail -n 15 "$out/console" >&2
    exit 1
fi

# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash
#
# What the scenarios share; in the guest, sourced. Lines that begin with "state:" say
# what only the kernel under test does, and are left out where kernels are compared.

# Whether vmlinux BTF is there, without asking for it.
state() {
    if grep -q '^vmlinux_btf ' /proc/modules; then
        echo 'state: loaded'
    else
        echo 'state: absent'
    fi
}

# Ask, and say what was asked.
q() {
    printf '%s: ' "$*"
    ask "$@"
}

# The BTF of modules that the kernel shows.
shown() {
    # shellcheck disable=SC2012
    echo "shown: $(ls /sys/kernel/btf | sort | xargs)"
}

# Messages of the kernel since the last call that a pattern matches, without their time.
messages() {
    dmesg -c | sed -n "s/^\[[^]]*\] //; /$1/p"
}

# The modules of a form: split, base or standalone.
test_module() {
    insmod "/forms/$1/$2.ko"
}

# Unload a module; what it is used by may take a moment to go away.
unload() {
    for _ in 1 2 3 4 5 6 7 8 9; do
        ! rmmod "$1" 2>/dev/null || return 0
        sleep 1
    done
    rmmod "$1"
}

# Ask for BTF whose module is compressed, at first badly.
compressed() {
    bpf=/lib/modules/$(uname -r)/kernel/kernel/bpf
    for tool in modprobe depmod; do
        ln -sf /bin/kmod /sbin/$tool
    done
    rm "$bpf/vmlinux_btf.ko"
    cp "/payloads/right.ko.$1" "$bpf/vmlinux_btf.ko.$1"
    /sbin/depmod
    head -c 200000 "/payloads/right.ko.$1" >"$bpf/vmlinux_btf.ko.$1"
    q read /sys/kernel/btf/vmlinux /vmlinux.btf
    state
    cp "/payloads/right.ko.$1" "$bpf/vmlinux_btf.ko.$1"
    sleep 2
    q read /sys/kernel/btf/vmlinux /vmlinux.btf
    state
}

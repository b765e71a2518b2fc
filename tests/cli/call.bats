#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "no command, unknown command, help" {
    kbtf
    [ "$status" -eq 2 ] && [ ! -s out ] && grep -q '^Usage: kbtf COMMAND' err
    kbtf frobnicate
    said 2 'kbtf: frobnicate: no such command
Try `kbtf help`.'
    kbtf help
    said 0
    mv out commands
    for command in info dump show diff verify extract distill relocate check; do
        grep -q "^  $command  *[a-zA-Z]" commands
        "$KBTF" help $command >help
        kbtf $command --help
        said 0
        diff help out
    done
    kbtf --version
    said 0
    grep -Eqx 'kbtf [0-9]+\.[0-9]+\.[0-9]+' out
}

@test "options that are wrong" {
    kbtf distill --frob
    said 2 'kbtf distill: --frob: no such option
Try `kbtf distill --help`.'
    kbtf distill -B
    said 2 'kbtf distill: -B needs an argument
Try `kbtf distill --help`.'
    kbtf check --in-place x.ko
    said 2 'kbtf check: --in-place: no such option
Try `kbtf check --help`.'
    kbtf check -j 0 x.ko
    said 2 'kbtf check: --jobs: 0 is no number from 1 to 1024
Try `kbtf check --help`.'
    kbtf dump --id -1 x
    said 2 'kbtf dump: --id: -1 is no type id
Try `kbtf dump --help`.'
    kbtf dump --format yaml x
    said 2 'kbtf dump: --format: yaml is neither raw, json nor c
Try `kbtf dump --help`.'
}

@test "calls that contradict themselves" {
    try() {
        local expected=$1
        shift
        kbtf "$@"
        said 2 "kbtf $1: $expected
Try \`kbtf $1 --help\`."
    }
    before=$(contents .)
    try '--base and --kernel exclude each other' distill -B old.btf --kernel x -o made modules
    try '--old-base and --old-kernel exclude each other' check -B a --old-base b --old-kernel c modules
    try '--output and --in-place exclude each other' distill -B old.btf -o made --in-place modules
    try 'where to write? give --output or --in-place' distill -B old.btf modules
    try 'where to write? give --output or --in-place' relocate -B old.btf modules
    try '--in-place and --raw exclude each other' distill -B old.btf --raw --in-place modules
    try '--sign-with and --strip-signature exclude each other' distill -B old.btf --in-place --sign-with x --strip-signature modules
    try '--sign-with and --raw exclude each other: BTF alone is not signed' distill -B old.btf -o made --sign-with x --raw modules
    try 'no file was named' distill -B old.btf -o made
    rm out err
    [ "$(contents .)" = "$before" ]
}

@test "two files for one place" {
    kbtf distill -q -B old.btf -o made modules/fits.ko many/../modules/fits.ko
    said 2 'kbtf distill: modules/fits.ko and many/../modules/fits.ko would both be written to made/fits.ko
Try `kbtf distill --help`.'
}

@test "no kernel, several kernels, a kernel without BTF" {
    mkdir -p empty
    kbtf check --root empty modules
    said 2 'kbtf check: no kernel in empty/lib/modules
Try `kbtf check --help`.'
    mkdir -p one/lib/modules/6.0.0-one
    kbtf check --root one modules
    [ "$status" -eq 1 ]
    grep -q '^no BTF of kernel 6.0.0-one under one: tried ' err || { cat err; false; }
    kbtf check --root root modules
    [ "$status" -eq 2 ]
    grep -Eqx 'kbtf check: 2 kernels in root/lib/modules: which one of 6.0.0-(old, 6.0.0-new|new, 6.0.0-old)\?' err || { cat err; false; }
}

@test "a folder without modules" {
    mkdir empty
    kbtf check -B new.btf empty
    said 2 'kbtf check: no modules in empty
Try `kbtf check --help`.'
}

@test "words after -- are files" {
    cp modules/fits.ko ./--raw.ko
    kbtf check -B new.btf --old-base old.btf -- --raw.ko
    said 0
}

@test "standard output that is full" {
    [ -e /dev/full ] || skip 'there is no /dev/full'
    status=0
    "$KBTF" dump old.btf >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ]
    [ -s err ]
    status=0
    "$KBTF" check -B new.btf --old-base old.btf --json modules/fits.ko >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ]
    [ -s err ]
}

@test "a progress bar, on a terminal and for work over a second" {
    script -qec true typescript >seen 2>&1 || skip "no terminal can be made here"
    # Each of four modules waits for a signature; script(1) is the terminal.
    command="'$KBTF' distill -j1 --sign-with 'sleep 0.4;:' -B old.btf -o distilled modules"
    script -qec "$command" typescript >seen || true
    tr '\r' '\n' <seen | grep -E '^\[#{24,40} *\] [3-5]/5'
    # taken away before anything else is printed
    ! tr '\r' '\n' <seen | grep -E '\] [0-9]/5.+'
    script -qec "$command -q" typescript >seen || true
    ! grep -F '[#' seen
    sh -c "$command" >seen 2>&1 || true
    ! grep -F '[#' seen
}

# How many filters of system calls kbtf has while it waits for a pipe that somebody else holds open.
filters_while_reading() {
    mkfifo pipe
    exec 7<>pipe
    "$@" pipe >out 2>err &
    for _ in {1..100}; do
        grep -q '^State:.*sleeping' "/proc/$!/status" && break
        sleep 0.05
    done
    sed -n 's/^Seccomp_filters:[[:space:]]*//p' "/proc/$!/status"
    kill $!
    exec 7>&-
    rm pipe
}

@test "files are read by a process that has given up what that does not take" {
    # Those that the tests run under are there in any case.
    before=$(sed -n 's/^Seccomp_filters:[[:space:]]*//p' /proc/self/status)
    [ -n "$before" ] || skip 'the kernel does not tell of seccomp filters'
    # Those for other architectures are run by a script.
    [ "$(head -c 4 "$KBTF")" = $'\x7fELF' ] || skip 'the emulator has no seccomp filters'
    after=$(filters_while_reading "$KBTF" info)
    [ "$after" -gt "$before" ] || ! grep -q __asan_init "$KBTF" || skip 'address sanitizer does without'
    [ "$after" -eq $((before + 1)) ]
    [ "$(KBTF_CONFINE=no filters_while_reading "$KBTF" info)" -eq "$before" ]
}

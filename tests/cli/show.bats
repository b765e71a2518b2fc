#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    "$KBTF_MAKE_INPUT" .
    export XDG_CACHE_HOME=$PWD/cache
    mkdir root/lib/modules/6.0.0-old/net
    cp modules/net/*.ko root/lib/modules/6.0.0-old/net/
}

old=(--root root --kernel 6.0.0-old)

@test "show: types of the kernel and of its modules" {
    kbtf show "${old[@]}" sock fits_priv
    said 0
    printed "/* vmlinux */
struct sock {
	int family;
	int state;
};

/* fits */
struct fits_priv {
	struct device embedded;
	long : 64;
};"
    kbtf show "${old[@]}" --sizes sock
    said 0
    grep -q '^	int state;  */\*     4     4 \*/$' out
    kbtf show "${old[@]}" int
    said 0
    printed "/* vmlinux */
[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED"
    kbtf show --format raw "${old[@]}" sock fits_priv
    said 0
    printed "# vmlinux
[5] STRUCT 'sock' size=8 vlen=2
	'family' type_id=1 bits_offset=0
	'state' type_id=1 bits_offset=32

# fits
[8] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=4 bits_offset=0"
}

@test "show: kinds as people type them, functions, patterns" {
    kbtf show "${old[@]}" struct sock
    said 0
    kbtf show "${old[@]}" 'struct sock'
    said 0
    kbtf show --format raw "${old[@]}" union sock int
    said 1 'no union is named sock; did you mean struct sock? [no-type]'
    [ "$(grep -c '^# ' out)" -eq 1 ]
    kbtf show "${old[@]}" struct
    said 1 'no type, function or variable is named struct [no-type]'
    kbtf show --format raw "${old[@]}" 'p*t'
    said 0
    printed "# vmlinux
[6] STRUCT 'port' size=8 vlen=2
	'speed' type_id=1 bits_offset=0
	'number' type_id=1 bits_offset=32"
    # their parameters point to different structs
    kbtf show "${old[@]}" func demo_start
    said 0
    printed "/* drifts */
extern int demo_start(struct drifts_priv *priv);

/* fits */
extern int demo_start(struct fits_priv *priv);

/* refused */
extern int demo_start(struct refused_priv *priv);"
    kbtf show --format raw "${old[@]}" demo_start
    said 0
    printed "# drifts
[11] FUNC 'demo_start' type_id=10 linkage=static
[10] FUNC_PROTO '(anon)' ret_type_id=1 vlen=1
	'priv' type_id=9

# fits
[11] FUNC 'demo_start' type_id=10 linkage=static
[10] FUNC_PROTO '(anon)' ret_type_id=1 vlen=1
	'priv' type_id=9

# refused
[11] FUNC 'demo_start' type_id=10 linkage=static
[10] FUNC_PROTO '(anon)' ret_type_id=1 vlen=1
	'priv' type_id=9"
}

@test "show: equal definitions once, with all that have them" {
    kbtf show --format raw -B old.btf --module many fits_priv
    said 0
    printed "# 000, 001, 002, 003, 004, 005, 006, 007, 008, 009, 010, 011 and 48 more
[8] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=4 bits_offset=0"
    kbtf show -v --format raw -B old.btf --module many fits_priv
    head -n 1 out | grep -q ', 058, 059$'
}

@test "show: a file name that would end a comment" {
    cp modules/fits.ko 'x*}; int y; @.ko'
    kbtf show -B old.btf --module 'x*}; int y; @.ko' fits_priv
    said 0
    [ "$(head -n 1 out)" = '/* x????int?y??? */' ]
}

@test "show: names that there are not, and what was perhaps meant" {
    kbtf show "${old[@]}" fits_prif devcie DEVICE nothing_at_all
    said 1 'no type, function or variable is named fits_prif; did you mean fits_priv? [no-type]
no type, function or variable is named devcie; did you mean device? [no-type]
no type, function or variable is named DEVICE; did you mean device? [no-type]
no type, function or variable is named nothing_at_all [no-type]'
    [ ! -s out ]
}

@test "show: modules that cannot be read are left out, and told of" {
    cp modules/nobtf.ko root/lib/modules/6.0.0-old/net/ # nothing is wrong with it
    kbtf show "${old[@]}" no_such_thing_at_all
    said 1 'no type, function or variable is named no_such_thing_at_all [no-type]'
    printf nonsense >root/lib/modules/6.0.0-old/net/bad.ko
    kbtf show "${old[@]}" sock
    said 0
    kbtf show "${old[@]}" bad_priv
    said 1 'no type, function or variable is named bad_priv [no-type]
note: 1 module could not be read: --verbose tells why'
    kbtf show -v "${old[@]}" sock
    grep -q '^note: .*/net/bad.ko: .*\[file-kind\]' err
    # a module of another kernel
    mkdir other
    kbtf distill -q -B old.btf -o other modules
    kbtf show --format raw --no-cache -v -B new.btf --module other/net fits_priv drifts_priv refused_priv
    grep -q 'note: other/net/refused.ko: .*embeds it; size 8 where the module was built, 12' err
    [ "$(grep -c '^# drifts' out)" -eq 1 ]
    kbtf show --root root --kernel 6.0.0-new --module modules/fits.ko -v fits_priv
    said 1 "$(sed -n '/^note.*cache/p' err)
note: modules/fits.ko: built for kernel 6.0.0-old, but the base is that of kernel 6.0.0-new [other-kernel]
no type, function or variable is named fits_priv [no-type]"
}

@test "show: a distilled module, as it stands on the kernel named" {
    kbtf distill -q -B old.btf -o fits.ko modules/fits.ko
    kbtf show --format raw --root root --kernel 6.0.0-new --module fits.ko fits_priv
    said 0
    printed "# fits
[7] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=4 bits_offset=0"
}

@test "show: the index is kept, and used until something changes" {
    kbtf show -v "${old[@]}" sock
    grep -q '^note: not kept: sources changed within the last seconds \[cache\]' err
    [ -z "$(ls cache 2>/dev/null)" ]
    sleep 2.2
    kbtf show "${old[@]}" sock
    [ "$(stat -c %a cache/kbtf/show)" = 700 ]
    kbtf show -v "${old[@]}" sock
    said 0
    kbtf show "${old[@]}" --complete dr
    said 0
    printed 'drifts_priv'
    # in place, as long as it was, and as old as it was
    touch -r root/lib/modules/6.0.0-old/fits.ko stamp
    sed -i 's/fits_priv/fitt_priv/' root/lib/modules/6.0.0-old/fits.ko
    touch -r stamp root/lib/modules/6.0.0-old/fits.ko
    kbtf show "${old[@]}" fitt_priv
    said 0
    kbtf show "${old[@]}" fits_priv
    said 1 'no type, function or variable is named fits_priv; did you mean fitt_priv? [no-type]'
    kbtf show "${old[@]}" --complete fit # there is no valid cache yet
    [ "$status" -eq 1 ] && [ ! -s out ] && [ ! -s err ]
}

@test "show: without a cache" {
    kbtf show --no-cache "${old[@]}" sock
    said 0
    [ ! -e cache ]
    XDG_CACHE_HOME=/dev/null kbtf show "${old[@]}" sock
    said 0
    env -u HOME -u XDG_CACHE_HOME "$KBTF" show "${old[@]}" sock
    sleep 2.2
    mkdir -p cache/kbtf/show
    chmod 777 cache/kbtf/show
    kbtf show -v "${old[@]}" sock
    [ "$status" -eq 0 ]
    grep -q 'cache/kbtf/show is not used: it is not a directory of this user alone' err
    [ -z "$(ls cache/kbtf/show)" ]
}

@test "show: completion of names, of which a shell runs none" {
    sed -i 's/list_head/l$(>pwnd)/' old.btf
    sleep 2.2
    kbtf show -B old.btf list_head
    [ "$status" -eq 1 ]
    # shellcheck source=completion/kbtf.bash
    . "$KBTF_SOURCE/completion/kbtf.bash"
    kbtf() { "$KBTF" "$@"; }
    COMP_WORDS=(kbtf show -B old.btf d) COMP_CWORD=4
    _kbtf
    [ "${COMPREPLY[*]}" = device ]
    COMP_WORDS=(kbtf show -B old.btf l)
    _kbtf
    [ -z "${COMPREPLY[*]}" ]
    [ ! -e pwnd ]
}

@test "show: many at a time make one index" {
    sleep 2.2
    for i in $(seq 12); do
        "$KBTF" show "${old[@]}" fits_priv sock >"out.$i" 2>"err.$i" &
    done
    wait
    for i in $(seq 12); do
        diff out.1 "out.$i"
        [ ! -s "err.$i" ]
    done
    [ "$(find cache/kbtf/show -type f | wc -l)" -eq 1 ]
    kbtf show -v "${old[@]}" fits_priv sock
    said 0
    diff out.1 out
}

@test "show: as JSON" {
    kbtf show --format json "${old[@]}" sock demo_start nosuch
    [ "$status" -eq 1 ]
    [ "$(jq -r '.found[0].modules[0].name' out)" = vmlinux ]
    [ "$(jq -r '.found[0].dump.types[0].members[1].name' out)" = state ]
    [ "$(jq -r '.found[1].dump.types | map(.kind) | join(" ")' out)" = 'FUNC FUNC_PROTO' ]
    [ "$(jq -r '.found[4].why.reason' out)" = no-type ]
    [ "$(jq -c '.summary' out)" = '{"nr_found":4,"nr_missing":1}' ]
}

@test "show: calls that are wrong" {
    kbtf show
    said 2 'kbtf show: no name was given
Try `kbtf show --help`.'
    kbtf show -B old.btf --kernel x sock
    said 2 'kbtf show: --base excludes --kernel and --root
Try `kbtf show --help`.'
    kbtf show --root root sock
    said 1 "$(sed -n 1p err)"
    grep -q 'which one of' err
    kbtf show -B missing.btf sock
    said 1 'missing.btf: cannot open: No such file or directory [file-read]'
    kbtf show -B old.btf --module missing.ko sock
    said 1 'missing.ko: cannot open: No such file or directory [file-read]'
    "$KBTF" show "${old[@]}" sock >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ]
    said 1 'kbtf: standard output: No space left on device'
}

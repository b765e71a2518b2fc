#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

# The ids and sets of .BTF_ids as numbers.
ids_of() {
    objcopy -O binary --only-section=.BTF_ids "$1" ids
    od -An -tu4 -w28 ids | xargs
}

@test "standalone: a folder goes to a folder, each module with its path" {
    kbtf standalone -B old.btf -o made modules
    said 0
    printed "kernel       old.btf
files             5
standalone        4
no BTF            1
BTF          613 -> 1254 bytes; .BTF.base 180, .BTF.embedded 0"
    [ "$(cd made && find . -type f | sort | xargs)" = "./fits.ko ./ids.ko ./net/drifts.ko ./net/refused.ko" ]
}

@test "standalone: a module's own types first, and those of the kernel behind them" {
    kbtf standalone -q -B old.btf -o out.ko modules/fits.ko
    said 0
    ! readelf -SW out.ko | grep -q 'BTF\.embedded'
    readelf -SW out.ko | grep -q ' \.BTF\.base  *PROGBITS .*  A '
    kbtf dump out.ko
    said 0
    printed "[2] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=10 bits_offset=0
[3] PTR '(anon)' type_id=2
[4] FUNC_PROTO '(anon)' ret_type_id=7 vlen=1
	'priv' type_id=3
[5] FUNC 'demo_start' type_id=4 linkage=static
[6] FUNC 'demo_stop' type_id=4 linkage=static
[7] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[8] PTR '(anon)' type_id=9
[9] STRUCT 'list_head' size=16 vlen=2
	'next' type_id=8 bits_offset=0
	'prev' type_id=8 bits_offset=64
[10] STRUCT 'device' size=24 vlen=2
	'id' type_id=7 bits_offset=0
	'node' type_id=9 bits_offset=64"
}

@test "standalone: --bare has no base, and its ids begin at 1" {
    kbtf standalone -q --bare -B old.btf -o out.ko modules/fits.ko
    said 0
    ! readelf -SW out.ko | grep -q 'BTF\.'
    kbtf dump --type fits_priv --type int out.ko
    printed "[1] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=9 bits_offset=0
[6] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED"
    kbtf verify -q out.ko
    said 0
    kbtf verify -q -B old.btf out.ko
    said 0
}

@test "standalone: --depth names keeps no members of what only pointers reach" {
    kbtf standalone -q --depth names --bare -B old.btf -o out.ko modules/net/refused.ko
    said 0
    kbtf dump --type gone out.ko
    printed "[9] STRUCT 'gone' size=4 vlen=0"
    kbtf standalone -q --depth all --bare -B old.btf -o out.ko modules/net/refused.ko
    kbtf dump --type gone out.ko
    printed "[9] STRUCT 'gone' size=4 vlen=1
	'x' type_id=7 bits_offset=0"
    kbtf standalone --depth most -B old.btf -o out.ko modules
    said 2 'kbtf standalone: --depth: most is neither all nor names
Try `kbtf standalone --help`.'
}

@test "standalone: fits any kernel, where distilled BTF does not" {
    kbtf standalone -q -B old.btf -o made modules
    kbtf check -B new.btf made
    said 0
    printed "relocates    made/fits.ko
relocates    made/ids.ko
relocates    made/net/drifts.ko
relocates    made/net/refused.ko
kernel       new.btf
files             4
relocates         4"
    kbtf verify -q --profile module --kernel-rules 6.12 -B new.btf made
    said 0
}

@test "standalone: --to-split puts either form onto a kernel, as relocating does" {
    kbtf standalone -q -B old.btf -o based modules
    kbtf standalone -q --bare -B old.btf -o bare modules
    kbtf standalone --to-split -B new.btf -o one based
    said 0
    grep -qx 'split             4' out
    kbtf standalone -q --to-split -B new.btf -o two bare
    said 0
    kbtf relocate -q -B new.btf -o three based
    said 0
    kbtf relocate -q -B new.btf -o four bare
    said 0
    ! readelf -SW one/fits.ko | grep -q 'BTF\.'
    for name in fits ids net/drifts net/refused; do
        for folder in one two three four; do
            kbtf extract -q -o $folder.btf $folder/$name.ko
            cmp one.btf $folder.btf
        done
        [ "$(readelf -x .BTF_ids one/$name.ko 2>&1)" = "$(readelf -x .BTF_ids two/$name.ko 2>&1)" ]
        kbtf verify -q -B new.btf one/$name.ko
        said 0
    done
}

@test "standalone: there and back, a module means what it meant" {
    kbtf standalone -q -B old.btf -o made modules
    kbtf standalone -q --to-split -B old.btf -o back made
    kbtf dump --type fits_priv --type demo_start -B old.btf back/fits.ko
    printed "[8] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=16 bits_offset=0
[11] FUNC 'demo_start' type_id=10 linkage=static"
    kbtf dump --id 16 -B old.btf back/fits.ko
    printed "[16] STRUCT 'device' size=24 vlen=2
	'id' type_id=13 bits_offset=0
	'node' type_id=15 bits_offset=64"
}

@test "standalone: .BTF_ids go along in every direction, sets sorted" {
    kbtf standalone -v -B old.btf -o based.ko modules/ids.ko
    said 0 "note: modules/ids.ko: .BTF_ids: struct__device is in a list, not in a set: it is right when loaded only if the module has the kernel relocate it [ids-list]"
    [ "$(ids_of based.ko)" = "2 0 5 1 6 0 10" ]
    kbtf standalone -q --bare -B old.btf -o bare.ko modules/ids.ko
    [ "$(ids_of bare.ko)" = "2 0 4 1 5 0 9" ]
    kbtf standalone -q -B old.btf -o again.ko bare.ko
    cmp again.ko based.ko
    kbtf standalone -q --bare -B old.btf -o again.ko based.ko
    [ "$(ids_of again.ko)" = "2 0 4 1 5 0 9" ]
    kbtf standalone -q --to-split -B new.btf -o split.ko bare.ko
    [ "$(ids_of split.ko)" = "2 0 10 1 11 0 15" ]
    kbtf dump --id 10 --id 15 -B new.btf split.ko
    printed "[10] FUNC 'demo_start' type_id=9 linkage=static
[15] STRUCT 'device' size=24 vlen=2
	'id' type_id=12 bits_offset=0
	'node' type_id=14 bits_offset=64"
    kbtf standalone -q -B old.btf -o out.ko stripped.ko
    said 1 "stripped.ko: .BTF_ids+0x0: no __BTF_ID__ symbol tells what the word 2 is; the module's symbols were stripped [ids-symbols-gone]"
}

@test "standalone: what is standalone already is said to be, and left alone" {
    kbtf standalone -q -B old.btf --in-place modules
    before=$(contents modules)
    kbtf standalone -v -B old.btf --in-place modules
    said 0
    printed "already      modules/fits.ko
already      modules/ids.ko
already      modules/net/drifts.ko
already      modules/net/refused.ko
no BTF       modules/nobtf.ko
kernel       old.btf
files             5
already           4
no BTF            1"
    [ "$(contents modules)" = "$before" ]
    kbtf standalone --bare -q -B old.btf --in-place modules
    said 0
    before=$(contents modules)
    kbtf standalone --json --bare -B old.btf --in-place modules
    [ "$(jq -c '[.summary.outcomes.already, .files[0].nr_types, .files[0].nr_types_after]' out)" = '[4,9,0]' ]
    [ "$(contents modules)" = "$before" ]
}

@test "standalone: distilled modules are relocated onto the kernel first" {
    kbtf distill -q -B old.btf -o distilled modules
    kbtf standalone -q -B old.btf -o made distilled
    said 0
    kbtf standalone -q --to-split -B old.btf -o back made
    said 0
    kbtf standalone -q -B new.btf -o other distilled
    [ "$status" -eq 1 ]
    grep -q '^distilled/net/refused.ko: .*\[missing\]$' err
    kbtf dump --type device other/fits.ko
    printed "[10] STRUCT 'device' size=24 vlen=2
	'id' type_id=7 bits_offset=0
	'node' type_id=9 bits_offset=64"
}

@test "standalone: --to-split refuses what is not standalone, and says why" {
    kbtf standalone -q --to-split -B new.btf -o made modules/fits.ko
    said 1 "modules/fits.ko: .BTF+0x68: first byte of the string section is 0x66, not 0: this is split BTF and needs its base, or it is damaged [strings-start]"
    kbtf distill -q -B old.btf -o distilled.ko modules/fits.ko
    kbtf standalone -q --to-split -B new.btf -o made distilled.ko
    said 1 "distilled.ko: .BTF+0x68: its strings do not begin with an empty one: it is split BTF and needs its base [strings-start]"
    [ ! -e made ]
    kbtf standalone --to-split --bare -B new.btf -o made distilled.ko
    said 2 'kbtf standalone: --to-split excludes --bare and --depth: it leaves types as they are
Try `kbtf standalone --help`.'
}

@test "standalone: a module of another kernel is refused" {
    kbtf standalone -q --root root --kernel 6.0.0-new -o made modules/fits.ko
    said 1 "modules/fits.ko: built for kernel 6.0.0-old, but the base is that of kernel 6.0.0-new [other-kernel]"
    kbtf standalone -q --root root --kernel 6.0.0-old -o made
    said 0
    kbtf standalone -q --to-split --root root --kernel 6.0.0-new -o made2 made
    said 0
}

@test "standalone: raw BTF in, raw BTF out" {
    kbtf extract -q -o fits.btf modules/fits.ko
    kbtf standalone -q -B old.btf -o made/ fits.btf
    said 0
    [ "$(cd made && ls | xargs)" = "fits.base.btf fits.btf" ]
    kbtf standalone -q --bare -B old.btf -o bare/ made/fits.btf
    said 0
    [ "$(cd bare && ls)" = fits.btf ]
    kbtf standalone -q --raw --bare -B old.btf -o bare2/ modules/fits.ko
    cmp bare/fits.btf bare2/fits.btf
    kbtf standalone -q --to-split -B new.btf -o split/ bare/fits.btf
    said 0
    kbtf verify -q -B new.btf split/fits.btf
    said 0
}

@test "standalone: others know BTF that stands alone" {
    kbtf standalone -q -B old.btf -o based.ko modules/fits.ko
    kbtf standalone -q --bare -B old.btf -o bare.ko modules/fits.ko
    kbtf info based.ko bare.ko
    grep -qx '  .BTF: 289 bytes, 9 types, stands alone on .BTF.base' out
    grep -qx '  .BTF: 289 bytes, 9 types, stands alone' out
    kbtf info --json based.ko bare.ko modules/fits.ko
    [ "$(jq -c '[.files[].btf | .stands, .stands_reason]' out)" = '["alone on .BTF.base",null,"alone",null,"on a kernel","strings-start"]' ]
    kbtf check -q -B new.btf bare.ko
    said 1 "bare.ko: it stands alone, and a kernel would take its ids for those of the kernel's types: \`kbtf standalone\` gives it a .BTF.base, or with --to-split puts it on the kernel [standalone]"
    kbtf check -q -B old.btf --old-base old.btf bare.ko
    [ "$status" -eq 1 ]
    kbtf distill -q -B old.btf -o out.ko bare.ko
    said 1 "bare.ko: it stands alone, so there is nothing to distill: \`kbtf standalone\` gives it a .BTF.base [standalone]"
    kbtf distill -B old.btf -o out.ko based.ko
    said 0
    grep -qx 'already           1' out
    kbtf verify -v --profile module --kernel-rules 6.12 -B new.btf bare.ko
    grep -qx 'note: bare.ko: .BTF: it stands alone, and the kernel takes its ids for those of the kernel.s types \[standalone\]' err
    kbtf dump --type fits_priv -B new.btf bare.ko
    printed "[7] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=15 bits_offset=0"
}

@test "standalone: diff compares it as it is, and finds nothing of the kernel in it" {
    kbtf standalone -q -B old.btf -o based.ko modules/net/refused.ko
    kbtf standalone -q --bare -B old.btf -o bare.ko modules/net/refused.ko
    kbtf diff -q bare.ko based.ko
    said 0
    kbtf diff -q --used-by modules/net/refused.ko old.btf new.btf
    [ "$status" -eq 1 ]
    for module in bare.ko based.ko; do
        kbtf diff -q --used-by $module old.btf new.btf
        said 0
    done
}

@test "standalone: a signed module is not changed in place unless told what becomes of the signature" {
    kbtf standalone -q -B old.btf --in-place signed.ko
    said 1 "signed.ko: the module is signed, and a changed one needs a new signature: use --strip-signature or --sign-with [signed]"
    kbtf standalone -q -B old.btf --in-place --strip-signature signed.ko
    said 0
    kbtf standalone -q --to-split -B old.btf --in-place signed.ko
    said 0
}

@test "standalone: any number of threads gives the same bytes and the same report" {
    kbtf standalone -j1 --json -B old.btf -o one many modules stripped.ko
    [ "$status" -eq 1 ]
    jq 'del(.. | .seconds?) | del(.files[].output)' out >one.json
    mv err one.err
    kbtf standalone -j4 --json -B old.btf -o four many modules stripped.ko
    jq 'del(.. | .seconds?) | del(.files[].output)' out >four.json
    diff one.json four.json
    diff one.err err
    [ "$(contents one)" = "$(contents four)" ]
    [ "$(find one -type f | wc -l)" -eq 64 ]
}

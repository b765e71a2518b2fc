#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

@test "merge: a kernel and itself, dedup of the result" {
    kbtf merge -o two.btf old.btf old.btf
    said 0
    types=$("$KBTF" dump old.btf | grep -c '^\[')
    printed "types        $((2 * types)) -> $types
BTF          $((2 * $(stat -c %s old.btf))) -> $(stat -c %s two.btf) bytes"
    diff <("$KBTF" dump old.btf) <("$KBTF" dump two.btf)
    kbtf dedup -q -o one.btf two.btf
    said 0
    cmp one.btf two.btf
}

@test "merge: modules on their kernel, and what it has is left out" {
    kbtf merge -q -B old.btf -o both.btf modules/fits.ko modules/net/drifts.ko old.btf
    said 0
    "$KBTF" verify -q -B old.btf both.btf
    "$KBTF" dump -B old.btf both.btf >dump
    [ "$(grep -c fits_priv dump)" -eq 1 ]
    [ "$(grep -c drifts_priv dump)" -eq 1 ]
    kbtf merge -q --kernel 6.0.0-old --root root -o again.btf modules/fits.ko modules/net/drifts.ko
    said 0
    cmp both.btf again.btf
}

@test "merge, dedup: as JSON" {
    "$KBTF" merge --json -o two.btf old.btf old.btf >report.json
    python3 - <<'CHECK'
import json, os
report = json.load(open('report.json'))
assert report['command'] == 'merge' and report['output'] == 'two.btf' and report['error'] is None
assert report['files'] == ['old.btf', 'old.btf']
assert report['nr_types_before'] == 2 * report['nr_types_after'] > 0
assert report['btf_bytes_after'] == os.path.getsize('two.btf')
CHECK
    ! "$KBTF" dedup --json -o x.btf modules/nobtf.ko >report.json 2>/dev/null
    python3 - <<'CHECK'
import json
report = json.load(open('report.json'))
assert report['command'] == 'dedup' and report['output'] is None
assert report['error']['reason'] == 'no-btf'
CHECK
}

@test "merge: inputs that will not do" {
    kbtf merge -o x.btf old.btf modules/fits.ko
    said 1 "modules/fits.ko: it stands on a kernel's BTF: name that with --base or --kernel [base-missing]"
    kbtf distill -q -B old.btf -o distilled.ko modules/fits.ko
    kbtf merge -o x.btf -B old.btf distilled.ko
    said 1 "distilled.ko: it stands on its own .BTF.base: relocate it first [distilled]"
    kbtf merge -o x.btf modules/nobtf.ko
    said 1 "modules/nobtf.ko: no section .BTF [no-btf]"
    [ ! -e x.btf ]
}

@test "merge, dedup: calls that are wrong" {
    kbtf merge old.btf
    said 2 'kbtf merge: where to write? give --output
Try `kbtf merge --help`.'
    kbtf merge -o x.btf
    said 2 'kbtf merge: no file was named
Try `kbtf merge --help`.'
    kbtf merge -o x.btf -B old.btf --kernel 6.0.0-old old.btf
    said 2 'kbtf merge: --base and --kernel exclude each other
Try `kbtf merge --help`.'
    kbtf dedup -o x.btf old.btf new.btf
    said 2 'kbtf dedup: one FILE is wanted, not 2
Try `kbtf dedup --help`.'
}

@test "merge, dedup: an input is never written over" {
    cp old.btf one.btf
    kbtf dedup -q -o one.btf one.btf
    said 1 "the output one.btf is the input one.btf [over-input]"
    kbtf merge -q -B one.btf -o ./one.btf old.btf
    said 1 "the output ./one.btf is the input one.btf [over-input]"
    cmp one.btf old.btf
}

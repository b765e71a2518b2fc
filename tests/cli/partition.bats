#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

roots='  [8] STRUCT task_struct: .BTF_ids+0x0 list task_ids
  [6] FUNC kfunc_b: .BTF_ids+0xc set8 tick_kfuncs
  [7] FUNC kfunc_a: .BTF_ids+0x14 set8 tick_kfuncs
  [10] DATASEC .data..percpu: percpu
  [13] TYPEDEF btf_trace_tick: tracepoint
  [14] STRUCT tick_ops: struct_ops
  [15] STRUCT bpf_struct_ops_tick_ops: struct_ops'

figures='
                                                mandatory     %                   payload of the module
  policy   with       types     bytes        xz      zstd   all    types     bytes        xz      zstd
  nothing                 0         0         0         0   0.0       16       448         -         -
  names                   7       175         -         -  39.1       16       448         -         -
  names    percpu         9       237         -         -  52.9       16       448         -         -
  names    by name       12       316         -         -  70.5       16       448         -         -
  names    both          14       378         -         -  84.4       16       448         -         -
  closure                 7       189         -         -  42.2        9       283         -         -
  closure  percpu         9       251         -         -  56.0        7       221         -         -
  closure  by name       12       330         -         -  73.7        4       142         -         -
  closure  both          14       392         -         -  87.5        2        80         -         -
'

@test "partition: the table, with each root's origin, and what was written" {
    kbtf partition -v --no-compress --policy closure -o made vmlinux
    said 0
    diff out - <<TEXT
vmlinux: ELF
  .BTF         448 bytes, 16 types
  .BTF_ids     8 words, 3 ids of 3 types, by their symbols
  by name      1 types of tracepoints, 2 of struct_ops, 1 per-cpu section
$roots
$figures
  wrote        payload.btf, 283 bytes
  wrote        whole.btf, 448 bytes
  wrote        BTF_ids, 32 bytes
  wrote        base.btf, 189 bytes
TEXT
}

@test "partition: without symbols, in ELF and in the memory of an image" {
    for kernel in vmlinux.stripped Image; do
        kbtf partition -v --no-compress "$kernel"
        said 0
        diff <(tail -n +2 out) - <<TEXT
  .BTF         448 bytes, 16 types
  .BTF_ids     $([ "$kernel" = Image ] && echo 7 || echo 8) words, 3 ids of 3 types, without symbols: 3 certain, 0 guessed
  by name      1 types of tracepoints, 2 of struct_ops, 1 per-cpu section
$(printf '%s\n' "$roots" | sed 's/\(.BTF_ids+[^ ]*\) .*/\1/')
$figures
TEXT
    done
}

@test "partition: the pair is the whole, and .BTF_ids follow" {
    kbtf partition -q --policy closure -o made vmlinux
    said 0
    [ ! -s out ]
    "$KBTF" verify -q --profile vmlinux made/base.btf
    "$KBTF" verify -q --profile vmlinux made/whole.btf
    "$KBTF" verify -q --profile module -B made/base.btf made/payload.btf
    diff <("$KBTF" dump made/base.btf && "$KBTF" dump -B made/base.btf made/payload.btf) \
        <("$KBTF" dump made/whole.btf)
    # list: task_struct; set8: kfunc_b 1, kfunc_a 2; a name that there is not
    [ "$(od -An -v -tu4 -w32 made/BTF_ids | tr -s ' ')" = ' 7 2 0 5 1 6 2 0' ]
    "$KBTF" dump --id 5 --id 6 --id 7 made/base.btf | grep -o "'[a-z_]*'" | head -3 | diff - <(
        echo "'kfunc_b'
'kfunc_a'
'task_struct'"
    )
}

@test "partition: a kernel whose ids are not resolved yet gives the same" {
    kbtf partition -q --policy closure -o made vmlinux
    said 0
    kbtf partition --no-compress --policy closure -o again vmlinux.linked
    said 0
    grep -q ', by their symbols, resolved here$' out
    diff -r made again
}

@test "partition: the BTF from another file" {
    "$KBTF" extract -o kernel.btf vmlinux
    kbtf partition -q --policy closure -o made vmlinux
    kbtf partition -q -B kernel.btf --policy closure -o again vmlinux.linked
    said 0
    diff -r made again
    kbtf partition -q -B new.btf --policy closure -o no vmlinux.linked
    said 1 'vmlinux.linked: .BTF_ids: the BTF has no type for any of its 4 names [ids-unresolved]'
    kbtf partition -q -B new.btf --policy closure -o no vmlinux
    said 1 'vmlinux: .BTF_ids+0x14: set8 tick_kfuncs has type id 7, but the last is 6 [ids-range]'
    [ ! -e no ]
}

@test "partition: more in the base; nothing in it" {
    kbtf partition -q --policy closure --percpu --by-name -o made vmlinux
    said 0
    [ "$("$KBTF" dump made/base.btf | grep -c '^\[')" -eq 14 ]
    for kernel in vmlinux Image vmlinux.stripped; do
        rm -rf nothing
        kbtf partition -q --policy nothing -o nothing "$kernel"
        said 0
        [ "$(ls nothing)" = payload.btf ]
        cmp nothing/payload.btf <("$KBTF" extract vmlinux)
    done
}

@test "partition: as JSON" {
    kbtf partition --json vmlinux Image nosuch
    said 1 'nosuch: cannot open: No such file or directory [file-read]'
    [ "$(jq -r '.files[].outcome' out | xargs)" = 'done done refused' ]
    [ "$(jq '.files[0].partitions | length' out)" -eq 9 ]
    [ "$(jq -c '.files[0].partitions[5] | [.policy, .sources, .mandatory.nr_types, .mandatory.bytes, .payload.bytes]' out)" = \
        '["closure",["id"],7,189,283]' ]
    [ "$(jq '.files[0].partitions[5].mandatory.xz_bytes' out)" -gt 100 ]
    [ "$(jq -r '.files[0].roots[1] | "\(.kind) \(.name) \(.list) \(.is_guess)"' out)" = \
        'FUNC kfunc_b set8 tick_kfuncs false' ]
    [ "$(jq -c '.summary' out)" = '{"nr_files":3,"nr_refused":1}' ]
}

@test "partition: any number of threads gives the same" {
    kbtf partition --json -j 1 vmlinux
    sed '/seconds/d' out >one
    kbtf partition --json -j 4 vmlinux
    diff one <(sed '/seconds/d' out)
}

@test "partition: inputs that will not do" {
    kbtf partition old.btf
    said 1 'old.btf: no .BTF_ids, which tell what the kernel refers to [no-ids]'
    kbtf partition modules/fits.ko
    [ "$status" -eq 1 ]
    kbtf partition -B old.btf modules/nobtf.ko
    said 1 'modules/nobtf.ko: no .BTF_ids, which tell what the kernel refers to [no-ids]'
    for kernel in vmlinux.stripped Image; do
        kbtf partition --no-compress --policy closure -o made "$kernel"
        said 1 "$kernel: its symbols were stripped, so .BTF_ids cannot be made to match: take the vmlinux that has them [ids-symbols-gone]"
    done
    [ ! -e made ]
    cp vmlinux.stripped damaged
    ids=$(grep -obUaP '\x08\0\0\0\x02\0\0\0\0\0\0\0\x06' damaged | cut -d: -f1)
    printf '\x09' | dd of=damaged bs=1 seek="$ids" conv=notrunc 2>dd.log
    kbtf partition damaged
    said 1 'damaged: .BTF_ids+0x0: word 0 of 8 is 9: neither the id of a type that ids are of, nor the size of a set that follows it [ids-words]'
    head -c $((4096 + 448)) Image >short
    kbtf partition short
    said 1 'short+0x11c0: behind the BTF there is nothing that could be .BTF_ids [no-ids]'
}

@test "partition: an image with nothing behind its BTF" {
    "$KBTF" extract -o kernel.btf vmlinux
    cp Image empty
    head -c 60 /dev/zero | dd of=empty bs=1 seek=$((4096 + 448)) conv=notrunc 2>dd.log
    kbtf partition empty
    said 1 'empty+0x2000: behind the BTF there is nothing that could be .BTF_ids [no-ids]'
}

@test "partition: calls that are wrong" {
    kbtf partition
    said 2 'kbtf partition: no file was named
Try `kbtf partition --help`.'
    kbtf partition -o made vmlinux
    said 2 'kbtf partition: what to write? give --policy
Try `kbtf partition --help`.'
    kbtf partition --policy closure vmlinux
    said 2 'kbtf partition: where to write? give --output
Try `kbtf partition --help`.'
    kbtf partition --policy names -o made vmlinux
    said 2 'kbtf partition: --policy: names is neither nothing nor closure
Try `kbtf partition --help`.'
    kbtf partition --policy nothing -o made vmlinux Image
    said 2 'kbtf partition: --output is for one file, not 2
Try `kbtf partition --help`.'
    kbtf partition -B old.btf vmlinux Image
    said 2 'kbtf partition: --base is for one file, not 2
Try `kbtf partition --help`.'
}

@test "partition: an input is never written over" {
    mkdir made
    cp vmlinux made/base.btf
    kbtf partition -q --policy closure -o made made/base.btf
    said 1 "the output made/base.btf is the input made/base.btf [over-input]"
    cmp made/base.btf vmlinux
}

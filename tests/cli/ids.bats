#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

words() {
    "$KBTF" extract --section .BTF_ids "$1" | od -An -v -tu4 | xargs
}

@test "ids: what was linked becomes what a kernel build makes of it" {
    [ "$(words fresh.ko)" = "0 0 0 1 0 0 0" ]
    kbtf ids -B old.btf -o made.ko fresh.ko
    said 0
    printed 'kernel       old.btf
files             1
resolved          1'
    cmp made.ko modules/ids.ko
    kbtf ids -q -B old.btf --in-place fresh.ko
    said 0
    cmp fresh.ko modules/ids.ko
}

@test "ids: what is resolved is left alone" {
    kbtf ids -v -B old.btf -o made.d modules
    said 0
    grep -q '^already  *modules/ids.ko$' out
    grep -q '^already  *modules/fits.ko$' out
    grep -q '^no BTF  *modules/nobtf.ko$' out
    [ ! -e made.d ]
}

lacking='lacks.ko: .BTF+0x30: type [10] FUNC demo_start: type [9] has the same name, comes first and is taken [ids-ambiguous]
lacks.ko: .BTF_ids+0x10: unresolved symbol demo_stop: no FUNC of this name in the BTF, its id becomes 0 [ids-missing]'

@test "ids: what is missing is told, and with --strict refused" {
    kbtf ids -q -B old.btf -o made.ko lacks.ko
    said 0 "$lacking"
    [ "$(words made.ko)" = "2 0 0 0 9 1 4" ]
    kbtf ids -q --strict -B old.btf -o none.ko lacks.ko
    said 1 "$lacking"
    [ ! -e none.ko ]
}

@test "ids: a module needs its kernel, or a .BTF.base" {
    kbtf ids -q -o made.ko fresh.ko
    said 1 "fresh.ko: its BTF stands on that of its kernel: name that with --base or --kernel [base-missing]"
    kbtf ids -q --root root --kernel 6.0.0-new -o made.ko fresh.ko
    said 1 "fresh.ko: built for kernel 6.0.0-old, but the base is that of kernel 6.0.0-new [other-kernel]"
    kbtf ids -q --root root --kernel 6.0.0-old -o made.ko fresh.ko
    said 0
    cmp made.ko modules/ids.ko
    # the distilled base has struct device only if the module's own types lead there: here they do
    kbtf distill -q -B old.btf -o distilled.ko fresh.ko
    kbtf ids -q -o made.ko distilled.ko
    said 0
    kbtf distill -q -B old.btf -o expected.ko modules/ids.ko
    [ "$(words made.ko)" = "$(words expected.ko)" ]
}

@test "ids: symbols that were stripped" {
    kbtf ids -q -B old.btf -o made.ko stripped.ko
    said 1 "stripped.ko: .BTF_ids+0x0: no __BTF_ID__ symbol tells what the word 2 is; the module's symbols were stripped [ids-symbols-gone]"
}

@test "ids: compressed, and signed" {
    xz -k --check=crc32 fresh.ko
    kbtf ids -q -B old.btf -o made.ko.xz fresh.ko.xz
    said 0
    xz -dc made.ko.xz | cmp - modules/ids.ko
    tail -c +$(($(stat -c %s modules/fits.ko) + 1)) signed.ko >signature
    cat fresh.ko signature >signed-fresh.ko
    kbtf ids -q -B old.btf --in-place signed-fresh.ko
    said 1 "signed-fresh.ko: the module is signed, and a changed one needs a new signature: use --strip-signature or --sign-with [signed]"
    kbtf ids -q -B old.btf --in-place --strip-signature signed-fresh.ko
    said 0
    cmp signed-fresh.ko modules/ids.ko
}

@test "ids: --list" {
    kbtf ids --list -B old.btf modules
    said 0
    printed 'modules/ids.ko
  set8 demo_kfuncs: 2
          11  int demo_start(struct fits_priv *priv);  ACQUIRE
          12  int demo_stop(struct fits_priv *priv);
  list (no name)
           4  STRUCT device'
    kbtf ids --list --root root fresh.ko
    said 0
    printed 'fresh.ko
  set8 demo_kfuncs: 2, not resolved
           -  func__demo_start  ACQUIRE
           -  func__demo_stop
  list (no name)
           -  struct__device'
}

@test "ids: --list --json" {
    kbtf ids --list --json -B old.btf modules/ids.ko
    said 0
    [ "$(jq -c '.files[0].sets[0] | [.name, .is_resolved, .is_kfuncs, .members[0].prototype, .members[0].flag_names]' out)" = \
        '["demo_kfuncs",true,false,"int demo_start(struct fits_priv *priv);",["ACQUIRE"]]' ]
    [ "$(jq -c '.files[0].lists[0].members[0] | [.id, .kind, .name]' out)" = '[4,"STRUCT","device"]' ]
    kbtf ids --list --json modules/ids.ko modules/fits.ko missing.ko
    said 1 "modules/ids.ko: a module's BTF stands on that of its kernel, 6.0.0-old, which is not to be found: name where it is [base-missing]
modules/fits.ko: no section .BTF_ids [no-ids]
missing.ko: cannot open: No such file or directory [file-read]"
    [ "$(jq -r '.files[].error.reason' out | xargs)" = "base-missing no-ids file-read" ]
}

@test "ids: calls that are wrong" {
    kbtf ids
    said 2 'kbtf ids: no file was named
Try `kbtf ids --help`.'
    kbtf ids fresh.ko
    said 2 'kbtf ids: where to write? give --output or --in-place
Try `kbtf ids --help`.'
    kbtf ids --list -o x fresh.ko
    said 2 'kbtf ids: --list writes no files, and takes no options for that
Try `kbtf ids --help`.'
    kbtf ids --list -B old.btf --kernel 6.0.0-old fresh.ko
    said 2 'kbtf ids: --base and --kernel exclude each other
Try `kbtf ids --help`.'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    "$KBTF_MAKE_INPUT" .
    "$KBTF_MAKE_PROGRAM" .
}

@test "minimize: one kernel, one object, one file" {
    kbtf minimize -B old.btf --for sock.bpf.o -o left.btf
    said 0
    printed "kernels           1
objects           1
records           1
minimized         1
types             2, of vmlinux 2
BTF          303 -> 80 bytes"
    kbtf dump left.btf
    printed "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] STRUCT 'sock' size=8 vlen=1
	'state' type_id=1 bits_offset=32"
}

@test "minimize: for several objects, an archive and a skeleton of one mean the same" {
    kbtf minimize -q -B old.btf --for prog.bpf.o sock.bpf.o -o objects.btf
    said 0
    ar rcs lib.a prog.bpf.o sock.bpf.o
    kbtf minimize -q -B old.btf --for lib.a -o archive.btf
    said 0
    kbtf minimize -q -B old.btf --for prog.bpf.o --for sock.skel.h -o skeleton.btf
    said 0
    cmp objects.btf archive.btf
    cmp objects.btf skeleton.btf
    mkdir objects
    cp prog.bpf.o sock.bpf.o objects/
    kbtf minimize -q -B old.btf --for objects -o directory.btf
    said 0
    cmp objects.btf directory.btf
}

@test "minimize: a type that only a module has is kept in BTF of its own" {
    kbtf minimize -v -B old.btf modules --for prog.bpf.o -o left
    said 0
    printed "minimized    old.btf -> left  601 -> 248 bytes
kernels           1
objects           1
records           4
missing           1
minimized         1
modules           2
types             5, of vmlinux 3
BTF          601 -> 248 bytes"
    [ "$(cd left && echo *)" = "fits.btf ids.btf vmlinux.btf" ]
    kbtf dump -B left/vmlinux.btf left/fits.btf
    printed "[4] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=2 bits_offset=0"
    kbtf dump --type device left/vmlinux.btf
    printed "[2] STRUCT 'device' size=24 vlen=1
	'id' type_id=1 bits_offset=0"
}

@test "minimize: distilled modules are put onto the kernel first" {
    kbtf distill -q -B old.btf -o made modules/fits.ko
    kbtf minimize -q -B new.btf made --for prog.bpf.o -o left
    said 0
    kbtf dump -B left/vmlinux.btf left/made.btf
    printed "[4] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=2 bits_offset=0"
}

@test "minimize: merged, it is one file that stands alone" {
    kbtf minimize -q -B old.btf modules/fits.ko --merged --for prog.bpf.o -o left.btf
    said 0
    kbtf verify -q left.btf
    said 0
    kbtf dump --type fits_priv left.btf
    printed "[4] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=2 bits_offset=0"
}

@test "minimize: installed kernels in a directory, and archives as BTFHub has them" {
    mkdir -p all/debian/12/x86_64
    mkdir all/installed && cp -r root/boot root/lib all/installed/
    tar -cJf all/debian/12/x86_64/6.0.0-new.btf.tar.xz ./new.btf
    kbtf minimize --modules --kernels all --for prog.bpf.o -o left
    said 0
    printed "kernels           3
objects           1
records          12
missing           5
minimized         3
modules           1
types            10, of vmlinux 9
BTF          1030 -> 409 bytes"
    [ "$(cd left && find . -type f | sort | xargs)" = \
        "./debian/12/x86_64/6.0.0-new.btf ./installed/6.0.0-new/vmlinux.btf ./installed/6.0.0-old/fits.btf ./installed/6.0.0-old/vmlinux.btf" ]
}

@test "minimize: any number of threads gives the same, and each object may have its own" {
    mkdir all
    for n in 1 2 3 4 5 6 7 8; do cp old.btf "all/$n.btf"; done
    for threads in 1 2 8; do
        kbtf minimize --each --json -j "$threads" --kernels all --for prog.bpf.o sock.bpf.o -o "left$threads"
        said 0
        grep -v '"seconds"' out | sed 's/left[0-9]//' >"json$threads"
    done
    [ "$(contents left1)" = "$(contents left2)" ]
    [ "$(contents left1)" = "$(contents left8)" ]
    cmp json1 json2
    cmp json1 json8
    [ "$(find left1 -type f | wc -l)" = 16 ]
    [ -e left1/prog/3.btf ] && [ -e left1/sock/3.btf ]
}

@test "minimize: --explain tells which record keeps what, --missing what nobody has" {
    kbtf minimize -q -B old.btf --for sock.bpf.o --explain
    said 0
    printed "STRUCT sock  struct sock.state byte_off  (sock.bpf.o: tp+0x0)
STRUCT sock.state  struct sock.state byte_off  (sock.bpf.o: tp+0x0)
INT int  struct sock.state byte_off  (sock.bpf.o: tp+0x0)"
    kbtf minimize -q -B old.btf --for prog.bpf.o --missing
    said 0
    printed "old.btf: prog.bpf.o: tp+0x10: struct fits_priv.embedded.id byte_off: no type of the name [core-missing]
old.btf: prog.bpf.o: tp+0x18: struct nonesuch.x field_exists: no type of the name [core-missing]"
}

@test "minimize: a bad object is refused, and nothing is written" {
    kbtf minimize -B old.btf --for sock.bpf.o noext.bpf.o -o left.btf
    said 1 "noext.bpf.o: no section .BTF.ext: compiled without -g? [no-ext]"
    kbtf minimize -B old.btf --for sock.bpf.o badkind.bpf.o -o left.btf
    said 1 "badkind.bpf.o: .BTF.ext+0x2c: kind 99, where the last known is 12 [core-kind]"
    kbtf minimize -B old.btf --for badext.bpf.o -o left.btf
    said 1 "badext.bpf.o: .BTF.ext+0x18: CO-RE records end at byte 60 of 56 [ext-truncated]"
    kbtf minimize -B old.btf --for norecords.bpf.o -o left.btf
    said 1 "norecords.bpf.o: no CO-RE records in it [no-records]"
    kbtf minimize -B old.btf --for modules/fits.ko -o left.btf
    said 1 "modules/fits.ko: ELF module, not a BPF object [not-bpf]"
    kbtf minimize -B old.btf --for old.btf -o left.btf
    said 1 "old.btf: raw BTF, not a BPF object [not-bpf]"
    kbtf minimize -B old.btf --for none.o -o left.btf
    said 1 "none.o: cannot open: No such file or directory [file-read]"
    kbtf minimize -q -B old.btf modules none.ko --for prog.bpf.o -o left.btf
    said 1 "old.btf: none.ko: cannot open: No such file or directory [file-read]"
    mkdir empty
    kbtf minimize -B old.btf --for empty -o left.btf
    said 1 "no BPF object in empty [no-programs]"
    [ ! -e left.btf ]
}

@test "minimize: archives and skeletons that are cut short are refused" {
    ar rcs lib.a sock.bpf.o
    head -c 100 lib.a >short.a
    kbtf minimize -B old.btf --for short.a -o left.btf
    [ "$status" = 1 ]
    grep -q '^short.a+0x[0-9a-f]*: .*\[archive\]$' err
    head -c 500 sock.skel.h >short.skel.h
    kbtf minimize -B old.btf --for short.skel.h -o left.btf
    said 1 "short.skel.h+0x1f2: the string that holds the object ends in the middle, or has what bpftool does not write [skeleton]"
}

@test "minimize: a kernel that does not do does not stop the others" {
    mkdir all
    cp old.btf all/a.btf
    head -c 40 old.btf >all/b.btf
    cp old.btf all/c.btf
    kbtf minimize -q --kernels all --for sock.bpf.o -o left
    [ "$status" = 1 ]
    grep -q '^b: all/b.btf' err
    [ -e left/a.btf ] && [ ! -e left/b.btf ] && [ -e left/c.btf ]
}

@test "minimize: a call that makes no sense is wrong" {
    kbtf minimize -B old.btf -o left.btf
    said 2 "kbtf minimize: for which BPF objects? give --for
Try \`kbtf minimize --help\`."
    kbtf minimize -B old.btf --for sock.bpf.o
    said 2 "kbtf minimize: where to write? give --output
Try \`kbtf minimize --help\`."
    kbtf minimize -B old.btf --kernels root --for sock.bpf.o -o left.btf
    said 2 "kbtf minimize: --kernels and --base, --kernel, --root exclude each other
Try \`kbtf minimize --help\`."
    kbtf minimize -B old.btf --modules --for sock.bpf.o -o left.btf
    said 2 "kbtf minimize: --modules are those of an installed kernel: give --kernel, or name them
Try \`kbtf minimize --help\`."
}

@test "gen min_core_btf: as bpftool has it" {
    before=$(sha256sum old.btf)
    kbtf gen min_core_btf old.btf left.btf prog.bpf.o sock.bpf.o
    said 0
    [ ! -s out ]
    kbtf minimize -q -B old.btf --for prog.bpf.o sock.bpf.o -o same.btf
    cmp left.btf same.btf
    kbtf gen min_core_btf left.btf again.btf prog.bpf.o sock.bpf.o
    cmp left.btf again.btf
    [ "$before" = "$(sha256sum old.btf)" ]
    kbtf gen min_core_btf old.btf left.btf norecords.bpf.o
    said 0
    [ "$(stat -c %s left.btf)" = 25 ]
}

@test "gen min_core_btf -B: a module's BTF, on the base that it has" {
    kbtf extract -o fits.btf modules/fits.ko
    kbtf gen -B old.btf min_core_btf fits.btf left.btf prog.bpf.o
    said 0
    kbtf dump -B old.btf left.btf
    printed "[8] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=4 bits_offset=0"
    kbtf gen -B old.btf min_core_btf left.btf again.btf prog.bpf.o
    said 0
    cmp left.btf again.btf
    kbtf gen min_core_btf old.btf left.btf
    said 2 "kbtf gen: INPUT, OUTPUT and at least one OBJECT are wanted
Try \`kbtf gen --help\`."
    kbtf gen skeleton prog.bpf.o
    said 2 "kbtf gen: skeleton: only min_core_btf can be generated
Try \`kbtf gen --help\`."
}

@test "minimize --refs: what modules refer to, once for all of them" {
    kbtf minimize --refs -B old.btf modules -o left
    said 0
    printed "kernels           1
minimized         1
modules           4
types            28, of vmlinux 7
BTF          916 -> 916 bytes"
    [ "$(cd left && echo *)" = "drifts.btf fits.btf ids.btf refused.btf vmlinux.btf" ]
    for module in drifts fits ids refused; do
        kbtf verify -q -B left/vmlinux.btf "left/$module.btf"
        said 0
    done
    kbtf minimize --refs -q -B old.btf modules/fits.ko -o one
    kbtf dump one/vmlinux.btf
    printed "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] PTR '(anon)' type_id=3
[3] STRUCT 'list_head' size=16 vlen=2
	'next' type_id=2 bits_offset=0
	'prev' type_id=2 bits_offset=64
[4] STRUCT 'device' size=24 vlen=2
	'id' type_id=1 bits_offset=0
	'node' type_id=3 bits_offset=64"
}

@test "minimize --refs --depth names: what distilling keeps" {
    kbtf minimize --refs --depth names -q -B old.btf modules -o left
    said 0
    kbtf dump left/vmlinux.btf
    printed "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED
[2] STRUCT 'device' size=24 vlen=0
[3] STRUCT 'port' size=8 vlen=0
[4] STRUCT 'sock' size=8 vlen=0
[5] STRUCT 'gone' size=4 vlen=0"
    for module in drifts fits ids refused; do
        kbtf verify -q -B left/vmlinux.btf "left/$module.btf"
        said 0
    done
    kbtf minimize --refs -q -B old.btf modules/nobtf.ko -o none
    said 1 "old.btf: no module with BTF [no-modules]"
    [ ! -e none ]
    kbtf minimize --refs --for prog.bpf.o -B old.btf modules -o left
    said 2 "kbtf minimize: --refs goes by modules: no --for, --kernels, --merged, --each, --explain, --missing or --archive
Try \`kbtf minimize --help\`."
}

@test "minimize: standalone modules bring what they embed, in either form" {
    for form in '' --bare; do
        kbtf standalone -q $form -B old.btf -o "alone$form/" modules/fits.ko
        kbtf minimize -q -B old.btf "alone$form/fits.ko" --for prog.bpf.o -o "left$form"
        said 0
    done
    cmp left/fits.btf left--bare/fits.btf
    kbtf dump --type fits_priv --type device -B left/vmlinux.btf left/fits.btf
    printed "[4] STRUCT 'fits_priv' size=32 vlen=1
	'embedded' type_id=6 bits_offset=0
[6] STRUCT 'device' size=24 vlen=1
	'id' type_id=5 bits_offset=0"
}

@test "minimize: files of one name are refused, not written over each other" {
    mkdir twice
    cp modules/fits.ko twice/
    kbtf minimize -q -B old.btf modules twice --for prog.bpf.o -o left
    said 1 "old.btf: modules/fits.ko and twice/fits.ko would both be written to fits [output-collision]"
    [ ! -e left ]
    kbtf minimize -q -B old.btf modules twice --merged --for sock.bpf.o -o left.btf
    said 0
    kbtf minimize --refs -q -B old.btf modules twice -o left
    said 1 "old.btf: modules/fits.ko and twice/fits.ko would both be written to fits [output-collision]"
    mv twice/fits.ko twice/vmlinux.ko
    kbtf minimize --refs -q -B old.btf twice -o left
    said 1 "old.btf: old.btf and twice/vmlinux.ko would both be written to vmlinux [output-collision]"
    [ ! -e left ]
    kbtf minimize -q -B old.btf --each --for sock.bpf.o sock.skel.h -o left
    said 1 "sock.bpf.o and sock.skel.h would both be written to sock [output-collision]"
    [ ! -e left ]
}

@test "minimize --archive: as BTFHub has them, the same for the same" {
    mkdir -p all/debian/12/x86_64 all/installed
    cp old.btf all/debian/12/x86_64/6.0.0-old.btf
    cp -r root/boot root/lib all/installed/
    kbtf minimize -q --modules --kernels all --for prog.bpf.o -o plain
    said 0
    kbtf minimize -q --archive --modules --kernels all --for prog.bpf.o -o packed
    said 0
    kbtf minimize -q -j 1 --archive --modules --kernels all --for prog.bpf.o -o again
    [ "$(contents packed)" = "$(contents again)" ]
    [ "$(cd packed && find . -type f | sort | xargs)" = \
        "./debian/12/x86_64/6.0.0-old.btf.tar.xz ./installed/6.0.0-new/vmlinux.btf.tar.xz ./installed/6.0.0-old/fits.btf.tar.xz ./installed/6.0.0-old/vmlinux.btf.tar.xz" ]
    [ "$(tar -tf packed/debian/12/x86_64/6.0.0-old.btf.tar.xz)" = 6.0.0-old.btf ]
    find packed -name '*.tar.xz' -execdir tar -xf '{}' ';' -delete
    diff -r plain packed
    kbtf minimize -q --archive -B old.btf --for prog.bpf.o -o one.btf.tar.xz
    said 0
    tar -xOf one.btf.tar.xz one.btf | cmp - plain/debian/12/x86_64/6.0.0-old.btf
    kbtf info one.btf.tar.xz
    said 0
    long=$(printf 'n%.0s' {1..110})
    cp old.btf "all/$long.btf"
    kbtf minimize -q --archive --kernels all --for prog.bpf.o -o packed
    said 1 "$long: a name of 114 bytes, which are too many for an archive [archive-name]"
}

@test "minimize --archive: without the library that packs" {
    readelf -d "$KBTF" | grep -q 'NEEDED.*liblzma' && skip 'the libraries are linked to'
    mkdir -p all/debian broken
    cp old.btf all/debian/
    soname=$(LD_DEBUG=files "$KBTF" minimize -q --archive --kernels all --for prog.bpf.o -o packed 2>&1 |
        sed -n 's/.*file=\(liblzma[^ ]*\) .*/\1/p' | head -n 1)
    [ -n "$soname" ] || skip 'this build has no liblzma'
    : >"broken/$soname"
    export LD_LIBRARY_PATH=$PWD/broken
    kbtf minimize -q --archive --kernels all --for prog.bpf.o -o made
    said 1 "debian/old: writing xz data needs $soname, which cannot be loaded: $PWD/broken/$soname: file too short [compress-library]"
}

@test "minimize: an input is never written over, by whatever path" {
    mkdir -p all/debian dir
    cp old.btf all/debian/
    cp old.btf same.btf
    ln -s same.btf link.btf
    cp sock.bpf.o dir/
    sha256sum old.btf same.btf all/debian/old.btf dir/sock.bpf.o modules/fits.ko >before
    kbtf minimize -q -B same.btf --for sock.bpf.o -o link.btf
    said 1 "same.btf: the output link.btf is the input same.btf [over-input]"
    kbtf minimize -q -B same.btf --for dir -o dir/sock.bpf.o
    said 1 "same.btf: the output dir/sock.bpf.o is the input dir/sock.bpf.o [over-input]"
    kbtf minimize -q --kernels all --for sock.bpf.o -o all
    said 1 "debian/old: the output all/debian/old.btf is the input all/debian/old.btf [over-input]"
    kbtf gen min_core_btf same.btf same.btf sock.bpf.o
    said 1 "same.btf: the output same.btf is the input same.btf [over-input]"
    kbtf extract -q -o split/ modules/fits.ko
    mv split/fits.btf split/vmlinux.btf
    cp split/vmlinux.btf before.btf
    kbtf minimize -q -B old.btf --refs -o split split/vmlinux.btf
    [ "$status" -eq 1 ]
    cmp split/vmlinux.btf before.btf
    sha256sum --quiet -c before
}

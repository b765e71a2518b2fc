#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

# A tree with one kernel and headers whose makefile does what Kbuild does about BTF.

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    mkdir -p root/boot root/lib/modules/6.99 root/usr/src/headers mod bin
    ln -s /usr/src/headers root/lib/modules/6.99/build
    for name in kbtf kbtf-pahole kbtf-resolve_btfids; do ln -s "$KBTF" "bin/$name"; done
    export PATH=$PWD/bin:$PATH
    cat >kernel.c <<'SOURCE'
struct device { int id; struct device *parent; };
struct module { char name[56]; void *btf_data, *btf_base_data; };
int probe(struct device *d, struct module *m) { return d->id + !m->btf_data; }
SOURCE
    ${CC:-cc} -g -O1 -c kernel.c -o kernel.o
    kbtf encode -q --raw -o root/boot/vmlinux-6.99 kernel.o
    said 0
    cat >root/usr/src/headers/Makefile <<'TEXT'
PAHOLE = pahole
RESOLVE_BTFIDS = ./resolve_btfids
KBUILD_EXTMOD := $(M)
CONFIG_DEBUG_INFO_BTF_MODULES=y
export PAHOLE RESOLVE_BTFIDS KBUILD_EXTMOD CONFIG_DEBUG_INFO_BTF_MODULES
ifeq ($(sub_make_done),)
export sub_make_done := 1
modules:
	@$(MAKE) --no-print-directory -f Makefile modules
else
modules:
	@$(CC) -g -O1 -c $(M)/mod.c -o $(M)/mod.ko
	@echo $(M)/mod.o >$(M)/modules.order
ifdef CONFIG_DEBUG_INFO_BTF_MODULES
	@[ ! -f vmlinux ] || { $(PAHOLE) -J --btf_gen_floats --btf_base vmlinux $(M)/mod.ko && \
	    $(RESOLVE_BTFIDS) -b vmlinux $(M)/mod.ko; }
endif
endif
TEXT
    cat >mod/mod.c <<'SOURCE'
struct device { int id; struct device *parent; };
struct own { struct device dev; int level; };
int use(struct own *o) { return o->level + o->dev.id; }
SOURCE
    headers=root/usr/src/headers
}

build() {
    rm -f mod/mod.ko
    make --no-print-directory -C $headers M="$PWD/mod" "$@" >out 2>err
}

sections() {
    "$KBTF" info mod/mod.ko | sed -n 's/^  section \([^ ]*\) .*/\1/p' | xargs
}

@test "equip: external modules get BTF with a base, and how to take it back" {
    build
    [ "$(sections)" = "" ]
    cp -r $headers before
    kbtf equip --root root
    said 0
    printed "equipped     6.99  root/usr/src/headers"
    kbtf equip --root root 6.99
    said 0
    printed "already      6.99  root/usr/src/headers"
    "$KBTF" extract $headers/vmlinux | cmp - root/boot/vmlinux-6.99
    build
    [ "$(sections)" = ".BTF .BTF.base .BTF.embedded" ]
    "$KBTF" check -q -B root/boot/vmlinux-6.99 mod/mod.ko
    build BTF_BASE=
    [ "$(sections)" = ".BTF .BTF.base" ]
    "$KBTF" dump mod/mod.ko | grep -q "STRUCT 'device'"
    build BTF_BASE_REF=0
    [ "$(sections)" = ".BTF" ]
    # make that calls no other make, and words of the caller's own
    build sub_make_done=1
    [ "$(sections)" = ".BTF .BTF.base .BTF.embedded" ]
    build PAHOLE=: RESOLVE_BTFIDS=:
    [ "$(sections)" = "" ]

    kbtf equip --remove --root root
    said 0
    printed "removed      6.99  root/usr/src/headers"
    diff -r before $headers
    kbtf equip --remove --root root 6.99
    said 0
    printed "already      6.99  root/usr/src/headers"
}

@test "equip: what DKMS looks for in vmlinux" {
    kbtf equip -q --root root
    readelf -p .comment $headers/vmlinux >comment 2>err
    [ ! -s err ]
    ! grep -qE 'clang|LLD' comment
    kbtf equip -q --root root --remove
    mkdir -p $headers/include/config
    printf '# x\nCONFIG_64BIT=y\nCONFIG_X86_64=y\nCONFIG_CC_VERSION_TEXT="Some clang version 19.1"\nCONFIG_LD_IS_LLD=y\n' \
        >$headers/include/config/auto.conf
    kbtf equip -q --root root
    readelf -p .comment $headers/vmlinux >comment 2>err
    [ ! -s err ]
    grep -q 'Some clang version 19.1$' comment
    grep -q LLD comment
    # for whoever reads ELF by the book
    readelf -hSW $headers/vmlinux >out 2>err
    [ ! -s err ]
    objcopy -O binary --only-section=.BTF $headers/vmlinux btf
    cmp btf root/boot/vmlinux-6.99
}

@test "equip: a new build of the kernel, and kbtf that went away" {
    kbtf equip -q --root root
    sed -i 's/int id;/long id;/' kernel.c
    ${CC:-cc} -g -O1 -c kernel.c -o kernel.o
    kbtf encode -q --raw -o root/boot/vmlinux-6.99 kernel.o
    kbtf equip --root root
    said 0
    printed "equipped     6.99  root/usr/src/headers"
    "$KBTF" extract $headers/vmlinux | cmp - root/boot/vmlinux-6.99
    rm bin/kbtf-pahole
    build
    grep -q 'kbtf is not there any more' err
    [ "$(sections)" = "" ]
}

@test "equip: vmlinux of a package or a build" {
    cp root/boot/vmlinux-6.99 $headers/vmlinux
    kbtf equip --root root
    said 0
    build
    [ "$(sections)" = ".BTF .BTF.base .BTF.embedded" ]
    rm root/boot/vmlinux-6.99
    kbtf equip --root root
    said 0 "note: root/usr/src/headers/vmlinux: taken for that of kernel 6.99, which is not installed"
    kbtf equip -q --root root --remove
    cmp $headers/vmlinux <("$KBTF" extract $headers/vmlinux)

    "$KBTF_MAKE_INPUT" .
    cp old.btf root/boot/vmlinux-6.99
    kbtf equip --root root
    said 1 "root/usr/src/headers/vmlinux: is not one that kbtf made, and has other BTF than the kernel: it is left alone [other-vmlinux]"
    cp kernel.o $headers/vmlinux
    kbtf equip --root root
    said 1 "root/usr/src/headers/vmlinux: is not one that kbtf made, and has no BTF: it is left alone [other-vmlinux]"
    [ ! -e $headers/GNUmakefile ]
}

@test "equip: what cannot be" {
    echo 'all:' >$headers/GNUmakefile
    kbtf equip --root root
    said 1 "root/usr/src/headers/GNUmakefile: is not one that kbtf made: it is left alone [other-makefile]"
    kbtf equip --root root --remove
    said 0
    [ "$(cat $headers/GNUmakefile)" = all: ]
    [ ! -e $headers/vmlinux ]
    rm $headers/GNUmakefile root/boot/vmlinux-6.99
    kbtf equip --root root
    said 1 "no BTF of kernel 6.99: neither the running one nor in /boot or /lib/modules under root [no-kernel]"
    kbtf equip --root root -B missing 6.99
    said 1 "missing: cannot open: No such file or directory [file-read]"
    kbtf equip --root root -B missing
    said 2 'kbtf equip: --base is that of one RELEASE
Try `kbtf equip --help`.'
    kbtf equip --root root 7.0
    said 1 "no modules of kernel 7.0: there is neither root/lib/modules/7.0 nor root/usr/lib/modules/7.0 [no-kernel]"
    rm $headers/Makefile
    kbtf equip --root root # which nobody asked for by name
    said 0
    kbtf equip --root root 6.99
    said 1 "no headers of kernel 6.99: there is no root/usr/src/headers/Makefile [no-headers]"
    ln -sfn ../../../../outside root/lib/modules/6.99/build
    mkdir outside
    touch outside/Makefile
    kbtf equip --root root 6.99
    said 1 "root/lib/modules/6.99/../../../../outside: leads out of root [kernel-root]"
}

@test "hooks: equip, check and clean up when kernels come and go" {
    for name in 00-kbtf zz-kbtf-check zz-kbtf-gone 35-kbtf.install 95-kbtf-check.install; do
        ln -s "$KBTF_SOURCE/kbuild/kernel-hook" "bin/$name"
    done
    export KBTF_ROOT=$PWD/root
    00-kbtf 6.99 /boot/vmlinuz-6.99
    [ -e $headers/GNUmakefile ]
    kbtf equip -q --root root --remove
    35-kbtf.install remove 6.99
    [ ! -e $headers/GNUmakefile ]
    35-kbtf.install add 6.99 /boot/entry /boot/vmlinuz-6.99
    [ -e $headers/GNUmakefile ]

    build
    mkdir -p root/lib/modules/6.99/updates/dkms
    zz-kbtf-check 6.99 2>err
    cp mod/mod.ko root/lib/modules/6.99/updates/dkms/
    zz-kbtf-check 6.99 2>err
    [ ! -s err ]
    "$KBTF_MAKE_INPUT" .
    cp old.btf root/boot/vmlinux-6.99
    for hook in zz-kbtf-check '95-kbtf-check.install add'; do
        $hook 6.99 2>err
        grep -q 'updates/dkms/mod.ko: .*device.*\[.*\]$' err
        grep -q '^kbtf: not all external modules have BTF that holds on 6.99' err
    done
    00-kbtf 6.99 2>err # that equipping fails does not fail an installation
    00-kbtf 7.0
    00-kbtf

    mv root/usr/src/headers root/usr/src/linux-headers-6.99
    zz-kbtf-gone 6.99
    [ -e root/usr/src/linux-headers-6.99/GNUmakefile ]
    rm root/usr/src/linux-headers-6.99/Makefile
    zz-kbtf-gone 6.99
    [ ! -e root/usr/src/linux-headers-6.99 ]
}

@test "kbtf.mk: BTF where headers are not equipped" {
    mkdir -p $headers/include/config
    echo 6.99 >$headers/include/config/kernel.release
    cat >mod/Makefile <<TEXT
KDIR := $PWD/$headers
include $KBTF_SOURCE/kbuild/kbtf.mk
modules:
	\$(MAKE) -C \$(KDIR) M=\$(CURDIR) modules
	\$(kbtf-modules)
TEXT
    # the installed kernels are those of the tree
    rm bin/kbtf
    printf '#!/bin/sh\ncase "$*" in *--kernel*) exec "%s" "$@" --root "%s" ;; esac\nexec "%s" "$@"\n' \
        "$KBTF" "$PWD/root" "$KBTF" >bin/kbtf
    chmod +x bin/kbtf
    make -s --no-print-directory -C mod modules >out
    grep -q "BTF \[M\] $PWD/mod/mod.ko" out
    [ "$(sections)" = ".BTF .BTF.base .BTF.embedded" ]
    [ ! -e mod/.kbtf-base ]
    rm mod/mod.ko
    make -s --no-print-directory -C mod modules BTF_BASE= >out
    [ "$(sections)" = ".BTF .BTF.base" ]
    cp root/boot/vmlinux-6.99 mod/base.btf
    make -s --no-print-directory -C mod modules BTF_BASE=base.btf >out
    [ "$(sections)" = ".BTF .BTF.base .BTF.embedded" ]
    "$KBTF" equip -q --root root
    make -s --no-print-directory -C mod modules >out
    ! grep -q 'BTF \[M\]' out # it is there already
    [ "$(sections)" = ".BTF .BTF.base .BTF.embedded" ]
}

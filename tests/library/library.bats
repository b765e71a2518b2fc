#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The library as others get it: what it exports, its headers, and the files that
# `meson install` puts in place.

bats_require_minimum_version 1.5.0

headers() {
    (cd "$KBTF_SOURCE/include" && ls kbtf/*.h)
}

exported() {
    nm -D --defined-only "$KBTF_BUILD/lib/libkbtf.so" | awk '$2 != "A" { print $3 }' |
        sed 's/@.*//' | sort
}

@test "the symbols exported are the functions that public headers declare" {
    "$KBTF_SOURCE/scripts/public-symbols.sh" >"$BATS_TEST_TMPDIR/declared"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/declared")" -gt 50 ]
    diff "$BATS_TEST_TMPDIR/declared" <(exported)
}

@test "every symbol has a version" {
    run -0 nm -D --defined-only "$KBTF_BUILD/lib/libkbtf.so"
    ! grep ' T ' <<<"$output" | grep -v '@@KBTF_'
}

@test "the static library's global symbols are all kbtf_" {
    run -0 nm --defined-only --extern-only "$KBTF_BUILD/lib/libkbtf.a"
    ! grep -E '^[0-9a-f]+ [A-Z] ' <<<"$output" | grep -v ' kbtf_'
}

@test "each public header compiles alone, in C11 and in C++17" {
    command -v g++ || skip 'no g++'
    for header in $(headers); do
        echo "#include <$header>" >"$BATS_TEST_TMPDIR/one.c"
        gcc -std=c11 -pedantic-errors -Wall -Wextra -Werror -fsyntax-only \
            -I "$KBTF_SOURCE/include" "$BATS_TEST_TMPDIR/one.c"
        g++ -x c++ -std=c++17 -Wall -Werror -fsyntax-only -I "$KBTF_SOURCE/include" \
            "$BATS_TEST_TMPDIR/one.c"
    done
}

@test "a program finds the installed library with pkg-config, shared and static" {
    DESTDIR=$BATS_TEST_TMPDIR/root meson install -C "$KBTF_BUILD" --no-rebuild --quiet >/dev/null
    pc=$(find "$BATS_TEST_TMPDIR/root" -name libkbtf.pc)
    export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$BATS_TEST_TMPDIR/root
    cat >"$BATS_TEST_TMPDIR/prog.c" <<'C'
#include <kbtf/btf.h>
#include <stdio.h>

int main(void)
{
	return puts(kbtf_kind_name(KBTF_STRUCT)) < 0;
}
C
    cd "$BATS_TEST_TMPDIR"
    # shellcheck disable=SC2046
    gcc -o shared prog.c $(pkg-config --cflags --libs libkbtf)
    LD_LIBRARY_PATH=${pc%/pkgconfig/*} run -0 ./shared
    [ "$output" = STRUCT ]
    # shellcheck disable=SC2046
    gcc -o static prog.c $(pkg-config --cflags libkbtf) -Wl,-Bstatic \
        $(pkg-config --libs-only-L --libs-only-l libkbtf) -Wl,-Bdynamic \
        $(pkg-config --static --libs libkbtf | sed 's/-lkbtf//')
    run -0 ./static
    [ "$output" = STRUCT ]
    run -0 find root -type f -name kbtf -perm -111
    [ -n "$output" ]
}

@test "minimising in memory takes libkbtf.a and libc, no libelf and no decompressor" {
    cat >"$BATS_TEST_TMPDIR/agent.c" <<'C'
#include <stdlib.h>

#include <kbtf/btf.h>
#include <kbtf/reduce.h>

int main(void)
{
	const struct kbtf_program *programs[1];
	struct kbtf *vmlinux = NULL, *btf = NULL;
	struct kbtf_core_kernel *kernel;
	struct kbtf_program *program;
	struct kbtf_minimized left;
	struct kbtf_ext *ext;
	struct kbtf_diag why;
	size_t size;
	void *bytes;

	if (kbtf_open("", 0, NULL, &vmlinux, &why) || kbtf_open("", 0, NULL, &btf, &why) ||
	    kbtf_ext_open("", 0, NULL, &ext, &why) ||
	    kbtf_program_new(btf, ext, "agent", &program, &why) ||
	    kbtf_core_kernel_new(vmlinux, &kernel))
		return 3;
	programs[0] = program;
	return kbtf_minimize(kernel, programs, 1, NULL, &left, &why) ||
	       kbtf_write(left.base, &bytes, &size);
}
C
    cd "$BATS_TEST_TMPDIR"
    gcc -o agent agent.c -I "$KBTF_SOURCE/include" "$KBTF_BUILD/lib/libkbtf.a" -pthread
    run -3 ./agent
    ! readelf -d agent | grep NEEDED | grep -v 'libc\.so'
}

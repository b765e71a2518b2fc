#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# seed_dwarf.sh dwarf DIR: objects with debug information, as the compilers at hand make them.
set -euo pipefail
out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/a.c" <<'SOURCE'
#if __has_attribute(btf_decl_tag)
#define TAG(x) __attribute__((btf_decl_tag(x)))
#else
#define TAG(x)
#endif
struct s { struct s *next; unsigned a : 3, b : 9; enum { A, B = -1 } e; int n[2][3]; char name[]; };
typedef int (*fn)(const struct s *, ...);
union u { double d; fn call; struct opaque *o; } global TAG("variable");
static int inner(struct s *s) { struct t { int x; } t = { s->a }; return t.x; }
TAG("function") int outer(struct s *s, union u u TAG("parameter")) { return inner(s) + (u.call != 0) + (int)global.d; }
SOURCE
cat >"$work/b.c" <<'SOURCE'
struct opaque { long l; };
union u { struct opaque o; };
_Bool other(struct opaque *o, union u *u) { return o->l == u->o.l; }
SOURCE
for cc in gcc clang; do
    command -v "$cc" >/dev/null || continue
    for flags in -gdwarf-2 -gdwarf-3 -gdwarf-4 -gdwarf-5 '-g -gz=zlib' '-g -gdwarf64' \
        '-gdwarf-4 -fdebug-types-section' '-gdwarf-5 -fdebug-types-section'; do
        for source in a b; do
            # shellcheck disable=SC2086
            "$cc" $flags -O1 -c "$work/$source.c" -o "$work/$source.o" 2>/dev/null || continue 2
        done
        name=$cc$(tr -d ' =' <<<"$flags")
        ld -r "$work/a.o" "$work/b.o" -o "$out/$name.o" 2>/dev/null || cp "$work/a.o" "$out/$name.o"
    done
    "$cc" -g -O1 -shared -fPIC -nostdlib "$work/a.c" "$work/b.c" -o "$out/$cc.so" 2>/dev/null || :
done

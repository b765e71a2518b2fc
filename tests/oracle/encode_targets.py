#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""kbtf encode and pahole on what compilers make for other processors.

    encode_targets.py BUILD

    KBTF_PAHOLE    a pahole of one's own; 1.27 or newer

A small source is compiled for each processor by clang and, where it is there, by gcc for it, as a
relocatable file whose relocations are those of that processor. What kbtf and pahole encode of it is held
against each other type by type; see btf_same.py. pahole's libdw does not know relocations of all of them
(Debian's: of MIPS), and then has one name for everything: there kbtf's types are held against those that
it made for another processor with numbers of the same sizes, which pahole agreed with. Prints TAP.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import btf_same

FEATURES = ('encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,'
            'decl_tag_kfuncs')
TARGETS = ('x86_64-linux-gnu', 'i686-linux-gnu', 'aarch64-linux-gnu', 'aarch64_be-linux-gnu',
           'arm-linux-gnueabihf', 'riscv64-linux-gnu', 'riscv32-linux-gnu', 's390x-linux-gnu',
           'powerpc64le-linux-gnu', 'powerpc64-linux-gnu', 'powerpc-linux-gnu',
           'mips64-linux-gnuabi64', 'mips64el-linux-gnuabi64', 'mips-linux-gnu',
           'mipsel-linux-gnu', 'sparc64-linux-gnu', 'loongarch64-linux-gnu')
# Of each size one in which nothing is aligned less than it is long; clang's.
REFERENCES = ('x86_64-linux-gnu: clang', 'riscv32-linux-gnu: clang')
NODE_MEMBERS = ('next', 'a', 'b', 'e', 'n', 'name')
SOURCE = '''
struct node { struct node *next; unsigned a : 3, b : 9; enum { A, B = -1 } e; int n[2][3]; char name[]; };
enum wide { SMALL, LARGE = 0x123456789aLL } wide;
typedef int (*fn)(const struct node *, ...);
union u { double d; fn call; struct opaque *o; struct { volatile long in; } x; } global;
__attribute__((noinline)) static int inner(struct node *s, long long l)
{ struct local { int x; } t = { s->a }; return t.x + (int)l; }
int outer(struct node *s, fn call, unsigned char c, long long l)
{ int sum = 0; for (; s; s = s->next) sum += inner(s, l) + call(s, c) + (int)global.d; return sum; }
void nothing(void) { wide = LARGE; }
'''


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False)


def data_types(btf):
    """All but functions, which differ by how parameters are passed."""
    texts = {btf.text(i) for i in range(btf.first, btf.end)}
    return {text for text in texts if text[0] not in (btf_same.FUNC, btf_same.FUNC_PROTO)}


def pointer_size(btf):
    """Bytes of a pointer: where the second member of node begins."""
    node = next(text for text in data_types(btf) if text[1] == 'node')
    return (node[5][len(NODE_MEMBERS) + 1] & 0xffffff) // 8


class Judge:
    def __init__(self, build, work):
        self.kbtf = build / 'tool/kbtf'
        self.pahole = os.environ.get('KBTF_PAHOLE') or shutil.which('pahole')
        self.work = work
        self.nr = 0
        self.agreed = {}

    def tell(self, ok, name, lines=(), skip=''):
        self.nr += 1
        print(f'{"ok" if ok else "not ok"} {self.nr} - {name}{" # SKIP " + skip if skip else ""}')
        for line in lines:
            print('#', line)

    def hold(self, name, path):
        """Both encode a file, and say the same."""
        ours, theirs = self.work / 'ours.btf', self.work / 'theirs.btf'
        theirs.unlink(missing_ok=True)
        done = run(self.kbtf, 'encode', '-q', '--raw', '--features', FEATURES, '-o', ours, path)
        if done.returncode:
            return self.tell(False, name, done.stderr.splitlines())
        done = run(self.pahole, '-J', f'--btf_features={FEATURES}',
                   f'--btf_encode_detached={theirs}', path)
        if done.returncode or not theirs.exists():
            return self.tell(True, name, skip=f'pahole: {done.stderr.strip()[:80]}')
        ours, theirs = btf_same.Btf(ours), btf_same.Btf(theirs)
        types = data_types(ours)
        if not any(text[1] == 'node' for text in data_types(theirs)):
            reference = self.agreed.get(pointer_size(ours))
            if not reference:
                return self.tell(True, name, skip='pahole knows no relocations of it')
            lines = [btf_same.spell(text)[:200] for text in types ^ reference]
            return self.tell(not lines, f'{name}, beside another processor', lines[:10])
        found = btf_same.compare(ours, theirs)
        lines = [f'{title}: {"kbtf" if mine else "pahole"} {btf_same.spell((mine or its)[0])[:200]}'
                 for title, mine, its in found]
        if not found and name.startswith(REFERENCES):
            self.agreed[pointer_size(ours)] = types
        return self.tell(not found, name, lines[:10])

    def compile(self, name, out, *words):
        """Whether it was compiled, or else said to be skipped."""
        if not shutil.which(words[0]):
            self.tell(True, name, skip=f'there is no {words[0]}')
            return False
        done = run(*words, '-o', out)
        if done.returncode:
            why = (done.stderr.splitlines() or ['it fails'])[0][:80]
            self.tell(True, name, skip=f'{words[0]}: {why}')
        return not done.returncode


def main():
    print('TAP version 13')
    with tempfile.TemporaryDirectory() as work:
        judge = Judge(pathlib.Path(sys.argv[1]), pathlib.Path(work))
        if not judge.pahole:
            print('1..0 # SKIP there is no pahole')
            return
        source, out = judge.work / 'source.c', judge.work / 'source.o'
        source.write_text(SOURCE)
        for target in TARGETS:
            for version in (4, 5):
                flags = (f'-gdwarf-{version}', '-O2', '-fsigned-char', '-c', source)
                for compiler in (('clang', f'--target={target}'), (f'{target}-gcc',)):
                    name = f'{target}: {compiler[0]}, DWARF {version}'
                    if judge.compile(name, out, *compiler, *flags):
                        judge.hold(name, out)
        print(f'1..{judge.nr}')


main()

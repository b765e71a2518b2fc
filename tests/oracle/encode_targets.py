#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""kbtf encode and pahole on what compilers make for other processors.

    encode_targets.py BUILD

    KBTF_PAHOLE    a pahole of one's own; 1.27 or newer

A small source is compiled for each processor by clang and, where it is there, by gcc for it, as a
relocatable file whose relocations are those of that processor. What kbtf and pahole encode of it is held
against each other type by type; see btf_same.py. pahole's libdw does not know relocations of all of them
(Debian's: of MIPS), and then has one name for everything: there kbtf's types are held against those that
it made for another processor with numbers of the same sizes, which pahole agreed with.

Then a source with tags on everything, compiled by each clang that is there, and DWARF with tags that
tagged_dwarf makes, also in the form of newer gcc, put into a linked file. Prints TAP.
"""
import os
import pathlib
import re
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
TAGS = (btf_same.DECL_TAG, btf_same.TYPE_TAG)
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
TAG_SOURCE = '''
#define TAG(x) __attribute__((btf_decl_tag(x)))
#define PERCPU __attribute__((section(".data..percpu")))
int filler(void) { return 3; } /* so that nothing else is at address 0 */
struct TAG("struct") s { int a TAG("member"); };
typedef union { int i TAG("in_union"); } t TAG("typedef");
int counter TAG("external") TAG("twice");
static int hidden TAG("static");
int here TAG("percpu") PERCPU;
static int here_too TAG("percpu_static") PERCPU;
extern int declared TAG("declared");
int declared = 3;
int (*call)(int x TAG("of_a_type")) TAG("pointer");
TAG("lonely") __attribute__((noinline)) static int lonely(struct s *s TAG("s"), int n TAG("n"))
{ hidden += n; here_too++; return s->a + hidden; }
TAG("inlined") static inline __attribute__((always_inline)) int inlined(struct s *s TAG("of_inlined"))
{ return s->a * 3; }
TAG("both") TAG("both_too") int both(t *t TAG("of_both"), long l TAG("l") TAG("l_too"))
{ return t->i + (int)l * counter; }
TAG("unused") int unused(int a TAG("unused_a"), int b, int c TAG("unused_c")) { return b; }
TAG("weak") __attribute__((weak)) int weak(int a TAG("weak_a")) { return a; }
TAG("outer") int outer(struct s *s TAG("outer_s"), int n, ...)
{ static int in TAG("local"); here++; return in++ + lonely(s, n) + inlined(s) + both((t *)s, n) + declared; }
'''
# Where tagged_dwarf says that its functions and variables are.
TAGGED = '''
.text
.globl f
.type f, @function
f: .skip 16
.size f, 16
.data
.globl v
.type v, @object
v: .long 1
.size v, 4
'''
# pahole does not look for chains of these.
NO_CHAINS = (('UNION', 'u'), ('TYPEDEF', 't'), ('VAR', 'v'))


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


def spell_all(found):
    return [f'{title}: {"kbtf" if mine else "pahole"} {btf_same.spell((mine or its)[0])[:200]}'
            for title, mine, its in found]


class Judge:
    def __init__(self, build, work):
        self.kbtf = build / 'tool/kbtf'
        self.tagged_dwarf = build / 'tests/oracle/tagged_dwarf'
        self.pahole = os.environ.get('KBTF_PAHOLE') or shutil.which('pahole')
        self.work = work
        self.nr = 0
        self.agreed = {}

    def tell(self, ok, name, lines=(), skip=''):
        self.nr += 1
        print(f'{"ok" if ok else "not ok"} {self.nr} - {name}{" # SKIP " + skip if skip else ""}')
        for line in lines:
            print('#', line)

    def encode(self, name, path, features=FEATURES):
        """What both make of a file; None where it was said that one does not."""
        ours, theirs = self.work / 'ours.btf', self.work / 'theirs.btf'
        theirs.unlink(missing_ok=True)
        done = run(self.kbtf, 'encode', '-q', '--raw', '--features', features, '-o', ours, path)
        if done.returncode:
            return self.tell(False, name, done.stderr.splitlines())
        done = run(self.pahole, '-J', f'--btf_features={features}',
                   f'--btf_encode_detached={theirs}', path)
        if done.returncode or not theirs.exists():
            return self.tell(True, name, skip=f'pahole: {done.stderr.strip()[:80]}')
        return btf_same.Btf(ours), btf_same.Btf(theirs)

    def hold(self, name, path):
        """Both encode a file, and say the same."""
        both = self.encode(name, path)
        if not both:
            return None
        ours, theirs = both
        types = data_types(ours)
        if not any(text[1] == 'node' for text in data_types(theirs)):
            reference = self.agreed.get(pointer_size(ours))
            if not reference:
                return self.tell(True, name, skip='pahole knows no relocations of it')
            lines = [btf_same.spell(text)[:200] for text in types ^ reference]
            return self.tell(not lines, f'{name}, beside another processor', lines[:10])
        found = btf_same.compare(ours, theirs)
        lines = spell_all(found)
        if not found and name.startswith(REFERENCES):
            self.agreed[pointer_size(ours)] = types
        return self.tell(not found, name, lines[:10])

    def hold_tags(self, name, path, more=()):
        """The same with all variables; more is what only kbtf says tags of."""
        both = self.encode(name, path, FEATURES + ',global_var')
        if not both:
            return None
        ours, theirs = both
        if not any(text[0] in TAGS for text in map(theirs.text, range(1, theirs.end))):
            return self.tell(True, name, skip='pahole has no tags of it')
        found = [(title, mine, its) for title, mine, its in btf_same.compare(ours, theirs)
                 if its or not all(text[6][0] in more for text in mine)]
        return self.tell(not found, name, spell_all(found)[:10])

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


def clangs():
    """By the numbers that they are installed under, those without first."""
    found = {path.name for folder in os.get_exec_path() for path in pathlib.Path(folder).glob('clang*')
             if re.fullmatch(r'clang(-\d+)?', path.name)}
    return sorted(found, key=lambda name: int(name[6:] or 0))


def check_tags(judge):
    source, out = judge.work / 'tags.c', judge.work / 'tags.o'
    source.write_text(TAG_SOURCE)
    for compiler in clangs():
        for version in (4, 5):
            name = f'tags: {compiler}, DWARF {version}'
            if judge.compile(name, out, compiler, f'-gdwarf-{version}', '-O2', '-c', source):
                judge.hold_tags(name, out)


def check_made_tags(judge):
    source, linked, out = (judge.work / name for name in ('made.s', 'made', 'made.debug'))
    source.write_text(TAGGED)
    if not judge.compile('tags: made', linked, 'cc', '-nostdlib', '-static', '-Wl,-Ttext=0x1000',
                         '-Wl,-Tdata=0x2000', '-Wl,-e,f', '-Wl,--build-id=none', source):
        return
    run(judge.tagged_dwarf, judge.work)
    for name in ('clang', 'gcc', 'gcc-inside', 'gcc-pointers'):
        sections = [f'--add-section=.debug_{section}={judge.work}/{name}.{section}'
                    for section in ('info', 'abbrev')]
        done = run('objcopy', *sections, linked, out)
        if done.returncode:
            judge.tell(False, f'tags: made, {name}', done.stderr.splitlines())
        else:
            judge.hold_tags(f'tags: made, {name}', out, NO_CHAINS if name == 'gcc' else ())


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
        check_tags(judge)
        check_made_tags(judge)
        print(f'1..{judge.nr}')


main()

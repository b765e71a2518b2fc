#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""kbtf diff and a slow obvious program on real kernels.

    diff_naive.py BUILD

For each pair of builds of one kernel in $KBTF_KERNELS, and for one pair of series, all
that is left after `kbtf extract` is done here once more and in another way: what a type
means is written out as a nested tuple, and two types are the same if their tuples are.
Held against `kbtf diff --json` are the names of all types added, removed and changed,
and of structs and unions that changed which of them have another size, have members that moved or
were resized, lost or renamed, or only got members. Names that several types of a side share are left
out: which of them became which is a choice. Prints TAP, a test a pair.
"""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, \
    FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 = range(1, 20)
KINDS = {STRUCT: 'STRUCT', UNION: 'UNION', ENUM: 'ENUM', TYPEDEF: 'TYPEDEF', FUNC: 'FUNC',
         VAR: 'VAR', DATASEC: 'DATASEC', INT: 'INT', FLOAT: 'FLOAT'}
WORDS = {INT: (1, 0), ARRAY: (3, 0), STRUCT: (0, 3), UNION: (0, 3), ENUM: (0, 2),
         FUNC_PROTO: (0, 2), VAR: (1, 0), DATASEC: (0, 3), DECL_TAG: (1, 0), ENUM64: (0, 3)}


class Type:
    def __init__(self, kind, name, vlen, kflag, third, words):
        self.kind, self.name, self.vlen, self.kflag = kind, name, vlen, kflag
        self.third, self.words = third, words


class Btf:
    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        hdr_len, type_off, type_len, str_off, str_len = struct.unpack_from('<5I', data, 4)
        types = data[hdr_len + type_off:hdr_len + type_off + type_len]
        self.strings = data[hdr_len + str_off:hdr_len + str_off + str_len]
        self.types, self.meanings, at = [Type(0, '', 0, 0, 0, ())], {}, 0
        while at < len(types):
            name_off, info, third = struct.unpack_from('<3I', types, at)
            kind, vlen, kflag = info >> 24 & 0x7f, info & 0xffffff, info >> 31
            once, each = WORDS.get(kind, (0, 0))
            nr = once + each * vlen
            words = struct.unpack_from(f'<{nr}I', types, at + 12)
            self.types.append(Type(kind, self.string(name_off), vlen, kflag, third, words))
            at += 12 + 4 * nr
        self.sections, self.tags = {}, {}
        for t in self.types:
            if t.kind == DATASEC:
                for var in t.words[0::3]:
                    self.sections[var] = t.name
            if t.kind == DECL_TAG:
                self.tags.setdefault(t.third, []).append((t.words[0], t.name))

    def string(self, off):
        return self.strings[off:self.strings.index(b'\0', off)].decode('utf-8', 'replace')

    def size_bits(self, id):
        t = self.types[id]
        if t.kind in (TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG):
            return self.size_bits(t.third)
        if t.kind == ARRAY:
            return t.words[2] * self.size_bits(t.words[0])
        if t.kind == PTR:
            return 64
        if t.kind == INT:
            return t.words[0] & 0xff
        return t.third * 8 if t.kind in (STRUCT, UNION, ENUM, ENUM64, FLOAT) else 0

    def members(self, id):
        t = self.types[id]
        for i in range(t.vlen):
            name, type_id, offset = t.words[3 * i:3 * i + 3]
            bits = offset >> 24 if t.kflag else 0
            yield self.string(name), type_id, offset & 0xffffff if t.kflag else offset, bits

    def behind_modifiers(self, id):
        while self.types[id].kind in (TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG):
            id = self.types[id].third
        return id

    def flat(self, id, base=0, nest=()):
        """Members, those of anonymous structs and unions among them."""
        for name, type_id, offset, bits in self.members(id):
            inner = self.types[self.behind_modifiers(type_id)]
            if not name and inner.kind in (STRUCT, UNION):
                yield from self.flat(self.behind_modifiers(type_id), base + offset,
                                     nest + (inner.kind,))
            else:
                yield name, type_id, base + offset, bits, nest

    def places(self, id, prefix=''):
        """Where members are, by name: also those inside named members of unnamed types."""
        ret = {}
        for name, type_id, offset, bits, _ in self.flat(id):
            ret[prefix + name] = (offset, bits or self.size_bits(type_id), bool(bits))
            inside, arrays = type_id, ''
            while self.types[inside].kind in (ARRAY, VOLATILE, CONST, RESTRICT, TYPE_TAG):
                if self.types[inside].kind == ARRAY:
                    arrays += '[]'
                inside = (self.types[inside].words[0] if self.types[inside].kind == ARRAY
                          else self.types[inside].third)
            if self.types[inside].kind in (STRUCT, UNION) and not self.types[inside].name:
                ret.update(self.places(inside, f'{prefix}{name}{arrays}.'))
        return ret

    def values(self, t):
        for i in range(t.vlen):
            if t.kind == ENUM64:
                name, low, high = t.words[3 * i:3 * i + 3]
                value, bits = high << 32 | low, 64
            else:
                (name, value), bits = t.words[2 * i:2 * i + 2], 32
            if t.kflag and value >> (bits - 1):
                value -= 1 << bits
            yield self.string(name), value

    def meaning(self, id):
        """What a reference to a type means: a name, or what is there without one."""
        if id not in self.meanings:
            self.meanings[id] = self.meaning_of(id)
        return self.meanings[id]

    def meaning_of(self, id):
        t = self.types[id]
        if t.kind in (PTR, VOLATILE, CONST, RESTRICT, TYPE_TAG):
            return t.kind, t.name, self.meaning(t.third)
        if t.kind == ARRAY:
            return t.kind, t.words[2], self.meaning(t.words[0])
        if t.kind == FWD:
            return UNION if t.kflag else STRUCT, t.name
        if t.name or not t.kind:
            return ENUM if t.kind == ENUM64 else t.kind, t.name
        return self.content(id)

    def content(self, id):
        t = self.types[id]
        if t.kind in (STRUCT, UNION):
            return (t.kind, t.third,
                    tuple(sorted(((name, offset, bits, nest, self.size_bits(type_id),
                                   self.meaning(type_id))
                                  for name, type_id, offset, bits, nest in self.flat(id)),
                                 key=repr)))
        if t.kind in (ENUM, ENUM64):
            return ENUM, t.third, t.kflag, tuple(sorted(self.values(t)))
        if t.kind == FUNC_PROTO:
            params = zip(t.words[0::2], t.words[1::2])
            return (t.kind, self.meaning(t.third),
                    tuple((self.string(name), self.meaning(type_id)) for name, type_id in params))
        if t.kind == FUNC:
            return t.kind, t.vlen, self.content(t.third)
        if t.kind == VAR:
            return t.kind, t.words, self.sections.get(id), self.meaning(t.third)
        if t.kind == TYPEDEF:
            return t.kind, self.meaning(t.third)
        return t.kind, t.third if t.kind in (INT, FLOAT) else 0, t.words if t.kind == INT else ()

    def component(self, id, component):
        t = self.types[self.types[id].third if self.types[id].kind == FUNC else id]
        if component == 0xffffffff:
            return ''
        return self.string(t.words[(2 if t.kind == FUNC_PROTO else 3) * component])

    def by_name(self):
        """(kind, name) -> ids; a forward only where there is nothing else."""
        ret, forwards = {}, {}
        for id, t in enumerate(self.types):
            kind = ENUM if t.kind == ENUM64 else t.kind
            if t.kind == FWD:
                forwards[UNION if t.kflag else STRUCT, t.name] = [id]
            elif kind in KINDS and t.name:
                ret.setdefault((kind, t.name), []).append(id)
        for key, ids in forwards.items():
            ret.setdefault(key, ids)
        return ret

    def whole(self, id):
        if self.types[id].kind in (FWD, DATASEC):
            return self.types[id].kind
        tags = sorted((self.component(id, component), name)
                      for component, name in self.tags.get(id, []))
        return self.content(id), tags


def layout(old, old_id, new, new_id):
    if old.types[old_id].third != new.types[new_id].third:
        return 'resized'
    a, b = old.places(old_id), new.places(new_id)
    # What is inside a member that moved is judged from the start of that member, as its
    # offsets here are.
    if any(name in b and b[name] != a[name] for name in a):
        return 'moved'
    if any(name not in b for name in a):
        return 'renamed'
    return 'filled' if len(a) < len(b) else 'same'


def naive(old, new):
    a, b = old.by_name(), new.by_name()
    ret = {}
    for key in sorted(a.keys() | b.keys()):
        ids, new_ids = a.get(key, []), b.get(key, [])
        if len(ids) > 1 or len(new_ids) > 1:
            ret[key] = None
        elif not ids or not new_ids:
            ret[key] = ('added' if new_ids else 'removed', 'same')
        elif old.whole(ids[0]) != new.whole(new_ids[0]):
            both = (old.types[ids[0]].kind, new.types[new_ids[0]].kind)
            has_layout = key[0] in (STRUCT, UNION) and FWD not in both
            ret[key] = ('changed',
                        layout(old, ids[0], new, new_ids[0]) if has_layout else 'same')
    return ret


def told(document, shared):
    ret = {}
    kinds = {word: kind for kind, word in KINDS.items()}
    for t in document['types']:
        key = kinds[t['kind']], t['name']
        if t['name'] and key not in shared:
            layout = t['layout'] if key[0] in (STRUCT, UNION) else 'same'
            ret[key] = (t['what'], layout)
    return ret


def compare(kbtf, old_path, new_path):
    """What is different in the two accounts, and a line about them."""
    document = json.loads(subprocess.run([kbtf, 'diff', '--json', old_path, new_path],
                                         stdout=subprocess.PIPE, check=False).stdout)
    expected = naive(Btf(old_path), Btf(new_path))
    shared = {key for key, value in expected.items() if value is None}
    expected = {key: value for key, value in expected.items() if value}
    actual = told(document, shared)
    wrong = [f'{KINDS[key[0]]} {key[1]}: kbtf {actual.get(key)}, naive {expected.get(key)}'
             for key in sorted(expected.keys() | actual.keys())
             if expected.get(key) != actual.get(key)]
    layouts = [layout for what, layout in expected.values() if what == 'changed']
    counts = ', '.join(f'{layouts.count(word)} {word}'
                       for word in ('resized', 'moved', 'renamed', 'filled'))
    return wrong, f'{len(expected)} types differ; structs and unions: {counts}; ' \
                  f'{len(shared)} names are shared'


def version_key(path):
    return [int(n) for n in re.findall(r'\d+', path.name)]


def find_pairs(kernels):
    """Neighbours among builds of one series, flavour and architecture; two series."""
    kinds = {}
    for path in sorted(kernels.glob('linux-image-*'), key=version_key):
        m = re.fullmatch(r'linux-image-(\d+\.\d+)\.\d+(?:\+\w+|-\d+)?-(.*)', path.name)
        if m and list(path.glob('boot/vmlinu[xz]-*')):
            kinds.setdefault((m[1], m[2]), []).append(path)
    for builds in kinds.values():
        yield from zip(builds, builds[1:])
    for flavour in ('cloud-amd64', 'amd64'):
        series = [builds[-1] for (_, f), builds in kinds.items() if f == flavour]
        if len(series) > 1:
            yield series[0], series[-1]
            break


def main():
    sys.setrecursionlimit(10000)
    kbtf = sys.argv[1] + '/tool/kbtf'
    kernels = pathlib.Path(os.environ.get('KBTF_KERNELS', '/nonexistent'))
    pairs = list(find_pairs(kernels))
    if not pairs:
        print('1..0 # SKIP KBTF_KERNELS has no two builds of a kernel')
        return 0
    print(f'1..{len(pairs)}')
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        for n, pair in enumerate(pairs, 1):
            paths = []
            for i, path in enumerate(pair):
                image = next(path.glob('boot/vmlinu[xz]-*'))
                paths.append(f'{work}/{i}.btf')
                with open(paths[-1], 'wb') as out:
                    subprocess.run([kbtf, 'extract', image], stdout=out, check=True)
            wrong, line = compare(kbtf, *paths)
            for text in wrong[:10]:
                print(f'# {text}')
            failed += bool(wrong)
            names = ' to '.join(path.name.removeprefix('linux-image-') for path in pair)
            print(f'{"not ok" if wrong else "ok"} {n} - {names}: {line}', flush=True)
    return failed > 0


sys.exit(main())

# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""Two BTFs held against each other by meaning, and slowly: what is in one and not in the other.

Every type is written out as text in which a type with a name is its kind and name, and one without is
what it consists of. Types whose texts the other side does not have as often are the differences.
Where there are none, types may still differ in which of several types of a name they mean: so types
are told apart by the types that they refer to, round by round, until no round tells more apart.

Types of a base are their number.
"""
import collections
import pathlib
import struct

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, \
    FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64 = range(1, 20)
KINDS = ['VOID', 'INT', 'PTR', 'ARRAY', 'STRUCT', 'UNION', 'ENUM', 'FWD', 'TYPEDEF', 'VOLATILE',
         'CONST', 'RESTRICT', 'FUNC', 'FUNC_PROTO', 'VAR', 'DATASEC', 'FLOAT', 'DECL_TAG',
         'TYPE_TAG', 'ENUM64']
WORDS = {INT: (1, 0), ARRAY: (3, 0), STRUCT: (0, 3), UNION: (0, 3), ENUM: (0, 2),
         FUNC_PROTO: (0, 2), VAR: (1, 0), DATASEC: (0, 3), DECL_TAG: (1, 0), ENUM64: (0, 3)}
REFERS = {PTR, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FUNC_PROTO, VAR, DECL_TAG, TYPE_TAG}


class Btf:
    """A type is (kind, name, vlen, kflag, size, refs, rest): rest is all that is no reference."""

    def __init__(self, path, base=None):
        data = pathlib.Path(path).read_bytes()
        self.size = len(data)
        order = '<' if data[:2] == b'\x9f\xeb' else '>'
        hdr_len, type_off, type_len, str_off, str_len = struct.unpack_from(order + '5I', data, 4)
        types = data[hdr_len + type_off:hdr_len + type_off + type_len]
        self.base = base
        self.first = base.end if base else 1
        self.str_first = base.str_end if base else 0
        self.strings = data[hdr_len + str_off:hdr_len + str_off + str_len]
        self.str_end = self.str_first + str_len
        self.names, self.texts, self.types, at = {}, {}, [], 0
        while at < len(types):
            name_off, info, third = struct.unpack_from(order + '3I', types, at)
            kind, vlen, kflag = info >> 24 & 0x7f, info & 0xffffff, info >> 31
            once, each = WORDS.get(kind, (0, 0))
            words = struct.unpack_from(f'{order}{once + each * vlen}I', types, at + 12)
            self.types.append(self.take(kind, name_off, vlen, kflag, third, words))
            at += 12 + 4 * len(words)
        self.end = self.first + len(self.types)

    def take(self, kind, name_off, vlen, kflag, third, words):
        name, size, refs, rest = self.string(name_off), third, (), words
        if kind in REFERS:
            refs, size = (third,), 0
        if kind in (STRUCT, UNION):
            refs, rest = words[1::3], tuple(map(self.string, words[0::3])) + words[2::3]
        elif kind == ENUM:
            rest = tuple(map(self.string, words[0::2])) + words[1::2]
        elif kind == ENUM64:
            rest = tuple(map(self.string, words[0::3])) + words[1::3] + words[2::3]
        elif kind == ARRAY:
            refs, rest = words[:2], words[2:]
        elif kind == FUNC_PROTO:
            refs, rest = refs + words[1::2], tuple(map(self.string, words[0::2]))
        elif kind == DATASEC:
            refs, rest = words[0::3], words[1::3] + words[2::3]
        return kind, name, vlen, kflag, size, refs, rest

    def string(self, off):
        if off < self.str_first:
            return self.base.string(off)
        if off not in self.names:
            at = off - self.str_first
            self.names[off] = self.strings[at:self.strings.index(b'\0', at)].decode()
        return self.names[off]

    def text(self, type_id, depth=0):
        """What a type is."""
        if type_id not in self.texts:
            kind, name, vlen, kflag, size, refs, rest = self.types[type_id - self.first]
            self.texts[type_id] = (kind, name, vlen, kflag, size, rest,
                                   tuple(self.mention(ref, depth) for ref in refs))
        return self.texts[type_id]

    def mention(self, type_id, depth=0):
        """What a reference to it says."""
        if type_id < self.first:
            return type_id
        kind, name = self.types[type_id - self.first][:2]
        if name and kind != TYPE_TAG:
            return KINDS[kind], name
        assert depth < 200, 'a cycle without names'
        return self.text(type_id, depth + 1)


def title(text):
    return f'{KINDS[text[0]]} {text[1] or "(anon)"}'


def rounds(sides):
    """Colours of all types of both sides, such that types are the same if theirs are."""
    colours = [[hash(side.text(i)) for i in range(side.first, side.end)] for side in sides]
    nr = 0
    while True:
        found = len(set(colours[0]) | set(colours[1]))
        if found == nr:
            return colours
        nr = found
        colours = [[hash((own, tuple(now[ref - side.first] if ref >= side.first else ref
                                     for ref in t[5])))
                    for own, t in zip(now, side.types)]
                   for side, now in zip(sides, colours)]


def compare(ours, theirs):
    """[(title, what only ours has, what only theirs has)]; texts, or '' for what is deeper."""
    count = [collections.Counter(side.text(i) for i in range(side.first, side.end))
             for side in (ours, theirs)]
    found = collections.defaultdict(lambda: ([], []))
    for text in (count[0] - count[1]).elements():
        found[title(text)][0].append(text)
    for text in (count[1] - count[0]).elements():
        found[title(text)][1].append(text)
    if not found:
        colours = rounds((ours, theirs))
        sets = [collections.Counter(side) for side in colours]
        for k, side in enumerate((ours, theirs)):
            more = sets[k] - sets[1 - k]
            for i, colour in enumerate(colours[k]):
                if colour in more:
                    found[title(side.text(side.first + i)) + ' (deeper)'][k].append('')
    return [(name, *sides) for name, sides in sorted(found.items())]


def spell(text):
    """A text, shorter."""
    if not isinstance(text, tuple):
        return str(text)
    if len(text) == 2:
        return f'{text[0]} {text[1]}'
    if len(text) == 7 and isinstance(text[0], int):
        return f'{title(text)} size {text[4]} {text[5]} ({", ".join(map(spell, text[6]))})'
    return str(text)

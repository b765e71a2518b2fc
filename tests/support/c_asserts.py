#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""Whether C that was printed of BTF has the layout that the BTF has.

    c_asserts.py [-B BASE] [--digests FILE] FOLDER NAME...
    c_asserts.py --bits FOLDER NAME...

Reads raw BTF, FOLDER/NAME.btf, by itself, without the library, and FOLDER/NAME.h, which
`kbtf dump --format c` made of it. Writes FOLDER/NAME.c, which includes the header and asserts

  - the size of each struct, union, enum and typedef that the header defines,
  - offset and size of each member of these, also inside of structs without a name,
  - the value of each enumerator,

and has a variable for each bitfield in which only that field is set; and FOLDER/NAME.bits,
what these are in memory, one behind the other in the section kbtf_bits. Fails where a named
struct, union or enum of the BTF is not in the header. Prints what was asserted, a line each.
FILE gets a line with a digest of all three files, and NAME: what has the same needs no second
compiling. With --bits the section in FOLDER/NAME.o, which was compiled of it, is compared.

Of types that share a name and the names of their members it is not told which is which:
then one of them has to hold.
"""
import hashlib
import os
import re
import struct
import sys

(VOID, INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC,
 FUNC_PROTO, VAR, DATASEC, FLOAT, DECL_TAG, TYPE_TAG, ENUM64) = range(20)
COMPOSITES = STRUCT, UNION
ENUMS = ENUM, ENUM64
KEYWORDS = {STRUCT: 'struct', UNION: 'union', ENUM: 'enum', ENUM64: 'enum', TYPEDEF: 'typedef'}
MODIFIERS = VOLATILE, CONST, RESTRICT, TYPE_TAG
TAIL = {INT: 4, ARRAY: 12, VAR: 4, DECL_TAG: 4}
ELEM = {STRUCT: 12, UNION: 12, ENUM: 8, FUNC_PROTO: 8, DATASEC: 12, ENUM64: 12}
ALIGN_BYTES = 64  # of the variables with bitfields; no type is aligned to more


class Type:
    __slots__ = 'kind', 'kflag', 'name', 'word', 'tail', 'elems'

    def __init__(self, kind, kflag, name, word, tail, elems):
        self.kind, self.kflag, self.name, self.word = kind, kflag, name, word
        self.tail, self.elems = tail, elems


class Btf:
    """Types by id: those of the base first, if there is one."""

    def __init__(self, data, base=None):
        self.order = '<' if data[:2] == b'\x9f\xeb' else '>'
        hdr_len, type_off, type_len, str_off, str_len = struct.unpack_from(self.order + '5I', data, 4)
        self.base_strings = base.strings_end if base else 0
        self.base = base
        self.strings = data[hdr_len + str_off:hdr_len + str_off + str_len]
        self.strings_end = self.base_strings + str_len
        self.types = list(base.types) if base else [Type(VOID, 0, '', 0, (), ())]
        self.first_id = len(self.types)
        self.read_types(data[hdr_len + type_off:hdr_len + type_off + type_len])
        sizes = {t.word for t in self.types[self.first_id:] if t.kind == INT and
                 t.name in ('long int', 'long unsigned int', 'long', 'unsigned long')}
        self.ptr_bytes = base.ptr_bytes if base else 4 if 4 in sizes else 8
        self.index_names()

    def string(self, off):
        if off < self.base_strings:
            return self.base.string(off)
        off -= self.base_strings
        return self.strings[off:self.strings.index(b'\0', off)].decode('latin-1')

    def read_types(self, data):
        at = 0
        while at < len(data):
            name_off, info, word = struct.unpack_from(self.order + '3I', data, at)
            kind, vlen = info >> 24 & 0x7f, info & 0xffffff
            at += 12
            tail = struct.unpack_from(f'{self.order}{TAIL.get(kind, 0) // 4}I', data, at)
            at += TAIL.get(kind, 0)
            words = ELEM.get(kind, 0) // 4
            flat = struct.unpack_from(f'{self.order}{vlen * words}I', data, at)
            at += vlen * words * 4
            elems = [flat[i:i + words] for i in range(0, vlen * words, words)] if words else ()
            self.types.append(Type(kind, info >> 31, self.string(name_off), word, tail, elems))

    def index_names(self):
        self.names, self.values = {}, {}
        for type_id in range(self.first_id, len(self.types)):
            t = self.types[type_id]
            if t.name and t.kind in KEYWORDS:
                self.names.setdefault((KEYWORDS[t.kind], t.name), []).append(type_id)
            for elem in t.elems if t.kind in ENUMS else ():
                value = elem[1] if t.kind == ENUM else elem[1] | elem[2] << 32
                bits = 32 if t.kind == ENUM else 64
                if t.kflag and value >> bits - 1:
                    value -= 1 << bits
                self.values.setdefault(self.string(elem[0]), set()).add(value)

    def find(self, key):
        """Ids of the types of a keyword and name, those of the base first."""
        return (self.base.find(key) if self.base else []) + self.names.get(key, [])

    def find_values(self, name):
        """All values of enumerators of this name."""
        return (self.base.find_values(name) if self.base else set()) | self.values.get(name, set())

    def skip(self, type_id, also=()):
        while self.types[type_id].kind in MODIFIERS + also:
            type_id = self.types[type_id].word
        return type_id

    def size(self, type_id):
        """In bytes; None for what has none."""
        t = self.types[self.skip(type_id, (TYPEDEF,))]
        if t.kind == ARRAY:
            size = self.size(t.tail[0])
            return None if size is None else size * t.tail[2]
        if t.kind == PTR:
            return self.ptr_bytes
        return t.word if t.kind in COMPOSITES + ENUMS + (INT, FLOAT) else None

    def members(self, t):
        """(name, type id, bit, width; 0 for no bitfield) of each member."""
        for name_off, type_id, offset in t.elems:
            bit, width = (offset & 0xffffff, offset >> 24) if t.kflag else (offset, 0)
            behind = self.types[self.skip(type_id, (TYPEDEF,))]
            if not t.kflag and behind.kind == INT:
                bits, first = behind.tail[0] & 0xff, behind.tail[0] >> 16 & 0xff
                if bits != 8 * behind.word or first:
                    bit, width = bit + first, bits
            yield self.string(name_off), type_id, bit, width

    def paths(self, t, prefix='', start=0):
        """(path, type id, bit, width) of each member, with those of structs without a name."""
        for name, type_id, bit, width in self.members(t):
            bit += start
            path = prefix + name
            if name:
                yield path, type_id, bit, width
            inner = self.skip(type_id)
            step = '.' if name else ''
            while self.types[inner].kind == ARRAY and self.types[inner].tail[2]:
                inner = self.skip(self.types[inner].tail[0])
                step = '[0]' + step
            inner = self.types[inner if name else self.skip(inner, (TYPEDEF,))]
            if inner.kind in COMPOSITES and not (name and inner.name):
                yield from self.paths(inner, path + step, bit)


# ---- The header --------------------------------------------------------

DEFINED = re.compile(r'^(struct|union|enum) (\w+) (?:/\* .* \*/ )?\{')
TYPEDEF_LINE = re.compile(r'^typedef .*?(\w+)(?: __btf_decl_tag\(".*"\))*;$')
END = re.compile(r'^\}(?: __attribute__\(\(\S+\)\))?(?: (\w+))?;$')
FUNCTION = re.compile(r'\(\*+(?:const |volatile |__restrict )*(\w+)[\[)]')
MEMBER = re.compile(r'(\w+)(?:\[\d+\])*(?: : \d+)?(?: /\* ".*" \*/)?(?: __btf_decl_tag\(".*?"\))*;$')
FILLER = re.compile(r'\t(?:char|short|int|long|long long) : \d+;|.* __kbtf_(?:gap|union)_')
ENUMERATOR = re.compile(r'^\t+(\w+) = ')


class Header:
    def __init__(self, text):
        self.tags = {}       # (keyword, name) -> names of its members, in order
        self.inner = {}      # the same -> names in structs without a name in it, in no order
        self.typedefs = set()
        self.enumerators = set()
        self.opaque = set()  # keys of tags
        self.read(text.split('\n'))

    def read(self, lines):
        key, names, is_typedef = None, [], False
        for line in lines:
            if found := DEFINED.match(line):
                key, names = found.groups(), []
                if line.endswith('{};'):
                    self.tags[key] = ()
                    self.inner[key] = set()
                    key = None
                else:
                    self.inner[key] = set()
            elif line.startswith('typedef'):
                is_typedef = line.endswith('{')
                if found := TYPEDEF_LINE.match(line):
                    self.typedefs.add(found[1])
            elif line.startswith('}'):
                found = END.match(line)
                if is_typedef and found:
                    self.typedefs.add(found[1])
                elif key:
                    self.tags[key] = tuple(names)
                key, is_typedef = None, False
            elif found := ENUMERATOR.match(line):
                self.enumerators.add(found[1])
            elif key and '__kbtf_opaque_' in line and not line.startswith('\t\t'):
                self.opaque.add(key)
            elif key and line.startswith('\t'):
                text = line.lstrip('\t')
                found = (None if text[0] == '}' else FUNCTION.search(line)) or MEMBER.search(line)
                if found and not FILLER.match(line[len(line) - len(text) - 1:]):
                    if line[1] == '\t':
                        self.inner[key].add(found[1])
                    else:
                        names.append(found[1])


# ---- One held against the other ----------------------------------------

def stems(name):
    """The names that BTF may have for one in the header."""
    found = re.fullmatch(r'(.*)___\d+', name)
    return (name, found[1]) if found else (name,)


class Writer:
    def __init__(self, btf, header):
        self.btf, self.header = btf, header
        self.lines, self.bits = [], bytearray()
        self.nr_structs = self.nr_members = self.nr_bitfields = 0

    def facts(self, c_type, t):
        """Expressions that hold if a type of the header is this one of BTF."""
        yield f'sizeof({c_type}) == {t.word}'
        for path, type_id, bit, width in self.btf.paths(t) if t.kind in COMPOSITES else ():
            if width:
                continue
            self.nr_members += 1
            yield f'__builtin_offsetof({c_type}, {path}) == {bit // 8}'
            yield f'sizeof((({c_type} *)0)->{path}) == {self.btf.size(type_id)}'

    def add(self, c_type, candidates):
        if len(candidates) == 1:
            for fact in self.facts(c_type, candidates[0]):
                self.lines.append(f'_Static_assert({fact}, "");')
            self.add_bits(c_type, candidates[0])
            return
        each = (' && '.join(self.facts(c_type, t)) for t in candidates)
        self.lines.append('_Static_assert(' + ' || '.join(f'({facts})' for facts in each) + ', "");')

    def add_bits(self, c_type, t):
        for path, type_id, bit, width in self.btf.paths(t) if t.kind in COMPOSITES else ():
            if not width:
                continue
            self.nr_bitfields += 1
            self.lines.append(f'const {c_type} kbtf_bits_{self.nr_bitfields} KBTF_BITS = {{ .{path} = -1 }};')
            self.bits += bytes(-len(self.bits) % ALIGN_BYTES)
            self.bits += ((1 << width) - 1 << bit).to_bytes(t.word, 'little')

    def inner_names(self, type_id):
        """Of members in structs without a name, and of what has them as its type."""
        t = self.btf.types[type_id]
        top = {name for name, _, _, _ in self.btf.members(t)}
        return {path.split('.')[-1].replace('[0]', '')
                for path, _, _, _ in self.btf.paths(t) if path not in top}

    def add_tags(self):
        seen = set()
        for key, names in self.header.tags.items():
            ids = [i for stem in stems(key[1]) for i in self.btf.find((key[0], stem))]
            if key[0] != 'enum' and key not in self.header.opaque:
                ids = [i for i in ids if names == tuple(
                    m[0] for m in self.btf.members(self.btf.types[i]) if m[0])]
                if len(ids) > 1:
                    ids = [i for i in ids if self.inner_names(i) == self.header.inner[key]] or ids
            if not ids:
                raise SystemExit(f'{" ".join(key)}: not in BTF as the header has it: {names}')
            seen.update(ids)
            self.nr_structs += 1
            if key in self.header.opaque:
                sizes = ' || '.join(f'sizeof({" ".join(key)}) == {self.btf.types[i].word}' for i in ids)
                self.lines.append(f'_Static_assert({sizes}, "");')
            else:
                self.add(' '.join(key), [self.btf.types[i] for i in ids])
        for type_id in range(self.btf.first_id, len(self.btf.types)):
            t = self.btf.types[type_id]
            if (t.name and t.kind in COMPOSITES + ENUMS and type_id not in seen and
                    (t.elems or t.kind in COMPOSITES)):
                raise SystemExit(f'type [{type_id}] {t.name} is not in the header')

    def add_typedefs(self):
        for name in sorted(self.header.typedefs):
            ids = self.btf.find(('typedef', name))
            if len(ids) != 1:
                continue
            behind = self.btf.types[self.btf.skip(self.btf.types[ids[0]].word)]
            if behind.kind in COMPOSITES + ENUMS + (INT, FLOAT):
                if behind.kind in COMPOSITES and (behind.name or not behind.elems):
                    continue
                self.add(name, [behind])

    def add_values(self):
        for name in sorted(self.header.enumerators):
            values = self.btf.find_values(name)
            if len(values) == 1:
                value = values.pop()
                text = f'{value + 1}LL - 1' if value < 0 else f'{value}ULL' if value >> 63 else value
                self.lines.append(f'_Static_assert({name} == {text}, "");')

    def write(self, out):
        self.add_tags()
        self.add_typedefs()
        self.add_values()
        head = [f'#include "{os.path.basename(out)}.h"',
                '#pragma GCC diagnostic ignored "-Woverflow"',
                '#define KBTF_BITS __attribute__((section("kbtf_bits"), '
                f'aligned({ALIGN_BYTES})))', '']
        with open(out + '.c', 'w', encoding='latin-1') as f:
            f.write('\n'.join(head + self.lines) + '\n')
        with open(out + '.bits', 'wb') as f:
            f.write(self.bits)


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def section(data, name):
    """The bytes of a section of a 64- or 32-bit ELF file of little endian."""
    wide = data[4] == 2
    at, = struct.unpack_from('<Q' if wide else '<I', data, 0x28 if wide else 0x20)
    size, count, names = struct.unpack_from('<3H', data, 0x3a if wide else 0x2e)
    headers = []
    for i in range(count):
        words = struct.unpack_from('<2I4Q' if wide else '<6I', data, at + i * size)
        headers.append((words[0], words[4], words[5]))
    _, first, length = headers[names]
    strings = data[first:first + length]
    for name_at, first, length in headers:
        if strings[name_at:strings.index(b'\0', name_at)] == name.encode():
            return data[first:first + length]
    return b''


def compare_bits(folder, names):
    """Whether compilers made of the variables with a bitfield set what BTF says."""
    failed = False
    for name in names:
        out = os.path.join(folder, name)
        wanted = read(out + '.bits')
        if wanted and not os.path.exists(out + '.o'):
            print(f'{name}: was not compiled')
            failed = True
        elif wanted and section(read(out + '.o'), 'kbtf_bits') != wanted:
            print(f'{name}: a bitfield lies where BTF does not have it')
            failed = True
    return failed


def digest(out):
    return hashlib.sha256(b''.join(hashlib.sha256(read(out + suffix)).digest()
                                   for suffix in ('.h', '.c', '.bits'))).hexdigest()


def main():
    args = sys.argv[1:]
    base, digests, failed = None, os.devnull, False
    if args[0] == '--bits':
        return compare_bits(args[1], args[2:])
    if args[0] == '-B':
        base = Btf(read(args[1]))
        args = args[2:]
    if args[0] == '--digests':
        digests = args[1]
        args = args[2:]
    for name in args[1:]:
        out = os.path.join(args[0], name)
        writer = Writer(Btf(read(out + '.btf'), base), Header(read(out + '.h').decode('latin-1')))
        try:
            writer.write(out)
        except SystemExit as why:
            print(f'{name}: {why}', file=sys.stderr)
            failed = True
            continue
        with open(digests, 'a', encoding='latin-1') as f:
            print(digest(out), name, file=f)
        print(f'{name}: {writer.nr_structs} types, {writer.nr_members} members, '
              f'{writer.nr_bitfields} bitfields, {len(writer.header.opaque)} as bytes')
    return failed


sys.exit(main())

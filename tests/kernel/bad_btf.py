#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""bad_btf.py HOW FIRST_ID IN OUT: break raw split BTF, of either byte order, in one way.

FIRST_ID is the first type id of its own. HOW is one of
  wild-member   a member of a struct is of a type that does not exist
  wild-typedef  a modifier or typedef is of one that does not exist
  self-typedef  a modifier or typedef is of itself
  self-array    a struct has an array by value whose elements are that array
"""
import struct
import sys

KIND_ARRAY, KIND_STRUCT, KIND_UNION = 3, 4, 5
LINKS = (8, 9, 10, 11, 18)  # typedef, volatile, const, restrict, type tag
# Of what follows the three words of a type: words once, words for each of vlen.
TAILS = {1: (1, 0), 3: (3, 0), 4: (0, 3), 5: (0, 3), 6: (0, 2), 13: (0, 2), 14: (1, 0),
         15: (0, 3), 17: (1, 0), 19: (0, 3)}
# Of the ids that BTF may have, which is the most that kernels look at.
WILD = 0x000ffff0


def word_of(data):
    """How struct packs a word as the data has it."""
    return '<I' if data[0] == 0x9f else '>I'


def types_of(data):
    """Yield offset, kind and vlen of each type."""
    word = word_of(data)
    hdr_len, type_off, type_len = (struct.unpack_from(word, data, at)[0] for at in (4, 8, 12))
    at = hdr_len + type_off
    end = at + type_len
    while at < end:
        info = struct.unpack_from(word, data, at + 4)[0]
        kind, vlen = info >> 24 & 0x1f, info & 0xffff
        yield at, kind, vlen
        once, each = TAILS.get(kind, (0, 0))
        at += 12 + 4 * (once + each * vlen)


def break_btf(how, first_id, data):
    word = word_of(data)
    for number, (at, kind, vlen) in enumerate(types_of(data)):
        own = first_id + number
        if how == 'wild-member' and kind in (KIND_STRUCT, KIND_UNION) and vlen:
            struct.pack_into(word, data, at + 12 + 4, WILD)
            return
        if how == 'wild-typedef' and kind in LINKS:
            struct.pack_into(word, data, at + 8, WILD)
            return
        if how == 'self-typedef' and kind in LINKS:
            struct.pack_into(word, data, at + 8, own)
            return
        if how == 'self-array' and kind == KIND_ARRAY:
            struct.pack_into(word, data, at + 12, own)
            for other, other_kind, other_vlen in types_of(data):
                if other_kind == KIND_STRUCT and other_vlen:
                    struct.pack_into(word, data, other + 12 + 4, own)
                    return
    sys.exit(f'bad_btf.py: nothing there to make {how} of')


def main():
    how, first_id, source, target = sys.argv[1:]
    with open(source, 'rb') as file:
        data = bytearray(file.read())
    break_btf(how, int(first_id), data)
    with open(target, 'wb') as file:
        file.write(data)


main()

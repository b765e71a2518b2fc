#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""Whether `kbtf dump --format json` has all that `bpftool -j btf dump` has.

    json_same.py OURS THEIRS

Every type of theirs has to be in ours, with every key and value; ours may have more.
What is "(anon)" there is null here, and what is left out there is 0 here. bpftool 7.8
widens values of unsigned 32-bit enums with their sign in JSON (and not in raw text):
18446744073441116159 there is 4026531839 here.
"""
import json
import sys


def covers(ours, theirs):
    if isinstance(theirs, dict):
        return all(key in ours and covers(ours[key], value) for key, value in theirs.items())
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(covers, ours, theirs))
    if isinstance(theirs, int) and theirs >= 2**64 - 2**31:
        return ours in (theirs, theirs - 2**64 + 2**32)
    return ours == theirs or (ours is None and theirs == '(anon)')


def main():
    with open(sys.argv[1], encoding='utf-8') as ours, open(sys.argv[2], encoding='utf-8') as theirs:
        ours, theirs = json.load(ours)['types'], json.load(theirs)['types']
    if len(ours) != len(theirs):
        print(f'{len(ours)} types, bpftool has {len(theirs)}')
        return 1
    for a, b in zip(ours, theirs):
        if not covers(a, b):
            print(f'ours:   {a}\ntheirs: {b}')
            return 1
    return 0


sys.exit(main())

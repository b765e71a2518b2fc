#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""kbtf partition held against bpftool and readelf, on kernels whose symbols are there.

    partition.py BUILD

Of each vmlinux: bpftool prints base.btf and payload.btf, one behind the other, as it prints
whole.btf; every word of .BTF_ids that a symbol says to be an id names the type that it
named before, or in a set one that the set had, with its flags, and lies in the base; all other words are as
they were; and without symbols the same ids are found. Kernels are those in KBTF_VMLINUX,
separated by colons, and vmlinux files of -dbg packages in the folder of kernels. Prints TAP.
"""
import array
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

KBTF = pathlib.Path(sys.argv[1]) / 'tool' / 'kbtf'
BPFTOOL = os.environ.get('KBTF_BPFTOOL') or shutil.which('bpftool', path=os.environ['PATH'] + ':/usr/sbin')
CACHE = os.environ.get('KBTF_CACHE') or os.path.join(
    os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'), 'kbtf')
KERNELS = pathlib.Path(os.environ.get('KBTF_KERNELS') or os.path.join(CACHE, 'kernels'))


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE).stdout


def raw(path, base=None):
    """Raw text of BTF, by bpftool."""
    return run(BPFTOOL, *(['-B', base] if base else []), 'btf', 'dump', 'file', path, 'format', 'raw')


def names(text):
    """Kind and name of each type, by its id."""
    return {int(m[1]): (m[2], m[3])
            for m in re.finditer(r"^\[(\d+)\] (\w+) '(.*?)'", text.decode(), re.M)}


def words_of(data):
    words = array.array('I')
    words.frombytes(data)
    return words


def symbols(vmlinux):
    """Words that are ids, and sets as (first element, elements, words of one), by readelf."""
    sections = run('readelf', '-SW', vmlinux).decode()
    found = re.search(r'\[ *(\d+)\] \.BTF_ids +\w+ +([0-9a-f]+) ([0-9a-f]+)', sections)
    index, address = found[1], int(found[2], 16)
    ids, sets = set(), []
    for line in run('readelf', '-sW', vmlinux).decode().splitlines():
        field = line.split()
        if len(field) != 8 or field[6] != index or not field[7].startswith('__BTF_ID__'):
            continue
        word, name = (int(field[1], 16) - address) // 4, field[7]
        if name.startswith('__BTF_ID__set8__'):
            sets.append((word, word + 2, 2))
        elif name.startswith('__BTF_ID__set__'):
            sets.append((word, word + 1, 1))
        else:
            ids.add(word)
    return ids, sets


def check_ids(vmlinux, before, after, old, new, nr_base):
    ids, sets = symbols(vmlinux)
    in_sets = set()
    for head, first, stride in sets:
        place = [first + i * stride for i in range(before[head])]
        in_sets.update(range(first, first + len(place) * stride))

        def members(words, types):
            return sorted((types.get(words[i], ('', '')), words[i + 1] if stride == 2 else 0) for i in place)
        if members(before, old) != members(after, new):
            return f'the set at word {head} has other members'
        if [after[i] for i in place] != sorted(after[i] for i in place):
            return f'the set at word {head} is not sorted'
    for i, word in enumerate(before):
        if i in ids and after[i] > nr_base:
            return f'word {i} lies in the rest'
        if i in in_sets:
            continue
        if old.get(word) != new.get(after[i]) if i in ids else word != after[i]:
            return f'word {i} was {word} and is {after[i]}'
    return None


def roots(vmlinux):
    report = json.loads(run(KBTF, 'partition', '--json', '--no-compress', vmlinux))['files'][0]
    return {r['offset']: r for r in report['roots'] if r['source'] == 'id'}


def check_stripped(vmlinux, work):
    stripped = work / 'stripped'
    run('objcopy', '-S', vmlinux, stripped)
    with_symbols, without = roots(vmlinux), roots(stripped)
    for offset, root in with_symbols.items():
        if offset not in without or without[offset]['type_id'] != root['type_id']:
            return f'without symbols, {root["name"]} at {offset:#x} is not found'
    for offset, root in without.items():
        if offset not in with_symbols and not root['is_guess']:
            return f'without symbols, {root["name"]} at {offset:#x} is taken for certain'
    return None


def check(vmlinux, work):
    run(KBTF, 'partition', '-q', '--policy', 'closure', '-o', work, vmlinux)
    run(KBTF, 'extract', '-q', '-o', work / 'before.btf', vmlinux)
    run(KBTF, 'extract', '-q', '--section', '.BTF_ids', '-o', work / 'before', vmlinux)
    base, whole = raw(work / 'base.btf'), raw(work / 'whole.btf')
    if base + raw(work / 'payload.btf', work / 'base.btf') != whole:
        return 'the parts are not the whole'
    old, new = names(raw(work / 'before.btf')), names(whole)
    if sorted(old.values()) != sorted(new.values()):
        return 'types are lost'
    before, after = words_of((work / 'before').read_bytes()), words_of((work / 'BTF_ids').read_bytes())
    return (check_ids(vmlinux, before, after, old, new, len(names(base))) or
            check_stripped(vmlinux, work))


def main():
    found = [p for p in os.environ.get('KBTF_VMLINUX', '').split(':') if p]
    found += sorted(map(str, KERNELS.glob('*-dbg*/usr/lib/debug/boot/vmlinux-*')))
    if not BPFTOOL:
        print('1..0 # SKIP there is no bpftool: set KBTF_BPFTOOL')
        return
    if not found:
        print('1..0 # SKIP there is no vmlinux with symbols: set KBTF_VMLINUX')
        return
    print(f'1..{len(found)}')
    for i, vmlinux in enumerate(found, 1):
        with tempfile.TemporaryDirectory() as work:
            wrong = check(vmlinux, pathlib.Path(work))
        print(f'{"not ok" if wrong else "ok"} {i} - {os.path.basename(vmlinux)}', flush=True)
        if wrong:
            print(f'# {wrong}')


main()

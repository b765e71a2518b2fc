#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""Every reason that the library can give is asserted, with its whole message, by a test.

    reasons.py ROOT FOLDER...

A reason is a string of small letters, digits and hyphens in the sources of
lib/FOLDER; with a colon behind FOLDER, whose sources have many such words, only one
that a call of kbtf_fail() or its kin is given. A test asserts it where a string of tests/
has "[reason]" in it, which is how a message ends. Prints TAP.
"""
import pathlib
import re
import sys

# Strings of that form which are no reasons; all other ones need a test.
NO_REASONS = {
    # words put into messages
    'bit', 'bitfield', 'bits', 'bytes', 'elements', 'type', 'string', 'strings', 'layout', 'struct', 'union',
    # names in BTF
    'int', 'module',
    # verdicts
    'same', 'relocates', 'drifts', 'refused',
    # sources of roots, and a form of lists
    'id', 'percpu', 'tracepoint', 'list', 'set', 'set8',
    # linkage
    'static', 'global', 'extern',
    # outcomes of records, kinds of them, tables of .BTF.ext, and a type in C
    'found', 'failed', 'signed', 'unknown', 'function', 'line', 'long', 'nothing',
}

STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
REASON = re.compile(r'[a-z][a-z0-9]*(?:-[a-z0-9]+)*')
# up to the string behind the first one
CALL = re.compile(r'\bkbtf_fail\w*\([^;"]*"(?:[^"\\\n]|\\.)*"')
ASSERTED = re.compile(r'\[([a-z][a-z0-9-]*)\]')
SPLICE = re.compile(r'"\s*\n\s*"')


def strings_of(path):
    # Comments may have quotes in them, and strings what begins a comment: what comes first wins.
    text = path.read_text()
    text = re.sub(r'"(?:[^"\\\n]|\\.)*"|/\*.*?\*/|//[^\n]*',
                  lambda m: m[0] if m[0][0] == '"' else ' ', text, flags=re.S)
    text = re.sub(r'^\s*#\s*include.*$', '', text, flags=re.M)
    return [m[1] for m in STRING.finditer(SPLICE.sub('', text))]


def given_reasons(path):
    """Of each call, the first string of that form before the one that is printed."""
    for call in CALL.finditer(path.read_text()):
        for string in STRING.findall(call[0]):
            if REASON.fullmatch(string):
                yield string


def main():
    root, folders = pathlib.Path(sys.argv[1]), sys.argv[2:]
    reasons = {}
    for folder in folders:
        find = given_reasons if folder.endswith(':') else strings_of
        for path in sorted((root / 'lib' / folder.rstrip(':')).glob('*.[ch]')):
            for string in find(path):
                if REASON.fullmatch(string) and string not in NO_REASONS:
                    reasons.setdefault(string, path.relative_to(root))
    asserted = set()
    for path in (root / 'tests').rglob('*.c'):
        for string in strings_of(path):
            asserted.update(ASSERTED.findall(string))
    print(f'1..{len(reasons)}')
    failed = 0
    for n, reason in enumerate(sorted(reasons), 1):
        ok = reason in asserted
        failed += not ok
        print(f'{"ok" if ok else "not ok"} {n} - {reason} of {reasons[reason]} has a test')
    return failed > 0


sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""Sources of the library and the command, with how they are compiled.

    compile_commands.py BUILD FOLDER...

Prints a line a source that is compiled into something: its path from the root of the
project, a tab, and the command without what it would write.
"""
import json
import pathlib
import shlex
import sys

build = pathlib.Path(sys.argv[1]).resolve()
root = pathlib.Path(__file__).resolve().parents[2]
seen = set()
for entry in json.loads((build / 'compile_commands.json').read_text()):
    path = (build / entry['file']).resolve().relative_to(root)
    if path.parts[0] not in sys.argv[2:] or path.suffix != '.c' or path in seen:
        continue
    seen.add(path)
    words = shlex.split(entry['command'])
    keep = words[:1] + [w for w in words[1:] if w[:2] in ('-I', '-D', '-W', '-f', '-i') or w[:5] == '-std=']
    print(path, shlex.join(keep + [entry['file']]), sep='\t')

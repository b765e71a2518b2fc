#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""Count individual tests in TAP.

    count-tests.py FILE...

A file named testlog.json is meson's record of a run, with the output of each
test program in it; any other file is TAP itself. A program that prints no TAP is
one test. Prints a line per failure and per reason of a skip, then
"PASSED FAILED SKIPPED".
"""
import collections
import json
import re
import sys

# cmocka 1.1 says "not ok" of a test that it skipped.
RESULT = re.compile(r'(not )?ok \d+\b *-? *(.*?)(?: *# *(skip)\b *:? *(.*))?$', re.I)
PLAN = re.compile(r'1\.\.(\d+)(?: *# *SKIP *(.*))?')
REASON = re.compile(r'#? *skip(?:ped)?: *(.*)', re.I)


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = collections.Counter()

    def add_tap(self, where, text):
        """Count the results in text and say how many there were."""
        seen, planned, reason = 0, None, ''
        for line in text.splitlines():
            if match := REASON.match(line):
                reason = match[1]
            elif match := PLAN.fullmatch(line):
                planned, reason = int(match[1]), match[2] or reason
                if match[2] and not planned:
                    self.skipped[f'{where}: {reason}'] += 1
                    return 1
            elif match := RESULT.match(line):
                seen += 1
                name = match[2] or match[4]
                if match[3]:
                    # cmocka has the name there, and the program said why before.
                    why = match[4] if match[2] else reason or match[4]
                    self.skipped[f'{where}: {why or "no reason given"}'] += 1
                    reason = ''
                elif match[1]:
                    self.failed.append(f'{where}: {name}')
                else:
                    self.passed += 1
        if planned and seen < planned:
            self.failed.append(f'{where}: ended after {seen} of {planned} tests')
        return seen

    def add_program(self, record):
        failed = len(self.failed)
        output = record.get('stdout') or ''
        seen = self.add_tap(record['name'], output)
        if record['result'] in ('OK', 'EXPECTEDFAIL'):
            self.passed += not seen
        elif record['result'] == 'SKIP':
            if not seen:
                reason = REASON.search(output + '\n' + (record.get('stderr') or ''))
                self.skipped[f'{record["name"]}: {reason[1] if reason else "no reason given"}'] += 1
        elif len(self.failed) == failed:
            self.failed.append(f'{record["name"]}: {record["result"]}')


def main():
    count = Count()
    for path in sys.argv[1:]:
        with open(path, encoding='utf-8', errors='replace') as file:
            if path.endswith('testlog.json'):
                for line in file:
                    count.add_program(json.loads(line))
            else:
                count.add_tap(path.rsplit('/', 1)[-1].removesuffix('.tap'), file.read())
    for name in count.failed:
        print(f'failed  {name}')
    for reason, times in sorted(count.skipped.items()):
        print(f'skipped {reason}' + (f' ({times} tests)' if times > 1 else ''))
    print(count.passed, len(count.failed), sum(count.skipped.values()))


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""What is left of files when something goes wrong while kbtf works on them.

    faults.py BUILD

Whatever happens, each module that was to be written over is as it was or done, status 0
is only for all done, and status 1 says why. Prints TAP, a test a kind of fault. As long
as a kernel allows it, faults are put where they hurt by inject.c, at each system call in
turn: killed before it, or the call failing.
"""
import errno
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time

BUILD = pathlib.Path(sys.argv[1]).resolve()
KBTF = BUILD / 'tool/kbtf'
INJECT = BUILD / 'tests/faults/inject'
MAKE_INPUT = BUILD / 'tests/cli/make_input'
ERRORS = ['ENOSPC', 'EIO', 'EROFS', 'ENOENT', 'EINTR', 'ENOMEM']
CANNOT = 125
# The dynamic linker's words.
NOT_STARTED = 'error while loading shared libraries'


class Skip(Exception):
    """Why a fault cannot be made here."""


class Wrong(Exception):
    """What was not as it has to be."""


def check(condition, *what):
    if not condition:
        raise Wrong(' '.join(map(str, what)))


def call(*args, before=(), timeout=120, **options):
    """Run kbtf; say its status, or minus a signal, and what it said on standard error."""
    done = subprocess.run([*map(str, before), KBTF, *map(str, args)], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=timeout, check=False, **options)
    return done.returncode, done.stderr.decode(errors='replace')


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob('*')) if path.is_file()}


def is_temporary(name):
    return re.fullmatch(r'(.*/)?\.[^/]*\.kbtf-[a-z0-9]{6}', name)


class Work:
    """A command that writes modules over, what they are before, and what when it is done."""

    def __init__(self, name, args, modules, again=True):
        """again: what is done may be done once more, and is left alone."""
        self.name, self.args, self.again = name, args, again
        self.before = contents(modules)
        self.folder = pathlib.Path('work')
        self.reset()
        status, said = call(*self.args, self.folder)
        check(status == 0, f'{name} does not work at all: {said}')
        self.done = contents(self.folder)
        check(self.done.keys() == self.before.keys() and
              all(self.done[name] != self.before[name] for name in self.done),
              f'{name} leaves modules as they are')

    def reset(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        for name, data in self.before.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def nr_done(self, temporary=False):
        """Check what is there; temporary: of files being made there may be some."""
        now = contents(self.folder)
        if temporary:
            now = {name: data for name, data in now.items() if not is_temporary(name)}
        check(now.keys() == self.before.keys(), f'{sorted(now)} are there')
        for name, data in now.items():
            check(data in (self.before[name], self.done[name]),
                  f'{name} is neither as it was nor done')
        return sum(data == self.done[name] for name, data in now.items())

    def finish(self):
        """What was cut short can be done again, whatever lies about."""
        if not self.again:
            return
        status, said = call(*self.args, self.folder)
        check(status == 0, f'again: status {status}: {said}')
        check(self.nr_done(temporary=True) == len(self.done), 'again: not all are done')


def count_calls(*args):
    """How many system calls a command makes in all, and how many on files."""
    status, said = call(*args, before=[INJECT, '-c', 'counts'])
    if status == CANNOT:
        raise Skip(f'calls cannot be counted here: {said.strip()}')
    return [int(word) for word in pathlib.Path('counts').read_text().split()]


def calls_of(work):
    """The calls to try, from and to; those that only start a program are left out."""
    start = count_calls('--version')
    work.reset()
    return list(zip(start, count_calls(*work.args, work.folder)))


def killed_at_each_call(work):
    first, last = calls_of(work)[0]
    cut_short = 0
    for at in range(first - 3, last + 1):
        work.reset()
        status, _ = call(*work.args, work.folder, before=[INJECT, '-k', at])
        check(status == 128 + 9, f'call {at} of {last}: status {status}')
        cut_short += 0 < work.nr_done(temporary=True) < len(work.done)
        work.finish()
    check(cut_short > 10, f'only {cut_short} runs ended among the files')
    return f'{last - first + 4} calls'


def failing_at_each_call(work):
    first, last = calls_of(work)[1]
    tried = refused = 0
    for name in ERRORS:
        for at in range(first - 3, last + 1):
            work.reset()
            status, said = call(*work.args, work.folder,
                                before=[INJECT, '-e', getattr(errno, name), '-n', at])
            where = f'{name} from call {at} of {last}'
            try:
                nr = work.nr_done()
            except Wrong as wrong:
                raise Wrong(f'{where}: {wrong}') from None
            check(status in (0, 1, 2) or NOT_STARTED in said, f'{where}: status {status}: {said}')
            check(status != 0 or nr == len(work.done), f'{where}: status 0, {nr} done')
            check(status == 0 or said.strip(), f'{where}: status {status} without a word')
            tried += 1
            refused += status != 0
    check(refused * 4 > tried, f'only {refused} of {tried} were noticed')
    return f'{tried} failures, {refused} told of'


def written_elsewhere(_):
    """Of files that are made in a directory of their own, each is whole or not there."""
    args = ['distill', '-q', '-j1', '-B', 'old.btf', '-o', 'made', 'few']
    status, said = call(*args)
    check(status == 0, said)
    done = contents(pathlib.Path('made'))
    shutil.rmtree('made')
    first, last = count_calls('--version')[0], count_calls(*args)[0]
    for at in range(first - 3, last + 1):
        shutil.rmtree('made', ignore_errors=True)
        status, _ = call(*args, before=[INJECT, '-k', at])
        for name, data in contents(pathlib.Path('made')).items():
            check(is_temporary(name) or data == done.get(name), f'call {at}: {name} is not whole')
    return f'{last - first + 4} calls'


def two_at_once(work):
    for _ in range(12):
        work.reset()
        both = [subprocess.Popen([KBTF, *work.args, work.folder], stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE) for _ in range(2)]
        for run in both:
            said = run.communicate(timeout=120)[1].decode()
            check(run.returncode == 0, f'status {run.returncode}: {said}')
        check(work.nr_done() == len(work.done), 'not all are done')
    return '12 times'


def mounted(options):
    """A file system of its own, gone with the commands that use it."""
    if os.geteuid() != 0:
        raise Skip('file systems are mounted by root only')
    place = pathlib.Path('mounted')
    place.mkdir(exist_ok=True)
    script = f'mount -t tmpfs -o {options} none mounted && cp -r few mounted/ && '
    if subprocess.run(['unshare', '-m', 'sh', '-c', script + 'true'], check=False,
                      stderr=subprocess.DEVNULL).returncode:
        raise Skip('file systems cannot be mounted here')
    return script


def in_mount(script):
    return subprocess.run(['unshare', '-m', 'sh', '-c', script], check=False, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()


def full_disk(_):
    script = mounted('size=64k')
    said = in_mount(script + 'cat /dev/zero >mounted/filler 2>/dev/null; '
                    f'{KBTF} distill -q -B old.btf --in-place mounted/few; echo "status $?"; '
                    'diff -r few mounted/few && echo the same')
    check(said.count('No space left on device [file-write]') == 4, said)
    check('status 1\nthe same\n' in said, said)


def read_only(_):
    said = in_mount(mounted('size=4m') + 'mount -o remount,ro mounted && '
                    f'{KBTF} distill -q -B old.btf --in-place mounted/few; echo "status $?"; '
                    'diff -r few mounted/few && echo the same')
    check(said.count('Read-only file system [file-write]') == 4, said)
    check('status 1\nthe same\n' in said, said)


def directory_not_to_be_written(_):
    """As somebody who may read it only."""
    if os.geteuid() != 0:
        raise Skip('this takes root, which becomes somebody else')
    shutil.copytree('few', 'theirs')
    status, said = call('distill', '-q', '-B', 'old.btf', '--in-place', 'theirs',
                        before=['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'])
    check(status == 1 and said.count('Permission denied [file-write]') == 4, status, said)
    check(contents(pathlib.Path('theirs')) == contents(pathlib.Path('few')), 'files have changed')


def while_it_runs(disturb, work, rounds):
    """Run with something disturbing it; say how many runs ended with which status."""
    ended = {}
    for _ in range(rounds):
        work.reset()
        stop = threading.Event()
        thread = threading.Thread(target=disturb, args=(work.folder, stop))
        thread.start()
        try:
            status, said = call(*work.args, work.folder)
        finally:
            stop.set()
            thread.join()
        check(status in (0, 1, 2), f'status {status}: {said}')
        check(status == 0 or said.strip(), f'status {status} without a word')
        ended[status] = ended.get(status, 0) + 1
    return ', '.join(f'status {status}: {nr} times' for status, nr in sorted(ended.items()))


def vanishing_directory(work):
    delays = iter(range(1000))

    def vanish(folder, _):
        time.sleep(0.001 * (next(delays) % 25))
        shutil.rmtree(folder, ignore_errors=True)

    result = while_it_runs(vanish, work, 50)
    check('status 1' in result, f'it was gone before or after each time: {result}')
    return result


def changing_files(work):
    """Files that are truncated, grow, and are other files while they are read."""

    def change(folder, stop):
        paths = [folder / name for name in work.before]
        data = list(work.before.values())
        i = 0
        while not stop.is_set():
            path, whole = paths[i % len(paths)], data[(i // 3) % len(data)]
            with open(path, 'r+b') as file:
                file.truncate(i * 37 % (len(whole) + 1))
                file.seek(0)
                file.write(whole[i * 11 % 64:])
            i += 1

    return while_it_runs(change, work, 40)


def call_within(kib, *args):
    """Run kbtf with so much address space."""
    return call(*args, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS,
                                                             (kib << 10, kib << 10)))


def least_to_start():
    """The address space that the program itself takes, in KiB; with less it does not run at all."""
    too_little, enough = 512, 65536
    check(call_within(enough, '--version')[0] == 0, f'{enough} KiB are not enough for --version')
    while enough - too_little > 4:
        middle = (too_little + enough) // 8 * 4
        if call_within(middle, '--version')[0] == 0:
            enough = middle
        else:
            too_little = middle
    return enough


def out_of_memory(work):
    """From where it can start to where threads have all the room they like; modules are of sizes
    for which memory ends one after the other. Those that are not done are told of."""
    start = least_to_start()
    seen = {}
    for kib in [*range(start, start + 2048, 16), *range(start + 2048, 160 << 10, 2048)]:
        work.reset()
        status, said = call_within(kib, *work.args, work.folder)
        nr = work.nr_done()
        check(status == (nr < len(work.done)), f'{kib} KiB: status {status}, {nr} done: {said}')
        told = said.count('out of memory [no-memory]')
        check(nr + told == len(work.done) or (nr == 0 and said == 'kbtf: out of memory\n'),
              f'{kib} KiB: {nr} done, and it says: {said}')
        seen[nr] = seen.get(nr, 0) + 1
    check(seen.keys() == set(range(len(work.done) + 1)), f'so many were done: {seen}')
    return ', '.join(f'{nr} done: {times} times' for nr, times in sorted(seen.items()))


def huge_files(_):
    """Sizes that files only say they have, and more of them than memory could hold."""
    sparse = pathlib.Path('sparse.ko')
    sparse.write_bytes(pathlib.Path('few/a/001.ko').read_bytes())
    os.truncate(sparse, 5 << 30)
    raw = pathlib.Path('raw.btf')
    raw.write_bytes(pathlib.Path('old.btf').read_bytes())
    os.truncate(raw, 6 << 30)
    for path in (sparse, raw):
        for command in (['info'], ['verify', '-q'], ['dump'], ['distill', '-q', '-B', 'old.btf', '-o', 'x.ko']):
            status, said = call(*command, path, preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_DATA, (1 << 30, 1 << 30)))
            check(status in (0, 1), f'{command[0]} {path}: status {status}: {said}')
            check(status == 0 or '[' in said, f'{command[0]} {path}: {said}')
        path.unlink()


def many_files(_):
    folder = pathlib.Path('crowd')
    folder.mkdir()
    data = pathlib.Path('few/a/001.ko').read_bytes()
    for i in range(5000):
        (folder / f'{i}.ko').write_bytes(data)
    status, said = call('distill', '-q', '-j2', '-B', 'old.btf', '--in-place', folder,
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)))
    check(status == 0, f'status {status}: {said}')
    check(len(set(contents(folder).values())) == 1, 'not all are the same')
    shutil.rmtree(folder)


def odd_directories(_):
    """Links that lead round in a circle, and more levels than a path can name."""
    folder = pathlib.Path('odd')
    folder.mkdir()
    shutil.copy('few/a/001.ko', folder)
    (folder / 'round').symlink_to('.')
    (folder / 'nowhere.ko').symlink_to('gone')
    os.mkfifo(folder / 'pipe.ko')
    top = os.getcwd()
    os.chdir(folder)
    for _ in range(60):
        os.mkdir('d' * 200)
        os.chdir('d' * 200)
    os.chdir(top)
    status, said = call('distill', '-q', '-B', 'old.btf', '-o', 'made-odd', folder, timeout=20)
    check(status == 0 or (status == 1 and said.strip()), f'status {status}: {said}')
    check(contents(pathlib.Path('made-odd')).keys() == {'001.ko'}, 'something else was made')
    subprocess.run(['rm', '-rf', folder], check=True)


def main():
    subprocess.run([MAKE_INPUT, '.'], check=True)
    few = pathlib.Path('few')
    for i, place in enumerate(['a', 'a', 'b', 'b/c'], 1):
        (few / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(f'many/{i:03}.ko', few / place)
    distill = Work('distill', ['distill', '-q', '-j1', '-B', 'old.btf', '--in-place'], few)
    threads = Work('distill -j2', ['distill', '-q', '-j2', '-B', 'old.btf', '--in-place'],
                   pathlib.Path('many'))
    (few_done := pathlib.Path('few-done')).mkdir()
    for name, data in distill.done.items():
        (few_done / name).parent.mkdir(parents=True, exist_ok=True)
        (few_done / name).write_bytes(data)
    relocate = Work('relocate', ['relocate', '-q', '-j1', '-B', 'new.btf', '--in-place'], few_done,
                    again=False)
    standalone = Work('standalone', ['standalone', '-q', '-j1', '-B', 'old.btf', '--in-place'], few)
    large = pathlib.Path('large')
    shutil.copytree(few, large)
    for i, path in enumerate(sorted(large.rglob('*.ko')), 1):
        os.truncate(path, i * 300 << 10)
    hungry = [Work(f'distill {j}, large', ['distill', '-q', j, '-B', 'old.btf', '--in-place'], large)
              for j in ('-j1', '-j2')]
    tests = [
        ('distill --in-place, killed before each system call', killed_at_each_call, distill),
        ('relocate --in-place, killed before each system call', killed_at_each_call, relocate),
        ('standalone --in-place, killed before each system call', killed_at_each_call, standalone),
        ('distill --in-place, each call on files failing', failing_at_each_call, distill),
        ('relocate --in-place, each call on files failing', failing_at_each_call, relocate),
        ('distill -o, killed before each system call', written_elsewhere, None),
        ('two runs over one directory', two_at_once, threads),
        ('a full disk', full_disk, None),
        ('a file system that is read-only', read_only, None),
        ('a directory that may not be written', directory_not_to_be_written, None),
        ('a directory that vanishes', vanishing_directory, threads),
        ('files that change while they are read', changing_files, threads),
        ('out of memory', out_of_memory, hungry[0]),
        ('out of memory, with threads', out_of_memory, hungry[1]),
        ('huge files', huge_files, None),
        ('5000 modules, with 32 descriptors', many_files, None),
        ('odd directories', odd_directories, None),
    ]
    print(f'1..{len(tests)}', flush=True)
    for nr, (name, test, work) in enumerate(tests, 1):
        try:
            more = test(work)
            print(f'ok {nr} - {name}' + (f': {more}' if more else ''), flush=True)
        except Skip as why:
            print(f'ok {nr} - {name} # SKIP {why}', flush=True)
        except Wrong as what:
            print(f'not ok {nr} - {name}\n# ' + str(what).replace('\n', '\n# '), flush=True)


with tempfile.TemporaryDirectory() as work_folder:
    os.chdir(work_folder)
    os.chmod(work_folder, 0o755)
    try:
        main()
    finally:
        os.chdir('/')

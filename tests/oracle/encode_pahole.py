#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
"""kbtf encode and pahole on the debug information of real kernels.

    encode_pahole.py BUILD

    KBTF_DEBUG         kernels, as their debug packages unpack: NAME/usr/lib/debug/...
    KBTF_PAHOLE        a pahole of one's own; 1.27 or newer
    KBTF_PAHOLE_KEPT   a folder where pahole's BTF is kept for the next run
    KBTF_ENCODE        all: every module, not every tenth
    KBTF_BPFTOOL       a bpftool of one's own

For each kernel, vmlinux and its modules are encoded by both with the features of a kernel's build, and
the two held against each other type by type; see btf_same.py. Of vmlinux bpftool's C, too, has to say the
same, where there is bpftool. Modules stand on pahole's vmlinux in both cases. Every difference has to have one of the REASONS, and kbtf's BTF may not be the larger one.
Prints TAP: a test for each vmlinux, and one for the modules of each kernel.
"""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import btf_same

FEATURES = ('encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func,'
            'decl_tag_kfuncs')
REASONS = {
    'copy': 'function of which only .constprop or .isra copies are left: pahole leaves it out of '
            'vmlinux, and not of modules',
    'places': 'function with symbols at several places: pahole does not see that where one is address 0, '
              'as the first of a module is, or where no other name comes after it',
    'names': 'function that is defined weakly too, with other names of parameters: kbtf takes the '
             'definition that is there, pahole in modules the first',
    'declared': 'type that the base has, but for what it only declares there and the module '
                'defines: kbtf does not repeat it',
}


def run(*args):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise RuntimeError(f'{args[0]}: {done.stdout.decode(errors="replace")[-500:]}')
    return done.stdout.decode(errors='replace')


class Pahole:
    def __init__(self, path, kept):
        self.path, self.kept = path, pathlib.Path(kept)
        self.version = run(path, '--version').strip()

    def encode(self, file, out_name, base):
        out = self.kept / self.version / FEATURES.replace(',', '+') / out_name
        if not out.exists():
            out.parent.mkdir(parents=True, exist_ok=True)
            options = [f'--btf_base={base}'] if base else []
            new = out.with_suffix('.new')
            run(self.path, '-J', '-j1', f'--btf_features={FEATURES}', '--lang_exclude=rust',
                f'--btf_encode_detached={new}', *options, str(file))
            new.rename(out)
        return out


def symbols_of_functions(path):
    """What names of functions end in, and where they are: {'foo': [('.constprop.0', place)]}."""
    ret = collections.defaultdict(list)
    for line in run('readelf', '-sW', str(path)).splitlines():
        words = re.sub(r'\[<localentry>: \d+\]', '', line).split()  # of 64-bit PowerPC
        if len(words) >= 8 and words[3] == 'FUNC' and words[6] != 'UND':
            name, _, rest = words[7].partition('.')
            if not re.search('cold|part', rest):
                ret[name].append((rest, (words[6], int(words[1], 16))))
    return ret


def why_left_out(symbols, is_last):
    """The reason for which kbtf alone leaves a function out; None if there is none."""
    if '' not in [rest for rest, _ in symbols] and \
            any(re.search('constprop|isra', rest) for rest, _ in symbols):
        return 'copy'
    places = {place for _, place in symbols}
    if len(places) > 1 and (is_last or 0 in [address for _, address in places]):
        return 'places'
    return None


def loose_text(btf, type_id, texts, depth=0):
    """What a type is, where those of the base are spelled too, and declarations are definitions."""
    key = (type_id >= btf.first, type_id)
    if key not in texts:
        owner = btf if type_id >= btf.first else btf.base
        kind, name, vlen, kflag, size, refs, rest = owner.types[type_id - owner.first]
        texts[key] = (kind, name, vlen, kflag, size, rest,
                      tuple(loose_mention(btf, ref, texts, depth) for ref in refs))
    return texts[key]


def loose_mention(btf, type_id, texts, depth):
    if not type_id:
        return 0
    owner = btf if type_id >= btf.first else btf.base
    kind, name, _, kflag = owner.types[type_id - owner.first][:4]
    if kind == btf_same.FWD:
        kind = btf_same.UNION if kflag else btf_same.STRUCT
    if name and kind != btf_same.TYPE_TAG:
        return btf_same.KINDS[kind], name
    return loose_text(btf, type_id, texts, depth + 1)


def reached(btf, start):
    seen, todo = set(), list(start)
    while todo:
        type_id = todo.pop()
        if type_id >= btf.first and type_id not in seen:
            seen.add(type_id)
            todo.extend(btf.types[type_id - btf.first][5])
    return seen


def nameless(text):
    """A FUNC's text without the names of its parameters."""
    proto = text[6][0]
    return text[1], proto[2], proto[6]


def without_names(btf, type_id):
    return nameless(loose_text(btf, type_id, {}))


def reached_texts(btf, type_id):
    """Those of a FUNC and its prototype."""
    text = loose_text(btf, type_id, {})
    return [text, text[6][0]]


class Judge:
    """Finds reasons for differences of one file."""

    def __init__(self, base):
        self.base, self.base_texts, self.reasons = base, None, collections.Counter()

    def texts_of_base(self):
        if self.base_texts is None:
            texts = {}
            self.base_texts = {loose_text(self.base, i, texts)
                               for i in range(1, self.base.end)} if self.base else set()
        return self.base_texts

    def differences(self, file, ours, theirs):
        found = btf_same.compare(ours, theirs)
        if not found or not self.base:
            return found
        why = self.find_left_out(file, found)
        left_out = reached(theirs, [i for i in range(theirs.first, theirs.end)
                                    if theirs.types[i - theirs.first][:2] in why])
        texts, base = {}, self.texts_of_base()
        have = {loose_text(ours, i, texts) for i in range(ours.first, ours.end)} | base
        texts, rest = {}, []
        for i in range(theirs.first, theirs.end):
            text = loose_text(theirs, i, texts)
            if text in have:
                continue
            if i in left_out:
                reason = why.get(theirs.types[i - theirs.first][:2])
                self.reasons.update([reason] if reason else [])
            else:
                rest.append((btf_same.title(text), [], [text]))
        have = set(texts.values()) | base
        texts, own = {}, {without_names(ours, i): i for i in range(ours.first, ours.end)
                          if ours.types[i - ours.first][0] == btf_same.FUNC}
        for what, _, (text,) in rest[:]:
            if text[0] == btf_same.FUNC and nameless(text) in own:
                self.reasons['names'] += 1
                have.update(reached_texts(ours, own[nameless(text)]))
                rest = [r for r in rest if r[2][0] != text and r[2][0] != text[6][0]]
        for i in range(ours.first, ours.end):
            text = loose_text(ours, i, texts)
            if text not in have:
                rest.append((btf_same.title(text), [text], []))
        if not rest:
            self.reasons['declared'] += sum(1 for name, mine, its in found if mine or not why)
        return rest

    @staticmethod
    def find_left_out(file, found):
        missing = [(name.removeprefix('FUNC '), its) for name, mine, its in found
                   if name.startswith('FUNC ') and not mine]
        symbols = symbols_of_functions(file) if missing else {}
        reasons = {(btf_same.FUNC, name): why_left_out(symbols[name], name == max(symbols))
                   for name, _ in missing}
        return {function: reason for function, reason in reasons.items() if reason}


class Report:
    def __init__(self):
        self.nr, self.failed = 0, False

    def tell(self, name, wrong, note):
        for line in wrong[:20]:
            print(f'# {line}')
        self.nr += 1
        self.failed |= bool(wrong)
        print(f'{"not ok" if wrong else "ok"} {self.nr} - {name}: {note}', flush=True)

    def skip(self, name, reason):
        self.nr += 1
        print(f'ok {self.nr} - {name} # SKIP {reason}', flush=True)


def hold(judge, file, ours, theirs, wrong):
    """Sizes of the two, in bytes."""
    name = file.name
    for what, mine, its in judge.differences(file, ours, theirs):
        wrong.append(f'{name}: {what}')
        wrong.extend(f'    kbtf   {btf_same.spell(text)[:300]}' for text in mine[:2])
        wrong.extend(f'    pahole {btf_same.spell(text)[:300]}' for text in its[:2])
    if ours.size > theirs.size:
        wrong.append(f'{name}: {ours.size} bytes, and {theirs.size} of pahole')
    return ours.size, theirs.size


def encode(kbtf, out, base, files):
    options = ['-B', str(base)] if base else []
    run(kbtf, 'encode', '-q', '-j1', '--raw', '--features', FEATURES, *options, '-o', str(out),
        *map(str, files))


def c_definitions(bpftool, path):
    """What a header of it defines, how often; in whatever order, which decides what is declared first."""
    text = run(bpftool, 'btf', 'dump', 'file', str(path), 'format', 'c')
    # Names that several types have are numbered in that order.
    text = re.sub(r'(\w)___\d+\b', r'\1', text)
    blocks = re.split(r'\n\n+', text)
    return collections.Counter(b for b in blocks if not re.fullmatch(r'(struct|union|enum) \w+;', b))


def compare_c(bpftool, ours, theirs):
    mine, its = c_definitions(bpftool, ours), c_definitions(bpftool, theirs)
    return [f'C of kbtf alone: {text[:300]}' for text in (mine - its).elements()] + \
        [f'C of pahole alone: {text[:300]}' for text in (its - mine).elements()]


def check_kernel(kbtf, pahole, kernel, work, report):
    debug = kernel / 'usr/lib/debug'
    vmlinux = sorted((debug / 'boot').glob('vmlinux-*'))
    if not vmlinux:
        report.skip(kernel.name, 'no vmlinux in it')
        return
    release = vmlinux[0].name.removeprefix('vmlinux-')
    base_path = pahole.encode(vmlinux[0], f'{release}/vmlinux', None)
    base = btf_same.Btf(base_path)
    encode(kbtf, work / 'vmlinux.btf', None, [vmlinux[0]])
    wrong, ours = [], btf_same.Btf(work / 'vmlinux.btf')
    hold(Judge(None), vmlinux[0], ours, base, wrong)
    bpftool = os.environ.get('KBTF_BPFTOOL') or shutil.which('bpftool')
    if bpftool:
        wrong += compare_c(bpftool, work / 'vmlinux.btf', base_path)
    kinds = collections.Counter(t[0] for t in ours.types)
    report.tell(f'vmlinux of {release}', wrong,
                f'{len(ours.types)} types, {kinds[btf_same.FUNC]} functions and '
                f'{kinds[btf_same.VAR]} variables among them, {ours.size} bytes and {base.size}')

    step = 1 if os.environ.get('KBTF_ENCODE') == 'all' else 10
    modules = sorted((debug / 'lib/modules').glob('**/*.ko'))[::step]
    wrong, sizes, judge = [], [0, 0], Judge(base)
    for first in range(0, len(modules), 100):
        some = modules[first:first + 100]
        shutil.rmtree(work / 'modules', ignore_errors=True)
        links = work / 'links'
        shutil.rmtree(links, ignore_errors=True)
        links.mkdir()
        for i, module in enumerate(some):
            (links / f'{i}.ko').symlink_to(module)
        encode(kbtf, work / 'modules', base_path, [links / f'{i}.ko' for i in range(len(some))])
        for i, module in enumerate(some):
            theirs = pahole.encode(module, f'{release}/{module.name}', base_path)
            both = hold(judge, module, btf_same.Btf(work / f'modules/{i}.btf', base),
                        btf_same.Btf(theirs, base), wrong)
            sizes = [sizes[0] + both[0], sizes[1] + both[1]]
    for reason, nr in judge.reasons.items():
        print(f'# {release}: {nr} times {REASONS[reason]}')
    if modules:
        report.tell(f'modules of {release}', wrong,
                    f'{len(modules)}, {sizes[0]} bytes and {sizes[1]}')
    else:
        report.skip(f'modules of {release}', 'none there')


def main():
    sys.setrecursionlimit(10000)
    kbtf = sys.argv[1] + '/tool/kbtf'
    path = os.environ.get('KBTF_PAHOLE') or shutil.which('pahole')
    kernels = sorted(pathlib.Path(os.environ.get('KBTF_DEBUG', '/nonexistent'))
                     .glob('*/usr/lib/debug'))
    if not path:
        print('1..0 # SKIP there is no pahole; KBTF_PAHOLE can name one')
        return 0
    if not kernels:
        print('1..0 # SKIP KBTF_DEBUG has no unpacked debug packages of kernels')
        return 0
    report = Report()
    with tempfile.TemporaryDirectory() as work:
        pahole = Pahole(path, os.environ.get('KBTF_PAHOLE_KEPT', work + '/pahole'))
        if tuple(map(int, re.findall(r'\d+', pahole.version)[:2])) < (1, 27):
            print(f'1..0 # SKIP pahole {pahole.version} is older than 1.27')
            return 0
        for kernel in kernels:
            folder = pathlib.Path(work) / 'ours'
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            check_kernel(kbtf, pahole, kernel.parents[2], folder, report)
    print(f'1..{report.nr}')
    return report.failed


sys.exit(main())

#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

# Manual pages, completion and the JSON document say what --help and the program do.

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

commands='info dump show diff verify extract encode equip distill relocate standalone minimize gen ids partition check dedup merge'

# Options with their arguments, one a line: "-B --base FILE".
help_options() {
    "$KBTF" "$1" --help | sed -n 's/^  \(-.\), \(--[a-z-]*\)\( [A-Z|]*\)\{0,1\} .*/\1 \2\3/p
        s/^      \(--[a-z-]*\)\( [A-Z|]*\)\{0,1\} .*/\1\2/p' | sed 's/ *$//'
}

man_options() {
    sed -n '/^\.It Fl/{s/^\.It //; s/Fl \(.\) , Fl -/-\1 --/; s/Fl -/--/; s/ Ar / /; p}' \
        "$KBTF_SOURCE/man/kbtf-$1.1"
}

@test "every command has a page with the options of its help, in the same order" {
    for command in $commands; do
        help_options "$command" >help
        [ -s help ]
        diff help <(man_options "$command")
    done
}

@test "kbtf(1) lists the commands of kbtf help" {
    diff <("$KBTF" help | sed -n 's/^  \([a-z]*\)  .*/\1/p') \
        <(sed -n 's/^\.It Cm //p' "$KBTF_SOURCE/man/kbtf.1")
}

@test "completion knows the commands and options of help, and no others" {
    # shellcheck source=completion/kbtf.bash
    . "$KBTF_SOURCE/completion/kbtf.bash"
    for command in $commands; do
        help_options "$command" | tr ' ' '\n' | grep '^-' | sort >help
        _kbtf_options "$command" | tr ' ' '\n' | sort | diff help -
    done
    COMP_WORDS=(kbtf '') COMP_CWORD=1
    _kbtf
    diff <("$KBTF" help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | sort) \
        <(printf '%s\n' "${COMPREPLY[@]}" | grep -v '^-' | sort)
}

@test "docs/json.md names every key there is" {
    "$KBTF_MAKE_INPUT" .
    "$KBTF" distill -q -B old.btf -o made modules
    "$KBTF" check --json -B new.btf made >check.json 2>/dev/null || :
    "$KBTF" info --json made/ids.ko >info.json
    for kind in old.btf made/ids.ko; do
        "$KBTF" dump --format json "$kind"
    done >dump.json
    "$KBTF" show --no-cache --format json -B old.btf sock nosuch >show.json 2>/dev/null || :
    "$KBTF" diff --json old.btf new.btf >diff.json || [ $? -eq 1 ]
    "$KBTF_MAKE_PROGRAM" .
    "$KBTF" minimize --json --missing --explain -B old.btf modules --for prog.bpf.o >minimize.json
    "$KBTF" ids --list --json -B old.btf modules/ids.ko >ids.json
    "$KBTF" partition --json --policy closure -o parts vmlinux >partition.json
    jq -r '.. | objects | keys[]' check.json info.json dump.json show.json diff.json minimize.json partition.json ids.json | sort -u |
        grep -vE '^[A-Z_0-9]+$|^(same|relocates|drifts|refused|cannot tell|no BTF|done|already|failed|found|no need|missing|ambiguous|nr|bytes|name)$' |
        while read -r key; do
            grep -q "[\`\"]$key[\`\"]" "$KBTF_SOURCE/docs/json.md" || {
                echo "docs/json.md does not name $key"
                exit 1
            }
        done
}

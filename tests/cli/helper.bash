# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
#
# What the tests of the command line share: each works in a folder of its own,
# filled by make_input, with standard output and standard error kept apart.

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    "$KBTF_MAKE_INPUT" .
}

# Run kbtf; leaves $status and the files out and err.
kbtf() {
    status=0
    "$KBTF" "$@" >out 2>err || status=$?
}

# The exit status, and all that was said on standard error.
said() {
    local expected=$1
    shift
    if [ "$status" -ne "$expected" ] || ! diff <(printf '%s' "${1:+$1$'\n'}") err; then
        echo "exit status $status, expected $expected; standard error:"
        cat err
        return 1
    fi
}

# All of standard output but for times.
printed() {
    diff <(printf '%s\n' "$1") <(grep -v '^seconds ' out)
}

# Everything below a folder, in a line a file.
contents() {
    (cd "$1" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum)
}

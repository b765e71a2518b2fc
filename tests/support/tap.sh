# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Tests of a script, told as TAP. Sourced, never run.
nr=0

# Report a test: ok or "not ok", its name, and why it was skipped if it was.
report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

# Report a test that is a command.
try() {
    local name=$1
    shift
    if "$@" >&2; then report ok "$name"; else report 'not ok' "$name"; fi
}

# Say why there are no tests, and end.
skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}

# Say how many tests there were, and end.
finish() {
    printf '1..%d\n' "$nr"
    exit 0
}

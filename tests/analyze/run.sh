#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# run.sh BUILD: what static analysis has to say of lib/ and tool/.
#
# gcc -fanalyzer, clang-tidy with the checks of .clang-tidy, and cppcheck look at every
# source. What they find has to be in accepted.txt beside this file, with a reason, as often as
# it is there. The list is for Debian 12's versions of the tools; others are skipped. Prints TAP.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

build=$(readlink -f "$1")
folders=(lib tool)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each prints its findings: source, tab, check, tab, what was said. They are run by xargs.
# shellcheck disable=SC2317
run_gcc() {
    local source=$1 command=$2

    cd "$build"
    # shellcheck disable=SC2086 # it is quoted for eval
    eval "$command -Wno-error -fdiagnostics-color=never -O1 -fanalyzer -c -o /dev/null" 2>&1 |
        sed -n "s|^\(.*warning: .*\) \[-W\(analyzer-[a-z-]*\)\]$|$source\t\2\t\1|p"
}

# shellcheck disable=SC2317
run_tidy() {
    local source=$1

    cd "$root"
    clang-tidy -quiet -p "$build" "$source" 2>/dev/null |
        sed -n "s|^\(.*warning: .*\) \[\([A-Za-z0-9.-]*\).*\]$|$source\t\2\t\1|p"
}
export -f run_gcc run_tidy
export build root

run_cppcheck() {
    local includes=(-I include) folder

    cd "$root"
    for folder in lib/*/; do
        includes+=(-I "$folder")
    done
    cppcheck -q -j "$(nproc)" --enable=warning,performance,portability --inline-suppr --std=c11 \
        --suppress=missingInclude "${includes[@]}" --template='{file}\t{id}\t{line}: {message}' \
        "${folders[@]}" 2>&1 | grep -P '^\S+\t\w+\t' || :
}

each_source() {
    local what=$1

    tr '\n\t' '\0\0' <"$work/sources" |
        xargs -0 -n 2 -P "$(nproc)" bash -c "$what"' "$@"' "$what"
}

# The findings of a tool are those that are accepted of it.
compare() {
    local tool=$1 source check said

    sort -u "$work/$tool" -o "$work/$tool"
    cut -f 1,2 "$work/$tool" | sort | uniq -c | awk -v OFS='\t' '{ print $2, $3, $1 }' >"$work/found"
    awk -F'\t' -v OFS='\t' -v tool="$tool" '$1 == tool { print $2, $3, $4 }' "$here/accepted.txt" |
        LC_ALL=C sort >"$work/accepted"
    LC_ALL=C sort -o "$work/found" "$work/found"
    while read -r source check _; do
        printf '# %s, not accepted or more often than that:\n' "$tool"
        said=$(awk -F'\t' -v s="$source" -v c="$check" '$1 == s && $2 == c { print $3 }' "$work/$tool")
        printf '%s\n' "$said" | sed "s|^|#   $check: |"
    done < <(LC_ALL=C comm -23 "$work/found" "$work/accepted")
    LC_ALL=C comm -13 "$work/found" "$work/accepted" | sed "s|^|# $tool, accepted as often as is not found: |"
    if cmp -s "$work/found" "$work/accepted"; then
        report ok "$tool: $(wc -l <"$work/sources") sources, $(awk '{ n += $3 } END { print n + 0 }' "$work/found") findings, all accepted"
    else
        report 'not ok' "$tool: findings are not those of tests/analyze/accepted.txt"
    fi
}

# Whether a tool is of the version that the list is for.
is_version() {
    local tool=$1 wanted=$2
    shift 2
    [[ "$("$@" 2>&1)" =~ $wanted ]] && return 0
    report ok "$tool" "the list is for another version, $wanted"
    return 1
}

"$here/compile_commands.py" "$build" "${folders[@]}" >"$work/sources"
if is_version gcc '^12' gcc -dumpversion; then
    each_source run_gcc >"$work/gcc"
    compare gcc
fi
if is_version clang-tidy 'version 14' clang-tidy --version; then
    each_source run_tidy >"$work/clang-tidy"
    compare clang-tidy
fi
if is_version cppcheck ' 2\.10' cppcheck --version; then
    run_cppcheck >"$work/cppcheck"
    compare cppcheck
fi
finish

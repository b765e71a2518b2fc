#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# afl.sh FOLDER SECONDS [TARGET...]: the fuzz targets under AFL++ (Debian's afl++).
#
# They are built in FOLDER/build; for each, or those named, what AFL++ finds of use and what
# fails is kept in FOLDER/TARGET, and taken up again by the next run. Prints TAP, a test a
# target, with the number of runs.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/../..
# shellcheck source=scripts/lib.sh
. "$root/scripts/lib.sh"

[ $# -ge 2 ] || { sed -n '4,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
command -v afl-clang-fast >/dev/null || { echo '1..0 # SKIP there is no afl-clang-fast'; exit 0; }
mkdir -p "$1"
folder=$(readlink -f "$1") seconds=$2
shift 2
# Where processors and the handling of core files are somebody else's to set.
export AFL_QUIET=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_AUTORESUME=1 \
    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
nr=0

# The seeds of a target, all in one folder.
gather_seeds() {
    local from

    mkdir -p "$folder/seeds/$1"
    for from in "$folder/build/tests/fuzz/corpus/$1" "$here/corpus/$1"; do
        [ ! -d "$from" ] || cp "$from"/* "$folder/seeds/$1/"
    done
}

# A number of those that AFL++ writes down.
stat_of() {
    sed -n "s/^$2 *: *//p" "$folder/$1/default/fuzzer_stats"
}

[ -e "$folder/build/build.ninja" ] ||
    CC=afl-clang-fast meson setup "$folder/build" "$root" -Dfuzzers=true -Dtests=enabled \
        -Dbuildtype=debugoptimized -Db_lundef=false >&2
ninja -C "$folder/build" >&2
if [ $# -eq 0 ]; then
    for target in "$folder"/build/tests/fuzz/fuzz_*; do
        [ ! -f "$target" ] || set -- "$@" "${target##*/fuzz_}"
    done
fi
for target; do
    nr=$((nr + 1)) result=ok
    gather_seeds "$target"
    afl-fuzz -V "$seconds" -t 5000 -x "$here/words.dict" -i "$folder/seeds/$target" -o "$folder/$target" \
        -- "$folder/build/tests/fuzz/fuzz_$target" >"$folder/$target.log" 2>&1 || result='not ok'
    { [ "$(stat_of "$target" saved_crashes)" = 0 ] && [ "$(stat_of "$target" saved_hangs)" = 0 ]; } ||
        result='not ok'
    printf '%s %d - %s: %s runs\n' "$result" $nr "$target" "$(stat_of "$target" execs_done)"
done
printf '1..%d\n' $nr

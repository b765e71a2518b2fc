#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
load helper

# kill -9 at random moments of an in-place bulk run: every module is as it was, or
# done; nothing else is taken for a module; and the run can be done again.

milliseconds() {
    local now
    now=$(date +%s%N)
    echo $((now / 1000000))
}

# How many modules of work/ are done; fails where one is neither done nor as it was.
count_done() {
    find work -name '.*.kbtf-*' -delete
    paste -d ' ' <(contents work) all.sums done.sums | awk '
        $2 != $4 || $2 != $6 { print $2 " is not there"; exit 1 }
        $1 == $5 { nr++; next }
        $1 != $3 { print $2 " is neither as it was nor done"; exit 1 }
        END { print nr + 0 }'
}

@test "kill -9: every module is as it was, or done" {
    mkdir all
    for copy in 1 2 3 4 5 6; do cp -r many all/$copy; done
    kbtf distill -q -B old.btf -o done all
    said 0

    contents all >all.sums
    contents "done" >done.sums

    cp -r all work
    started=$(milliseconds)
    kbtf distill -q -j2 -B old.btf --in-place work
    took=$(($(milliseconds) - started + 1))

    # Enough rounds that some of them are cut short among the files.
    cut_short=0
    for ((round = 0; round < 40 && cut_short < 6; round++)); do
        rm -rf work
        cp -r all work
        "$KBTF" distill -q -j2 -B old.btf --in-place work 2>/dev/null &
        pid=$!
        sleep "$(printf '0.%03d' $((RANDOM % took)))"
        kill -9 $pid 2>/dev/null || :
        wait $pid 2>/dev/null || :
        nr=$(count_done) || { echo "round $round: $nr"; return 1; }
        if [ "$nr" -gt 0 ] && [ "$nr" -lt 360 ]; then
            cut_short=$((cut_short + 1))
        fi
        kbtf distill -q -B old.btf --in-place work
        said 0
        [ "$(count_done)" = 360 ]
    done
    [ "$cut_short" -gt 0 ] || skip "none of $round runs could be cut short"
}

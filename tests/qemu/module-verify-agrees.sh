#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# module-verify-agrees.sh BUILD [COUNT [SEED]]: does kbtf say what kernels say of modules' BTF?
#
# Boots Debian's newest cloud kernel of each series under qemu, where
# tests/oracle/verify_modules loads a module over and over, each time with other
# .BTF and .BTF.base: mutants of small modules of that kernel, and of BTF that is
# grown. Verdict, errno and what the kernel then publishes have to be what kbtf says;
# the differences that may be are in tests/oracle/accepted-module-verdicts.txt. Prints TAP.
#
# A kernel that oopses or does not come back is booted again and goes on behind what
# did that; kbtf has to have warned of it. What it does warn of is therefore
# not tried, but for KBTF_TEST_DANGEROUS seeds that are looked through for it. With
# KBTF_TEST_VERBOSE it is told which reasons refused how often.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/../../scripts/kernels.sh"
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

build=$1
count=${2:-${KBTF_TEST_MODULE_MUTANTS:-1000}}
seed=${3:-1}
dangerous=${KBTF_TEST_DANGEROUS:-0}
kbtf=$build/tool/kbtf
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
accepted=$here/../oracle/accepted-module-verdicts.txt
series=(6.1 6.12)
# The carrier, whose code is a table, is one of them.
carrier=nls_ascii
models=(nls_ascii crc7 dummy xt_mark ip6t_rt sch_pie sch_sfq tcp_vegas nft_ct xfrm_user)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Unpack small modules of a kernel, as they are and distilled: NAME.btf stands on
# NAME.base.btf, NAME-own.btf on the kernel's.
make_models() {
    local package=$1 release=$2 folder=$3
    local name module

    mkdir -p "$folder/modules" "$folder/models"
    for name in "${models[@]}"; do
        module=$(find "$kernels/$package/lib/modules" -name "$name.ko*")
        case $module in
        *.xz) xz -dc "$module" ;;
        *) cat "$module" ;;
        esac >"$folder/modules/$name.ko"
        objcopy -O binary --only-section=.BTF --set-section-flags .BTF=alloc \
            "$folder/modules/$name.ko" "$folder/models/$name-own.btf" || return 1
    done
    "$kbtf" distill -q --kernel "$release" --root "$kernels/$package" --raw \
        -o "$folder/models" "$folder"/modules/*.ko &&
        "$kbtf" distill -q --kernel "$release" --root "$kernels/$package" \
            -o "$folder/carrier.ko" "$folder/modules/$carrier.ko"
}

# Ask from a seed on; what the guest said is added to a file. One boot.
boot() {
    local folder=$1 image=$2 from=$3 nr=$4 flag=$5 add=() model

    for model in "$folder"/models/*.btf; do
        add+=(-a "$model=/models/${model##*/}")
    done
    printf 'dmesg -n 1\n/verify_modules %s %s %s /carrier.ko %s /models/*[!e].btf\n' \
        "$flag" "$from" "$nr" "$carrier" >"$folder/run.sh"
    "$here/boot.sh" -k "$image" -o "$folder/out" -r "$folder/run.sh" -p 2 -t 3000 \
        -c 'rcupdate.rcu_expedited=1' -a "$build/tests/oracle/verify_modules_static=/verify_modules" \
        -a "$folder/carrier.ko=/carrier.ko" "${add[@]}" >&2 || return 1
    cat "$folder/out/run.out" >>"$folder/said"
}

# Ask about seeds from..from+nr-1, in as many boots as that takes.
ask_all() {
    local folder=$1 image=$2 from=$3 end=$(($3 + $4)) flag=${5-} last how

    : >"$folder/said"
    while [ "$from" -lt "$end" ]; do
        boot "$folder" "$image" "$from" $((end - from)) "$flag" || return 1
        read -r _ last how _ < <(grep '^end ' "$folder/said" | tail -n 1)
        [ "${how-}" = oops ] || [ "${how-}" = stuck ] || break
        from=$((last + 1))
    done
    [ "${how-}" ]
}

# The sum of a number in the lines of all boots.
sum() {
    sed -n "s/^kernel .*[:,] \([0-9]*\) $1.*/\1/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

# How often, by reason, over all boots.
tally() {
    awk -v what="$1" '$1 == what { nr[$3] += $2 } END { for (r in nr) print nr[r], r }' "$2" | sort -rn
}

# What is different for a reason that is written down.
report_lucky() {
    local version=$1 release=$2 said=$3 times reason

    while read -r times reason; do
        if grep -q "^${version//./\\.} $reason	" "$accepted"; then
            report ok "$release takes what is not sound [$reason]: $times"
        else
            report 'not ok' "$release takes what kbtf refuses [$reason]: $times"
        fi
    done < <(tally taken "$said")
}

report_ends() {
    local release=$1 said=$2 seed how verdict

    while read -r _ seed how verdict; do
        case $how in
        oops | stuck) report 'not ok' "$release: $how at seed $seed, of which kbtf says: $verdict" ;;
        esac
    done < <(grep '^end ' "$said")
}

# What kbtf warns of, given to the kernel; that it is warned of is all that is asked.
try_dangerous() {
    local release=$1 folder=$2 image=$3 said=$2/said oopses stuck refused taken

    if ! ask_all "$folder" "$image" "$seed" "$dangerous" -d; then
        report 'not ok' "$release: what was warned of could not be tried"
        return
    fi
    oopses=$(grep -c '^end .* oops ' "$said") || :
    stuck=$(grep -c '^end .* stuck ' "$said") || :
    refused=$(tally refused "$said" | awk '{ n += $1 } END { print n + 0 }')
    taken=$(tally taken "$said" | awk '{ n += $1 } END { print n + 0 }')
    report ok "$release, what was warned of: $oopses oops, $stuck do not come back, $refused are refused, $taken are taken"
}

ask() {
    local package release folder=$work/$1 image disagreed

    package=$(kernels_list "$1" cloud | tail -n 1)
    if [ -z "$package" ] || ! kernels_fetch "$package" "$(dpkg --print-architecture)" "$kernels" >&2; then
        report ok "modules of $1" "the package registry has none"
        return
    fi
    release=$(kernels_release "$package")
    image=$(find "$kernels/$package/boot" -name 'vmlinuz-*')
    if ! make_models "$package" "$release" "$folder" ||
        ! ask_all "$folder" "$image" "$seed" "$count"; then
        report 'not ok' "$release: $(grep -m1 '^SKIP' "$folder/said" || echo 'it does not answer')"
        return
    fi
    grep -v '^\(refused\|taken\|end\) ' "$folder/said" >&2 || :
    disagreed=$(sum disagreements "$folder/said")
    report "$([ "$disagreed" -eq 0 ] && echo ok || echo 'not ok')" \
        "$release: $(sum tried "$folder/said") mutants of modules loaded, $(sum refused "$folder/said") refused by header and sections, $(sum accepted "$folder/said") accepted, $(sum left "$folder/said") left out, $disagreed disagreements"
    report_lucky "$1" "$release" "$folder/said"
    report_ends "$release" "$folder/said"
    [ -z "${KBTF_TEST_VERBOSE-}" ] || tally refused "$folder/said" | sed "s|^|# $release: |"
    [ "$dangerous" -eq 0 ] || try_dangerous "$release" "$folder" "$image"
}

[ "$(dpkg --print-architecture)" = amd64 ] || skip_all 'the kernels are for amd64'
ninja -C "$build" tests/oracle/verify_modules_static >&2 || skip_all 'no static C library'
for version in "${series[@]}"; do
    ask "$version"
done
finish

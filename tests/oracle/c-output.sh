#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# c-output.sh BUILD [KERNEL...]: C that is printed of real BTF compiles, to the layout it has.
#
# Of the unpacked kernels in the cache folder, or those named, vmlinux and some modules
# from all over the list, all with KBTF_ALL=1: the header goes through gcc and clang for the
# kernel's machine, without a warning, and so do assertions that c_asserts.py makes of the
# BTF. The header of a module is tried with what it needs of the kernel, and without it
# behind the kernel's: of all modules with clang, of 30 with gcc, which takes the kernel's
# anew each time.
#
# A compiler does the same with the same text: where header, assertions and bitfields are
# those that a module of an earlier kernel for the same machine had, they are not compiled
# again, and counted apart. Prints TAP, a test a kernel and compiler.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/../../scripts/lib.sh"
# shellcheck source=tests/support/c_compile.sh
. "$here/../support/c_compile.sh"

kbtf=$1/tool/kbtf dumper=$1/tests/oracle/dump_modules
shift
kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
most_modules=${KBTF_ALL:+1000000} most_modules=${most_modules:-30}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nr=0

report() {
    nr=$((nr + 1))
    printf '%s %d - %s%s\n' "$1" "$nr" "$2" "${3:+ # SKIP $3}"
}

# Keep so many lines, from all over the list.
thin_out() {
    awk -v most="$1" '
        { lines[NR] = $0 }
        END { for (i = 1; i <= NR; i += 1 + int(NR / most)) print lines[i] }'
}

# The two headers of each module of $work/raw: $work/c/NAME.h, and $work/behind/NAME.c that
# includes the other. One program makes them all, since the command would open the kernel's BTF for
# each of them anew; of 20 from all over the list the command has to print the same.
dump_modules() {
    local base=$work/c/vmlinux.btf name files
    mapfile -t files < <(find "$work/raw" -type f 2>/dev/null | sort)
    [ ${#files[@]} -gt 0 ] || return 0
    printf '%s\0' "${files[@]}" | xargs -0 mv -t "$work/c"
    printf "$work/c/%s\0" "${files[@]##*/}" | xargs -0 "$dumper" "$base" "$work/c" "$work/behind" || return
    for name in "${files[@]##*/}"; do
        name=${name%.btf}
        echo "#include \"$name.h\"" >"$work/behind/$name.c"
    done
    while read -r name; do
        "$kbtf" dump --format c -B "$base" "$work/c/$name" | cmp - "$work/c/${name%.btf}.h" &&
            "$kbtf" dump --format c --without-base -B "$base" "$work/c/$name" |
            cmp - "$work/behind/${name%.btf}.h" || return
    done < <(printf '%s\n' "${files[@]##*/}" | thin_out 20)
}

# The headers of modules that leave out what the kernel's has, behind that, which is compiled
# once; prints those that fail. With gcc the first 30.
compile_behind() {
    local include=("${c_compiler[@]}" -include "$work/c/vmlinux.h") name names log
    mapfile -t names <"$work/names"
    [ ${#names[@]} -gt 0 ] || return 0
    if [ ${#c_batch[@]} -gt 0 ]; then
        # shellcheck disable=SC2046
        "${c_batch[@]}" -x c -emit-pch -o "$work/vmlinux.pch" "$work/c/vmlinux.h" 2>/dev/null &&
            printf '%s.c\n' "${names[@]}" | (cd "$work/behind" && xargs -d '\n' -n 100 "${c_batch[@]}" \
                "${c_warnings[@]}" -include-pch "$work/vmlinux.pch" -fsyntax-only -x c) >/dev/null 2>&1 &&
            return 0
        include=("${c_batch[@]}" -include "$work/c/vmlinux.h")
    else
        names=("${names[@]:0:30}")
    fi
    for name in "${names[@]}"; do
        log=$("${include[@]}" "${c_warnings[@]}" -fsyntax-only -x c "$work/behind/$name.c" 2>&1) ||
            echo "$name behind vmlinux: ${log:0:500}"
    done
}

try_kernel() {
    local kernel=$1 image=$2 arch cc result files names new failed=0
    case $kernel in
    *arm64*) arch=arm64 ;;
    *) arch=amd64 ;;
    esac
    rm -rf "$work/c" "$work/behind" "$work/raw" "$work/digests"
    mkdir "$work/c" "$work/behind"
    "$kbtf" extract -q -o "$work/c/vmlinux.btf" "$image"
    "$kbtf" dump --format c "$work/c/vmlinux.btf" >"$work/c/vmlinux.h"
    mapfile -t files < <(find "$kernels/$kernel/lib/modules" -name '*.ko*' | sort | thin_out "$most_modules")
    [ ${#files[@]} -eq 0 ] || "$kbtf" extract -q -o "$work/raw/" "${files[@]}" 2>/dev/null || :
    if ! dump_modules; then
        report 'not ok' "$kernel: headers of its modules"
        return 0
    fi
    (cd "$work/behind" && find . -name '*.c' -printf '%f\n') | sed 's/\.c$//' | sort >"$work/names"
    mapfile -t names <"$work/names"
    touch "$work/digests" "$work/seen-$arch"
    if ! { "$c_asserts" "$work/c" vmlinux && { [ ${#names[@]} -eq 0 ] || xargs -d '\n' -n 5000 "$c_asserts" \
        -B "$work/c/vmlinux.btf" --digests "$work/digests" "$work/c" <"$work/names"; }; } >"$work/asserted"; then
        report 'not ok' "$kernel: all types are in the headers"
        return 0
    fi
    mapfile -t new < <(awk 'FILENAME == ARGV[1] { seen[$1]; next } !($1 in seen) { print $2 }' "$work/seen-$arch" "$work/digests")
    echo "# $kernel, $(sed -n 's/^vmlinux: //p' "$work/asserted"), ${#names[@]} modules," \
        "of which $((${#names[@]} - ${#new[@]})) as in an earlier kernel;" "$(awk -F '[ ,]+' '
            { t += $2; m += $4; b += $6 } END { print t, "types,", m, "members,", b, "bitfields in all" }' "$work/asserted")"
    for cc in gcc clang bpf; do
        if ! c_choose "$cc" "$arch"; then
            report ok "$kernel: $cc" "there is no ${c_compiler[0]}"
            continue
        fi
        { c_compile_all "$work/c" vmlinux "${new[@]}" && compile_behind; } >"$work/log" 2>&1
        result=ok
        if [ -s "$work/log" ]; then
            result='not ok' failed=1
            sed 's/^/# /' "$work/log" >&2
        fi
        report "$result" "$kernel: $cc"
    done
    [ $failed -eq 1 ] || cat "$work/digests" >>"$work/seen-$arch"
}

if [ $# -eq 0 ]; then
    for image in "$kernels"/*/boot/vmlinuz-*; do
        [ -e "$image" ] || break
        kernel=${image%/boot/*}
        set -- "$@" "${kernel##*/}"
    done
fi
if [ $# -eq 0 ]; then
    echo '1..0 # SKIP there is no unpacked kernel here'
    exit 0
fi
for kernel; do
    try_kernel "$kernel" "$(echo "$kernels/$kernel"/boot/vmlinuz-*)"
done
echo "1..$nr"

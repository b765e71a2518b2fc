#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# The tables of docs/partition.md: how much of its BTF each kernel needs.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

kernels=${KBTF_KERNELS:-$kbtf_cache/kernels}
kbtf=${KBTF:-$here/../build/tool/kbtf}

usage() {
    cat <<TEXT
Usage: scripts/partition-figures.sh [VMLINUX...]

Prints, as Markdown, the mandatory part of kernels' BTF by each policy and the
payload of vmlinux_btf.ko. Without VMLINUX: of all kernels in
  KBTF_KERNELS  (now $kernels), where scripts/fetch-kernels.sh puts them
with the command
  KBTF          (now $kbtf)
Takes about 20 seconds of processor time a kernel, for compressing.
TEXT
}

case ${1-} in
-h | --help) usage; exit 0 ;;
esac
[ -x "$kbtf" ] || die "$kbtf: no such program; build kbtf, or name it with KBTF"
command -v jq >/dev/null || die 'jq is needed'
files=("$@")
if [ $# -eq 0 ]; then
    mapfile -t files < <(find "$kernels" -path '*/boot/vmlinuz-*' -type f | sort -V)
    [ ${#files[@]} -gt 0 ] || die "$kernels: no kernels; fetch some with scripts/fetch-kernels.sh"
fi
report=$(mktemp)
trap 'rm -f "$report"' EXIT
"$kbtf" partition --json "${files[@]}" >"$report"

# A number with commas; jq's names are functions of what stands before them.
# shellcheck disable=SC2016
functions='
def commas: tostring | [match("(^[0-9]{1,3}|[0-9]{3})(?=([0-9]{3})*$)"; "g").string] | join(",");
def kernel: .path | sub(".*/vmlinu[xz]-"; "");
def share($part; $whole): ($part / $whole * 1000 | round | "\(. / 10 | floor).\(. % 10) %");
def size: "\(.nr_types | commas) | \(.bytes | commas) | \(.xz_bytes | commas) | \(.zstd_bytes | commas)";
def with: (.sources | join(" ") | { "": "", "id": "", "id percpu": "per-cpu", "id tracepoint struct_ops": "by name",
    "id percpu tracepoint struct_ops": "both" }[.]);
'
say '| kernel | .BTF | types | ids | guessed | by ids: types | bytes | | xz | payload | xz | names only | |'
say '| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |'
jq -r "$functions"' .files[] | select(.outcome == "done") | .whole.bytes as $all |
    (.partitions[] | select(.policy == "closure" and .sources == ["id"])) as $closure |
    (.partitions[] | select(.policy == "names" and .sources == ["id"])) as $names |
    "| \(kernel) | \($all | commas) | \(.whole.nr_types | commas) | \(.nr_types_of.id) | " +
    (if .has_symbols then "by symbols" else (.nr_guesses | tostring) end) +
    " | \($closure.mandatory.nr_types | commas) | \($closure.mandatory.bytes | commas) | " +
    share($closure.mandatory.bytes; $all) + " | \($closure.mandatory.xz_bytes | commas) | " +
    "\($closure.payload.bytes | commas) | \($closure.payload.xz_bytes | commas) | " +
    "\($names.mandatory.bytes | commas) | " + share($names.mandatory.bytes; $all) + " |"' "$report"
jq -r "$functions"' .files[-1] | select(.outcome == "done") | .whole.bytes as $all |
    "\nAll of \(kernel):\n",
    "| policy | with | types | bytes | xz | zstd | | payload: types | bytes | xz | zstd |",
    "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    (.partitions[] | (if .policy == "nothing" then "0 | 0 | 0 | 0" else (.mandatory | size) end) as $mandatory |
    "| \(.policy) | \(with) | \($mandatory) | " + share(.mandatory.bytes; $all) + " | \(.payload | size) |")' "$report"

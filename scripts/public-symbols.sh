#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# Print the functions that public headers declare, inline ones left out. What a
# release adds goes into lib/libkbtf.map under that release's version.
set -euo pipefail
root=$(dirname "$(readlink -f "$0")")/..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$root/include" && ls kbtf/*.h) | sed 's/.*/#include <&>/' >"$work/all.c"
gcc -fsyntax-only -I "$root/include" -aux-info "$work/all.txt" "$work/all.c"
sed -nE '/kbtf\/[a-z_]+\.h:/{/ static /d; s/^[^(]*[ *](kbtf_[a-z0-9_]+) \(.*/\1/p}' "$work/all.txt" |
    sort -u

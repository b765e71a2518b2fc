#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# tools.sh BUILD FOLDER: put pahole and resolve_btfids into FOLDER for kernel/build, which
# are kbtf and note each call in FOLDER/NAME.calls.
set -euo pipefail
kbtf=$(readlink -f "$1")/tool/kbtf
mkdir -p "$2"
folder=$(readlink -f "$2")
# make_tool NAME [OPTION...]
make_tool() {
    local name=$1
    shift
    ln -sf "$kbtf" "$folder/kbtf-$name"
    printf '#!/bin/sh\nprintf "%%s\\n" "$*" >>"%s/%s.calls"\nexec "%s/kbtf-%s" %s "$@"\n' \
        "$folder" "$name" "$folder" "$name" "$*" >"$folder/$name"
    chmod +x "$folder/$name"
}

make_tool pahole
# What it does with --btf changed in 6.19.
make_tool resolve_btfids --interface in-place

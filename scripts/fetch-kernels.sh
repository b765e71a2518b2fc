#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# List and unpack Debian kernels for tests and benchmarks. Root is not needed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
# shellcheck source=scripts/kernels.sh
. "$here/kernels.sh"

usage() {
    cat <<TEXT
Usage: fetch-kernels.sh list SERIES FLAVOUR [ARCH]
       fetch-kernels.sh fetch oldest|newest SERIES FLAVOUR [ARCH]
       fetch-kernels.sh fetch PACKAGE [ARCH]

SERIES is 6.12 or 6.1; FLAVOUR cloud, generic or rt; ARCH amd64 or arm64.
list prints package names, oldest build first. fetch unpacks one into
\$KBTF_KERNELS (now $folder) and prints its folder.
TEXT
}

folder=${KBTF_KERNELS:-$kbtf_cache/kernels}
arch=$(dpkg --print-architecture)

case ${1-} in
list)
    [ $# -ge 3 ] || { usage >&2; exit 2; }
    kernels_list "$2" "$3" "${4:-$arch}"
    ;;
fetch)
    case ${2-} in
    oldest | newest)
        [ $# -ge 4 ] || { usage >&2; exit 2; }
        package=$(kernels_fetch_end "$2" "$3" "$4" "${5:-$arch}" "$folder") ||
            die "no $4 build of $3 for ${5:-$arch} could be fetched"
        ;;
    linux-image-*)
        package=$2
        kernels_fetch "$package" "${3:-$arch}" "$folder" || die "$package: could not be fetched"
        ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
    printf '%s\n' "$folder/$package"
    ;;
-h | --help)
    usage
    ;;
*)
    usage >&2
    exit 2
    ;;
esac

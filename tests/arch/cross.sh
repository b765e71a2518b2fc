# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Sourced by what builds for another machine or C library.

# Configure kbtf for it, unless it is: configure_cross FOLDER FAMILY ENDIAN OPTION...
# Standard input is meson's cross file but for the machine; it is kept as FOLDER.cross.
configure_cross() {
    local folder=$1 family=$2 endian=$3
    shift 3
    {
        cat
        printf "[host_machine]\nsystem = 'linux'\n"
        printf "cpu_family = '%s'\ncpu = '%s'\nendian = '%s'\n" "$family" "$family" "$endian"
    } >"$folder.cross"
    [ -e "$folder/build.ninja" ] || meson setup "$folder" "$(dirname "${BASH_SOURCE[0]}")/../.." \
        --cross-file "$folder.cross" -Dbuildtype=release -Dwerror=true "$@"
}

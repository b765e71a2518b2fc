# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
#
# What quickstart, check and the scripts beside this file share: talking to the
# user, installing packages by name, and the cache folder. Sourced, never run.

# Everything that is fetched or unpacked, and may be deleted at any time.
kbtf_cache=${KBTF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kbtf}

say() {
    printf '%s\n' "$*"
}

warn() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
    warn "$@"
    exit 1
}

# Run a command as root: directly, or through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        warn "needs root for: $*"
        warn "run as root, or install sudo"
        return 1
    fi
}

# Print those of the named packages that are not installed.
packages_missing() {
    local package
    for package; do
        # ${Status} is for dpkg-query to expand.
        # shellcheck disable=SC2016
        case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
        *' installed') ;;
        *) printf '%s\n' "$package" ;;
        esac
    done
}

# Install the named packages, after saying which. Quick where all are there.
install_packages() {
    local missing
    mapfile -t missing < <(packages_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        die "no apt-get here; install the equivalents of: ${missing[*]}"
    say "Installing ${#missing[@]} packages: ${missing[*]}"
    as_root apt-get update -qq || warn 'apt-get update failed; trying with the lists there are'
    local log
    log=$(mktemp)
    if ! as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm "$log"
        die "could not install: ${missing[*]}"
    fi
    rm "$log"
}

# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
#
# A fresh system of this Debian release in the folder $system. Sourced, never run. Takes
# root, and debootstrap.

# Run a command in the new system; mounts are of that command alone.
inside() {
    # shellcheck disable=SC2016
    unshare --mount --propagation private sh -c '
        system=$1
        shift
        mount -t proc proc "$system/proc"
        mount --bind /dev "$system/dev"
        exec chroot "$system" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"' sh "$system" "$@"
}

# Where this system's packages come from: a folder of sources, settings and keys of apt.
install_system() {
    local codename mirror

    codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
    # What is for apt to expand is not for the shell.
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' \
        'Identifier: Packages' | awk -v name="$codename" '$2 == name && $3 == "main" && !found++ { print $1 }')
    [ -n "$mirror" ] || return 1
    debootstrap --variant=minbase "$codename" "$system" "$mirror" || return 1
    rm -f "$system/etc/apt/sources.list"
    cp -a /etc/apt/. "$system/etc/apt/"
    mkdir -p "$system/usr/share/keyrings"
    cp -an /usr/share/keyrings/. "$system/usr/share/keyrings/"
    cp -L /etc/resolv.conf "$system/etc/resolv.conf"
    inside apt-get -qq update
}

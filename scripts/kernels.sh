# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
#
# Debian's kernels as test input: which builds of a series the package registry
# has now, and one of them unpacked into a folder. Versions come and go, so they
# are always discovered. Sourced after lib.sh, never run.
#
#   series   6.12 or 6.1
#   flavour  cloud, generic or rt
#   arch     amd64 or arm64

# Fill apt_opts with the options that make apt work on arch. Another architecture than
# this machine's, or a machine whose package lists were cleaned away, gets apt state
# of its own in the cache folder, so that the system's is left alone.
kernels_apt_opts() {
    local arch=$1
    local state=$kbtf_cache/apt-$arch

    apt_opts=(-qq)
    if [ "$arch" = "$(dpkg --print-architecture)" ] &&
        [ -n "$(apt-cache "${apt_opts[@]}" search --names-only '^linux-image-6')" ]; then
        return 0
    fi
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    apt_opts+=(
        "-oAPT::Architecture=$arch" "-oAPT::Architectures=$arch"
        "-oDir::State::Lists=$state/lists" "-oDir::Cache=$state/cache"
        -oDir::State::status=/dev/null -oAPT::Sandbox::User=root
    )
    # One update a day is plenty: a build that went away is seen when fetched.
    if [ -z "$(find "$state/updated" -mtime -1 2>/dev/null)" ]; then
        apt-get "${apt_opts[@]}" update || return 1
        touch "$state/updated"
    fi
}

# Print the packages of a series, flavour and arch, oldest build first. Of a build
# that is there both signed and unsigned, only the signed one.
kernels_list() {
    local series=$1 flavour=$2 arch=${3:-$(dpkg --print-architecture)}
    local suffix=$arch apt_opts

    [ "$flavour" = generic ] || suffix=$flavour-$arch
    kernels_apt_opts "$arch" || return 1
    apt-cache "${apt_opts[@]}" search --names-only "^linux-image-${series//./\\.}\\.[0-9]" |
        sed -nE "s/^(linux-image-[^ a-z]+(\+deb[0-9]+)?-$suffix)(-unsigned)? - .*/\1 \1\3/p" |
        sort -k1,1V -k2,2 | awk '$1 != last { print $2; last = $1 }'
}

# The kernel release of a package: what uname -r says on it.
kernels_release() {
    local release=${1#linux-image-}
    printf '%s\n' "${release%-unsigned}"
}

# Fetch a package and unpack it into folder/PACKAGE, unless it is there. A folder
# that exists is complete: it gets its name last. Returns 1 where the registry has
# the package no longer, 2 where it cannot be reached.
kernels_fetch() {
    local package=$1 arch=$2 folder=$3
    local work apt_opts status=0

    [ ! -d "$folder/$package" ] || return 0
    mkdir -p "$folder"
    work=$(mktemp -d "$folder/.fetch-XXXXXX") || return 2
    chmod 755 "$work"
    if kernels_apt_opts "$arch" &&
        (cd "$work" && apt-get "${apt_opts[@]}" -oAPT::Sandbox::User=root \
            download "$package:$arch" 2>errors) &&
        dpkg-deb -x "$work"/*.deb "$work/root"; then
        # Somebody else may have been faster.
        mv -T "$work/root" "$folder/$package" 2>/dev/null || [ -d "$folder/$package" ] || status=2
    elif grep -q -e ' 404 ' -e 'Unable to locate' "$work/errors" 2>/dev/null; then
        status=1
    else
        status=2
        warn "$package: could not be fetched: $(tail -n 1 "$work/errors" 2>/dev/null)"
    fi
    rm -rf "$work"
    return $status
}

# Fetch the oldest (or newest) build that the registry really has and print its
# package; a list may name builds whose files are gone already.
kernels_fetch_end() {
    local end=$1 series=$2 flavour=$3 arch=$4 folder=$5
    local package status order=(cat)

    [ "$end" = oldest ] || order=(tac)
    while read -r package; do
        status=0
        kernels_fetch "$package" "$arch" "$folder" >&2 || status=$?
        case $status in
        0) printf '%s\n' "$package"; return 0 ;;
        1) warn "$package: the registry has it no longer, trying the next" ;;
        *) return 1 ;;
        esac
    done < <(kernels_list "$series" "$flavour" "$arch" | "${order[@]}")
    return 1
}

# Fetch the headers of a release of 6.12 into a folder, ready for modules to be built with:
# tree/ is what /lib/modules/RELEASE/build is, common/ what its architectures share. Their
# Makefile names the place where they would be installed.
kernels_fetch_headers() {
    local release=$1 arch=$2 folder=$3
    local apt_opts package version=${1%-"$2"}

    version=${version%-cloud}
    version=${version%-rt}
    kernels_apt_opts "$arch" && mkdir -p "$folder" || return 1
    for package in "linux-headers-$release" "linux-headers-$version-common" "linux-kbuild-$version"; do
        (cd "$folder" && apt-get "${apt_opts[@]}" -oAPT::Sandbox::User=root download "$package") &&
            dpkg-deb -x "$folder/$package"_*.deb "$folder" && rm "$folder/$package"_*.deb || return 1
    done
    ln -s "usr/src/linux-headers-$release" "$folder/tree"
    ln -s "usr/src/linux-headers-$version-common" "$folder/common"
    sed -i "s,/usr/src/,$folder/usr/src/," "$folder/tree/Makefile"
}

# Fetch the newest source of a package and unpack it, without Debian's changes, into the
# folder there is. The system may have no lists of sources: they come from where it has
# its packages from.
fetch_source_package() {
    local package=$1 apt=$PWD/apt file archive

    mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        [ ! -f "$file" ] || sed -E 's/^deb /deb-src /; s/^Types:.*/Types: deb-src/' \
            "$file" >"$apt/parts/${file##*/}"
    done
    set -- -qq "-oDir::Etc::SourceList=/dev/null" "-oDir::Etc::SourceParts=$apt/parts" \
        "-oDir::State::Lists=$apt/lists" "-oDir::Cache=$apt/cache" -oAPT::Sandbox::User=root
    # Of those lists one that has no sources does no harm.
    apt-get "$@" update >/dev/null 2>&1 || :
    apt-get "$@" --download-only source "$package" >&2 || {
        warn "$package: its source could not be fetched"
        return 1
    }
    for archive in "${package}_"*.orig.tar.*; do
        tar --strip-components=1 -xf "$archive"
    done
}

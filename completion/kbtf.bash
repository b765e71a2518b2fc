# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Completion of kbtf's commands, options and their arguments for bash.

_kbtf_options() {
    local kernel='-B --base --kernel --root'
    local old='--old-base --old-kernel'
    local write='-o --output --in-place --raw --strip-signature --sign-with --sync'
    local report='-j --jobs --json -v --verbose -q --quiet'

    case $1 in
    info) echo "--json -h --help" ;;
    dump) echo "$kernel --format --id --type --sizes --without-base --alone -v --verbose -h --help" ;;
    diff) echo "$kernel $old --type --used-by --summary --json -v --verbose -q --quiet -h --help" ;;
    show) echo "$kernel --module --format --sizes --complete --no-cache -j --jobs -v --verbose -h --help" ;;
    verify) echo "$kernel --profile --kernel-rules $report -h --help" ;;
    extract) echo "--kernel --root --section -o --output --sync $report -h --help" ;;
    encode) echo "$kernel --features --max-memory $write $report -h --help" ;;
    equip) echo "-B --base --root --remove -q --quiet -h --help" ;;
    distill) echo "$kernel $write $report -h --help" ;;
    relocate) echo "$kernel $old --strict $write $report -h --help" ;;
    standalone) echo "$kernel --depth --bare --to-split $write $report -h --help" ;;
    check) echo "$kernel $old --strict $report -h --help" ;;
    minimize) echo "$kernel --kernels --modules --for --refs --merged --archive --each --explain --missing --depth -o --output --sync $report -h --help" ;;
    partition) echo "-B --base --policy --percpu --by-name --no-compress -o --output --sync $report -h --help" ;;
    gen) echo "-B --base -h --help" ;;
    ids) echo "$kernel --strict --list ${write/--raw /} $report -h --help" ;;
    dedup | merge) echo "$kernel -o --output --sync --json -q --quiet -h --help" ;;
    esac
}

# Releases with modules, below the directory that --root names.
_kbtf_releases() {
    local root='' i
    for ((i = 1; i + 1 < ${#COMP_WORDS[@]}; i++)); do
        [[ ${COMP_WORDS[i]} == --root ]] && root=${COMP_WORDS[i + 1]}
    done
    ls "$root/lib/modules" 2>/dev/null
}

# Names that begin with a word, in the kernel that the words before it choose. Only what
# `kbtf show` has looked into before is known, so this never takes long.
_kbtf_names() {
    local options=() i
    for ((i = 2; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -B | --base | --kernel | --root | --module)
            options+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}")
            ;;
        esac
    done
    kbtf show --complete "${options[@]}" -- "$1" 2>/dev/null
}

_kbtf() {
    local commands='info dump show diff verify extract encode equip distill relocate standalone minimize gen ids partition check dedup merge help'
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words=''

    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        words="$commands --version --help"
    elif [[ ${COMP_WORDS[1]} == help ]]; then
        words=$commands
    else
        case $prev in
        --kernel | --old-kernel) words=$(_kbtf_releases) ;;
        --profile) words='sound program module vmlinux' ;;
        --kernel-rules) words='6.1 6.12 6.18' ;;
        --depth) words='all names' ;;
        --policy) words='nothing closure' ;;
        --format) words='raw json c' ;;
        --features) words='default all encode_force var float decl_tag type_tag enum64 optimized_func consistent_func decl_tag_kfuncs reproducible_build global_var attributes true_signature layout distilled_base' ;;
        --section) words='.BTF .BTF.base .BTF.embedded .BTF.ext .BTF_ids' ;;
        --id | --type | --sign-with | -j | --jobs) return ;;
        -B | --base | --root | --module | --used-by | -o | --output) ;;
        *)
            if [[ $cur == -* ]]; then
                words=$(_kbtf_options "${COMP_WORDS[1]}")
            elif [[ ${COMP_WORDS[1]} == show && -n $cur ]]; then
                # not through compgen, which would expand what a module's names say
                mapfile -t COMPREPLY < <(_kbtf_names "$cur")
            elif [[ ${COMP_WORDS[1]} == diff ]]; then
                words=$(_kbtf_releases) # or else files, by default
            fi
            ;;
        esac
    fi
    [[ -z $words ]] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -o default -F _kbtf kbtf

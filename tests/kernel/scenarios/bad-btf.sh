# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Modules with BTF that is broken are refused, and no other one notices.
q next-id
test_module split kbtf_test_other
for bad in /bad/*.ko; do
    dmesg -c >/dev/null
    name=$(basename "$bad" .ko)
    if insmod "$bad" 2>/dev/null; then
        echo "$name loaded, its kfunc: $(ask kfunc kbtf_test_add kbtf_test | sed 's/ .*//')"
        unload kbtf_test
        continue
    fi
    echo "$name refused: $(messages '^BPF: ' | sort -u | sed 's/type [0-9]*/type N/g; s/is [0-9]*$/is N/')"
done
q kfunc kbtf_test_other_add kbtf_test_other
test_module split kbtf_test
q kfunc kbtf_test_add kbtf_test

# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# One broken kfunc, destructor and struct_ops: who uses it fails, the others work.
# Only with m.
# Ids are those of one configuration and one encoder.
ids() { sed 's/: id [0-9]*:/: id N:/'; }
dmesg -c >/dev/null
test_module split kbtf_test_broken
messages '^kbtf_test: '
q kfunc kbtf_test_add kbtf_test_broken
q kfunc kbtf_test_broken kbtf_test_broken | ids
messages '^BPF: ' | ids
q kfunc kbtf_test_broken kbtf_test_broken | ids
echo "said again: $(messages '^BPF: ')"
q dtor kbtf_test_object
q dtor kbtf_test_other
messages '^BPF: ' | ids
q struct-ops kbtf_test_ops kbtf_test_broken
q struct-ops kbtf_test_bad_ops kbtf_test_broken
messages 'struct_ops'
q kfunc kbtf_test_add kbtf_test_broken

# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Modules that come and go while their BTF waits leave nothing behind.
for _ in 1 2 3 4 5; do
    test_module split kbtf_test
    modprobe dummy
    unload kbtf_test
    unload dummy
done
modprobe dummy
test_module split kbtf_test
unload dummy
state
q next-id
state
shown
q list
q kfunc kbtf_test_add kbtf_test
unload kbtf_test
shown
q list

# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# A module with broken BTF that came before vmlinux BTF stays, without any; the others
# that waited have theirs.
# Only with m.
insmod /bad/split-wild-member.ko
modprobe dummy
test_module split kbtf_test_broken
dmesg -c >/dev/null
q next-id
shown
messages 'BTF: -'
q kfunc kbtf_test_add kbtf_test_broken
unload kbtf_test
test_module split kbtf_test
q kfunc kbtf_test_add kbtf_test
shown

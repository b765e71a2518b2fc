# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# A module with base BTF that came before vmlinux BTF.
test_module base kbtf_test
state
q next-id
shown
q fentry kbtf_test_hook kbtf_test /sys/module/kbtf_test/parameters/poke 1
q kfunc kbtf_test_add kbtf_test
q struct-ops kbtf_test_ops kbtf_test
q dtor kbtf_test_object
q core kbtf_test_state kbtf_test
unload kbtf_test
shown

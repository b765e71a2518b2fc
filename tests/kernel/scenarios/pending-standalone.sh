# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# A module with standalone BTF that came before vmlinux BTF.
# Only with CONFIG_DEBUG_INFO_BTF_STANDALONE
test_module standalone kbtf_test
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

# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Modules that came before vmlinux BTF and after it are the same to whoever asks.
test_module split kbtf_test
modprobe tcp_bbr
state
q read /sys/kernel/btf/vmlinux /vmlinux.btf
state
shown
modprobe dummy
shown
q list
q fentry kbtf_test_hook kbtf_test /sys/module/kbtf_test/parameters/poke 1
q kfunc kbtf_test_add kbtf_test
q struct-ops kbtf_test_ops kbtf_test
q struct-ops tcp_congestion_ops
q dtor kbtf_test_object
q core kbtf_test_state kbtf_test
q core task_struct
q fentry __sys_bpf
unload kbtf_test
shown
test_module split kbtf_test
q kfunc kbtf_test_add kbtf_test
shown

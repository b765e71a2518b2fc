# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Each allocation of the kernel fails once: what needed it fails, and nothing else; the
# same works right after.
# Only with m.
# Only with CONFIG_FAILSLAB
failing=/sys/kernel/debug/failslab
mount -t debugfs none /sys/kernel/debug
echo N >$failing/ignore-gfp-wait
echo 0 >$failing/verbose
echo '== modules that wait'
for form in split base standalone; do
    q failing module /forms/$form/kbtf_test.ko kbtf_test
done
modprobe dummy
test_module split kbtf_test
state
echo '== the load'
payload=/lib/modules/$(uname -r)/kernel/kernel/bpf/vmlinux_btf.ko
q failing module "$payload" vmlinux_btf | sed "s|$payload|FILE|"
q failing read /sys/kernel/btf/vmlinux /vmlinux.btf
state
shown
echo '== what was registered before'
q failing kfunc kbtf_test_add kbtf_test
q failing dtor kbtf_test_object
q failing struct-ops kbtf_test_ops kbtf_test
q failing core kbtf_test_state kbtf_test
q failing fentry __sys_bpf
unload kbtf_test
echo '== modules that do not wait'
for form in split base standalone; do
    q failing module /forms/$form/kbtf_test.ko kbtf_test
done
shown
q kfunc bpf_iter_num_destroy

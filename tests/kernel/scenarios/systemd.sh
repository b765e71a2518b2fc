# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Debian's user space with systemd as PID 1: what of it asks for BTF at boot, and what
# tracers see.
# With system.
# It would take many minutes there.
# Not with CONFIG_KASAN
echo "PID 1: $(cat /proc/1/comm), multi-user.target is $(systemctl is-active multi-user.target)"
systemctl list-units --state=failed --plain --no-legend
# With this it would have programs of its own.
echo "state: systemd with $(systemctl --version | grep -o '.BPF_FRAMEWORK')"
state
bpftrace -e 'kfunc:vmlinux:vfs_write { @seen = 1; exit(); }' | grep .
state
bpftool btf list | grep -o '^1: name .[a-z]*.'

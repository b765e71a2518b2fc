# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# Readers, programs, modules that come and go, all at once, on several processors.
test_module split kbtf_test
churn() {
    while [ ! -e /stop ]; do
        modprobe dummy
        unload dummy
    done 2>/dev/null
}
churn_test() {
    while [ ! -e /stop ]; do
        test_module base kbtf_test_other
        unload kbtf_test_other
    done 2>/dev/null
}
churn &
churn_test &
sleep 1
for i in 1 2 3 4 5 6; do
    ask read /sys/kernel/btf/vmlinux /vmlinux.btf >/out/read.$i &
    ask fentry __sys_bpf >/out/fentry.$i &
    ask plain xdp >/out/plain.$i &
    ask next-id >/out/next.$i &
    ask struct-ops tcp_congestion_ops >/out/ops.$i &
    ask kfunc kbtf_test_add kbtf_test >/out/kfunc.$i &
done
sleep 6
touch /stop
wait
for what in read fentry plain next ops; do
    echo "$what: $(cat /out/$what.* | sort | uniq -c | sed 's/^ *//')"
done
# Its file is there only once somebody has asked.
echo "kfunc: $(grep -c 'ok, returns 42' /out/kfunc.* | grep -c .)"
rm /out/*.[1-6]
q kfunc kbtf_test_add kbtf_test
unload kbtf_test
q list

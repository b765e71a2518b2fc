# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# The load while there is no memory for it: who asks is told, and a later try works.
# Only with m.
# KASAN keeps what was freed, which leaves none for anybody.
# Not with CONFIG_KASAN
# It is others that are killed.
echo -1000 >/proc/self/oom_score_adj
victim() {
    # shellcheck disable=SC2016
    sh -c 'echo 500 >/proc/self/oom_score_adj; exec "$@"' sh "$@"
}
test_module split kbtf_test
# The load takes three times two megabytes for a moment; this leaves about two.
available_kb=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
ask hog $((available_kb - 2000)) >/out/hog &
while [ ! -s /out/hog ] && kill -0 $!; do sleep 1; done
# The kernel may find memory all the same, and who asks may be who has to go.
case $(victim ask read /sys/kernel/btf/vmlinux /vmlinux.btf 2>/dev/null | tee /out/answer) in
'ok, whole' | 'ENODATA ' | 'ENOMEM ' | '') ;;
*) cat /out/answer ;;
esac
kill $! 2>/dev/null
wait
rm /out/hog /out/answer
sleep 2
q read /sys/kernel/btf/vmlinux /vmlinux.btf
q kfunc kbtf_test_add kbtf_test
q fentry __sys_bpf
state

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * A seccomp filter by what a command needs.
 *
 * It names what is refused rather than what is allowed: what C libraries, allocators and threads
 * call changes from version to version, what gives power over a system does not. Calls newer than
 * this list are not there, and libraries do without them.
 *
 * Source: seccomp(2); linux/seccomp.h, linux/audit.h.
 */
#include <elf.h> /* of which audit.h makes its numbers */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define OWN_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__AARCH64EL__) && !defined(__ILP32__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARMEL__)
#define OWN_ARCH AUDIT_ARCH_ARM
#elif defined(__s390x__)
#define OWN_ARCH AUDIT_ARCH_S390X
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define OWN_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__riscv) && __riscv_xlen == 64
#define OWN_ARCH AUDIT_ARCH_RISCV64
#endif

/* The leak check of address sanitizer traces its own process. */
#if defined(__SANITIZE_ADDRESS__)
#undef OWN_ARCH
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#undef OWN_ARCH
#endif
#endif

#if defined(OWN_ARCH) && defined(SYS_seccomp)

/* The last call of Linux 6.1, by the number that it has everywhere. */
#define LAST_CALL 450u

static const unsigned int refused_always[] = {
	/* other programs and processes */
	SYS_execve,
	SYS_execveat,
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_setns,
	SYS_unshare,
	SYS_personality,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
#ifdef SYS_pidfd_getfd
	SYS_pidfd_getfd,
#endif
	/* the network */
	SYS_socket,
	SYS_connect,
	SYS_bind,
	SYS_listen,
#ifdef SYS_socketcall
	SYS_socketcall,
#endif
/* ways around a filter */
#ifdef SYS_io_uring_setup
	SYS_io_uring_setup,
#endif
	SYS_open_by_handle_at,
	SYS_userfaultfd,
	/* the kernel */
	SYS_bpf,
	SYS_perf_event_open,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
	SYS_keyctl,
	SYS_add_key,
	SYS_request_key,
	SYS_syslog,
	SYS_reboot,
	SYS_acct,
	SYS_swapon,
	SYS_swapoff,
	SYS_quotactl,
	SYS_sethostname,
	SYS_setdomainname,
	SYS_settimeofday,
	SYS_clock_settime,
#ifdef SYS_ioperm
	SYS_ioperm,
#endif
#ifdef SYS_iopl
	SYS_iopl,
#endif
	/* file systems */
	SYS_mount,
	SYS_umount2,
	SYS_chroot,
	SYS_pivot_root,
#ifdef SYS_fsopen
	SYS_open_tree,
	SYS_move_mount,
	SYS_fsopen,
	SYS_fsmount,
#endif
};

static const unsigned int refused_without_writing[] = {
#ifdef SYS_creat
	SYS_creat,
#endif
#ifdef SYS_openat2
	SYS_openat2, /* whose flags are out of a filter's reach */
#endif
#ifdef SYS_rename
	SYS_rename,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
	SYS_renameat2,
#ifdef SYS_unlink
	SYS_unlink,	 SYS_rmdir,
#endif
	SYS_unlinkat,
#ifdef SYS_link
	SYS_link,	 SYS_symlink,
#endif
	SYS_linkat,	 SYS_symlinkat,
#ifdef SYS_mkdir
	SYS_mkdir,	 SYS_mknod,
#endif
	SYS_mkdirat,	 SYS_mknodat,
#ifdef SYS_chmod
	SYS_chmod,
#endif
	SYS_fchmod,	 SYS_fchmodat,
#ifdef SYS_chown
	SYS_chown,	 SYS_lchown,
#endif
	SYS_fchown,	 SYS_fchownat,	   SYS_truncate,     SYS_ftruncate,
	SYS_fallocate,	 SYS_setxattr,	   SYS_lsetxattr,    SYS_fsetxattr,
	SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
};

#define NR_OF(a) (sizeof(a) / sizeof(*(a)))

/* Most instructions: two a call, and what is around them. */
#define MOST (2 * (NR_OF(refused_always) + NR_OF(refused_without_writing)) + 24)

struct program {
	struct sock_filter code[MOST];
	unsigned short len;
};

static void add(struct program *p, unsigned int code, unsigned int k, unsigned int if_true,
		unsigned int if_false)
{
	p->code[p->len++] = (struct sock_filter){ (unsigned short)code, (unsigned char)if_true,
						  (unsigned char)if_false, k };
}

static void load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0);
}

static void end(struct program *p, unsigned int action)
{
	add(p, BPF_RET | BPF_K, action, 0, 0);
}

static void refuse(struct program *p, const unsigned int *calls, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		add(p, BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1);
		end(p, SECCOMP_RET_ERRNO | EPERM);
	}
}

/* The half of an argument that flags are in. */
static size_t low_half_of_arg(unsigned int i)
{
	size_t half = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0;

	return offsetof(struct seccomp_data, args) + 8 * i + half;
}

/* An open() whose flags are in argument number flags, where it is not only for reading. */
static void refuse_opening(struct program *p, unsigned int call, unsigned int flags)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
	load(p, low_half_of_arg(flags));
	add(p, BPF_JMP | BPF_JSET | BPF_K, O_ACCMODE | O_CREAT | O_TRUNC, 0, 1);
	end(p, SECCOMP_RET_ERRNO | EPERM);
	load(p, offsetof(struct seccomp_data, nr));
}

static void write_program(struct program *p, enum confine_need need)
{
	p->len = 0;
	load(p, offsetof(struct seccomp_data, arch));
	add(p, BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0);
	end(p, SECCOMP_RET_ERRNO | EPERM);
	load(p, offsetof(struct seccomp_data, nr));
	add(p, BPF_JMP | BPF_JGT | BPF_K, LAST_CALL, 0, 1);
	end(p, SECCOMP_RET_ERRNO | ENOSYS);
	if (need == NEEDS_READING) {
#ifdef SYS_open
		refuse_opening(p, SYS_open, 1);
#endif
		refuse_opening(p, SYS_openat, 2);
		refuse(p, refused_without_writing, NR_OF(refused_without_writing));
	}
	refuse(p, refused_always, NR_OF(refused_always));
	end(p, SECCOMP_RET_ALLOW);
}

void confine(enum confine_need need)
{
	const char *wish = getenv("KBTF_CONFINE");
	struct program p;
	struct sock_fprog prog = { .filter = p.code };

	if (need == NEEDS_PROGRAMS || (wish && !strcmp(wish, "no")) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return;
	write_program(&p, need);
	prog.len = p.len;
	/* Processors that slow down filtered processes for fear of them need not: nothing runs here
	 * that is not the program itself. */
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &prog);
}

#else

void confine(enum confine_need need)
{
	(void)need;
}

#endif

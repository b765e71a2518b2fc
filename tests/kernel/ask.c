// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * ask WHAT [ARGUMENT...]: do one thing that has to do with a kernel's BTF, by system
 * calls alone, and print what came of it as one line: "ok" with what was asked for, or
 * the name of the errno and the verifier's last words.
 *
 * Type ids are looked up in /vmlinux.btf, a copy of the BTF that is in the guest's
 * initramfs, so that asking for one thing does not ask for another; those of a module
 * in /sys/kernel/btf/MODULE.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kbtf/btf.h>
#include <kbtf/builder.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

#define INSN(c, dst, src, o, i)                                                                    \
	((struct bpf_insn){                                                                        \
		.code = (c), .dst_reg = (dst), .src_reg = (src), .off = (o), .imm = (i) })
#define MOV_IMM(dst, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, i)
#define EXIT INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define CALL(i) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, i)
#define CALL_KFUNC(id, fd_index) INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, fd_index, id)

static char verifier_log[1 << 16];
static union bpf_attr attr;

/* Do what words say; they end with NULL. Returns the exit status. */
static int ask(char **words);

static int bpf(int cmd)
{
	return (int)syscall(SYS_bpf, cmd, &attr, sizeof(attr));
}

static void die(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

/* The last line of the verifier's log that says why, or an earlier one that says more. */
static const char *last_words(void)
{
	char *line, *last = "", *save = NULL;

	for (line = strtok_r(verifier_log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strstr(line, " cannot be used: "))
			return line;
		/* Counts, and types of BTF. */
		if (strncmp(line, "processed ", 10) && strncmp(line, "verification time", 17) &&
		    !strchr("[\t", line[0]))
			last = line;
	}
	return last;
}

static int outcome(int fd)
{
	const char *why;

	if (fd >= 0) {
		printf("ok\n");
		return 0;
	}
	why = strerrorname_np(errno);
	/* The kernel has one that user space does not know. */
	printf("%s %s\n", why ? why : errno == 524 ? "ENOTSUPP" : "?", last_words());
	return 1;
}

/* ---- BTF ---------------------------------------------------------------- */

static struct kbtf *open_btf(const char *path, const struct kbtf *base)
{
	struct kbtf_open_opts opts = { .base = base, .flags = KBTF_OPEN_TAKE };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	struct kbtf *btf;
	size_t done = 0;
	ssize_t n = 0;
	char *bytes;

	if (fd < 0 || fstat(fd, &st))
		die(path);
	bytes = malloc((size_t)st.st_size + 1);
	while (bytes && (n = read(fd, bytes + done, (size_t)st.st_size - done)) > 0)
		done += (size_t)n;
	if (!bytes || n < 0)
		die(path);
	close(fd);
	if (kbtf_open(bytes, done, &opts, &btf, NULL)) {
		printf("%s: not BTF that can be read\n", path);
		exit(1);
	}
	return btf;
}

static const struct kbtf *vmlinux_btf(void)
{
	static struct kbtf *btf;

	if (!btf)
		btf = open_btf("/vmlinux.btf", NULL);
	return btf;
}

static uint32_t next_btf_id(uint32_t id)
{
	memset(&attr, 0, sizeof(attr));
	attr.start_id = id;
	return bpf(BPF_BTF_GET_NEXT_ID) ? 0 : attr.next_id;
}

static const struct kbtf *btf_of(const char *module)
{
	char path[256];

	if (!module)
		return vmlinux_btf();
	/* There only once somebody has asked for it. */
	next_btf_id(0);
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", module);
	return open_btf(path, vmlinux_btf());
}

static uint32_t id_of(const struct kbtf *btf, unsigned int kind, const char *name)
{
	uint32_t id;

	for (id = 1; id < kbtf_end_id(btf); id++)
		if (kbtf_kind(kbtf_type(btf, id)) == kind && !strcmp(kbtf_name(btf, id), name))
			return id;
	printf("no %s %s in BTF\n", kbtf_kind_name(kind), name);
	exit(1);
}

static int load_btf(const void *bytes, size_t size)
{
	memset(&attr, 0, sizeof(attr));
	attr.btf = (uintptr_t)bytes;
	attr.btf_size = (uint32_t)size;
	attr.btf_log_buf = (uintptr_t)verifier_log;
	attr.btf_log_size = sizeof(verifier_log);
	attr.btf_log_level = 1;
	return bpf(BPF_BTF_LOAD);
}

static int finish_and_load(struct kbtf_builder *b)
{
	const void *bytes;
	struct kbtf *btf;
	size_t size;
	int fd;

	if (kbtf_builder_finish(b, "made", &btf, NULL)) {
		errno = EINVAL;
		die("made BTF");
	}
	bytes = kbtf_bytes(btf, &size);
	fd = load_btf(bytes, size);
	kbtf_free(btf);
	/* It tells every type; what counts is what is said of what comes after it. */
	if (fd >= 0)
		verifier_log[0] = '\0';
	return fd;
}

/* BTF of one int. */
static int load_small_btf(void)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);

	kbtf_builder_int(b, "int", 4, KBTF_INT_SIGNED);
	return finish_and_load(b);
}

static int btf_fd_by_id(uint32_t id)
{
	memset(&attr, 0, sizeof(attr));
	attr.btf_id = id;
	return bpf(BPF_BTF_GET_FD_BY_ID);
}

static void btf_name_by_fd(int fd, char *name, size_t room)
{
	struct bpf_btf_info info = { .name = (uintptr_t)name, .name_len = (uint32_t)room };

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(info);
	attr.info.info = (uintptr_t)&info;
	name[0] = '\0';
	bpf(BPF_OBJ_GET_INFO_BY_FD);
	if (!info.kernel_btf)
		snprintf(name, room, "(program)");
}

static int btf_fd_by_name(const char *wanted)
{
	char name[64];
	uint32_t id;
	int fd;

	for (id = next_btf_id(0); id; id = next_btf_id(id)) {
		fd = btf_fd_by_id(id);
		if (fd < 0)
			continue;
		btf_name_by_fd(fd, name, sizeof(name));
		if (!strcmp(name, wanted))
			return fd;
		close(fd);
	}
	errno = ENOENT;
	die("module BTF");
	return -1;
}

/* ---- Programs ----------------------------------------------------------- */

/* attr is filled in for what all programs have; the caller adds what is its own. */
static void begin_prog(int type, const struct bpf_insn *insns, size_t nr)
{
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = (uint32_t)type;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = (uint32_t)nr;
	attr.license = (uintptr_t) "GPL";
	attr.log_buf = (uintptr_t)verifier_log;
	attr.log_size = sizeof(verifier_log);
	attr.log_level = 1;
}

static int load_plain(int type)
{
	const struct bpf_insn insns[] = { MOV_IMM(0, 0), EXIT };

	begin_prog(type, insns, ARRAY_SIZE(insns));
	return bpf(BPF_PROG_LOAD);
}

static int ask_plain(char **args)
{
	static const struct {
		const char *name;
		int type;
	} types[] = {
		{ "socket-filter", BPF_PROG_TYPE_SOCKET_FILTER },
		{ "xdp", BPF_PROG_TYPE_XDP },
		{ "kprobe", BPF_PROG_TYPE_KPROBE },
		{ "tracepoint", BPF_PROG_TYPE_TRACEPOINT },
		{ "raw-tracepoint", BPF_PROG_TYPE_RAW_TRACEPOINT },
		{ "sched-cls", BPF_PROG_TYPE_SCHED_CLS },
		{ "cgroup-skb", BPF_PROG_TYPE_CGROUP_SKB },
		{ "syscall", BPF_PROG_TYPE_SYSCALL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i].name, args[0])) {
			if (types[i].type != BPF_PROG_TYPE_SYSCALL)
				return outcome(load_plain(types[i].type));
			break;
		}
	begin_prog(BPF_PROG_TYPE_SYSCALL, (struct bpf_insn[]){ MOV_IMM(0, 0), EXIT }, 2);
	attr.prog_flags = BPF_F_SLEEPABLE;
	return outcome(bpf(BPF_PROG_LOAD));
}

/* fentry FUNC [MODULE [FILE WORD]]: count its calls while WORD is written to FILE. */
static int ask_fentry(char **args)
{
	const struct kbtf *btf = btf_of(args[1]);
	uint32_t id = id_of(btf, KBTF_FUNC, args[0]), key = 0;
	uint64_t count = 0;
	int map, prog, link, fd;
	struct bpf_insn insns[] = {
		INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_VALUE, 0, 0),
		INSN(0, 0, 0, 0, 0),
		MOV_IMM(2, 1),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 1, 2, 0, BPF_ADD),
		MOV_IMM(0, 0),
		EXIT,
	};

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 1;
	map = bpf(BPF_MAP_CREATE);
	if (map < 0)
		die("map");
	insns[0].imm = map;
	fd = args[1] ? btf_fd_by_name(args[1]) : -1;
	begin_prog(BPF_PROG_TYPE_TRACING, insns, ARRAY_SIZE(insns));
	attr.expected_attach_type = BPF_TRACE_FENTRY;
	attr.attach_btf_id = id;
	if (args[1])
		attr.attach_btf_obj_fd = (uint32_t)fd;
	prog = bpf(BPF_PROG_LOAD);
	if (prog < 0)
		return outcome(prog);
	memset(&attr, 0, sizeof(attr));
	attr.raw_tracepoint.prog_fd = (uint32_t)prog;
	link = bpf(BPF_RAW_TRACEPOINT_OPEN);
	if (link < 0)
		return outcome(link);
	if (args[1] && args[2]) {
		fd = open(args[2], O_WRONLY);
		if (fd < 0 || write(fd, args[3], strlen(args[3])) < 0)
			die(args[2]);
	} else {
		/* What else there is to call: the program is loaded with this very system call. */
		close(load_plain(BPF_PROG_TYPE_SOCKET_FILTER));
	}
	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)map;
	attr.key = (uintptr_t)&key;
	attr.value = (uintptr_t)&count;
	if (bpf(BPF_MAP_LOOKUP_ELEM))
		die("count");
	printf("ok, called %s\n", count ? "and seen" : "and not seen");
	return !count;
}

/* kfunc NAME [MODULE]: NAME(20, 22) from a program, which is run. */
static int ask_kfunc(char **args)
{
	const struct kbtf *btf = btf_of(args[1]);
	uint32_t id = id_of(btf, KBTF_FUNC, args[0]);
	struct bpf_insn insns[] = {
		MOV_IMM(1, 20),
		MOV_IMM(2, 22),
		CALL_KFUNC((int)id, args[1] ? 1 : 0),
		EXIT,
	};
	int fds[2] = { -1, args[1] ? btf_fd_by_name(args[1]) : -1 };
	int prog;

	begin_prog(BPF_PROG_TYPE_SYSCALL, insns, ARRAY_SIZE(insns));
	attr.prog_flags = BPF_F_SLEEPABLE;
	attr.fd_array = (uintptr_t)fds;
	prog = bpf(BPF_PROG_LOAD);
	if (prog < 0)
		return outcome(prog);
	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)prog;
	if (bpf(BPF_PROG_TEST_RUN))
		die("run");
	printf("ok, returns %u\n", attr.test.retval);
	return 0;
}

/* struct-ops NAME [MODULE]: a map of it. */
static int ask_struct_ops(char **args)
{
	const struct kbtf *btf = btf_of(args[1]);
	char value[128];
	uint32_t id;
	/* A map with types has to come with BTF, whose types this is not one of. */
	int fd = args[1] ? btf_fd_by_name(args[1]) : -1, own = load_small_btf();

	snprintf(value, sizeof(value), "bpf_struct_ops_%s", args[0]);
	id = id_of(btf, KBTF_STRUCT, value);
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_STRUCT_OPS;
	attr.key_size = 4;
	attr.value_size = kbtf_type(btf, id)->size;
	attr.max_entries = 1;
	attr.btf_fd = (uint32_t)own;
	attr.btf_vmlinux_value_type_id = id;
	if (args[1]) {
		attr.map_flags = BPF_F_VTYPE_BTF_OBJ_FD;
		attr.value_type_btf_obj_fd = fd;
	}
	fd = bpf(BPF_MAP_CREATE);
	return outcome(fd);
}

/* dtor STRUCT: a map whose value owns one, which takes a destructor. */
static int ask_dtor(char **args)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	uint32_t object, pointer, value, key;
	int fd;

	key = kbtf_builder_int(b, "int", 4, KBTF_INT_SIGNED);
	object = kbtf_builder_type(b, KBTF_STRUCT, args[0], 0, 8);
	pointer = kbtf_builder_type(b, KBTF_PTR, NULL, 0,
				    kbtf_builder_type(b, KBTF_TYPE_TAG, "kptr", 0, object));
	value = kbtf_builder_type(b, KBTF_STRUCT, "value", 0, 8);
	kbtf_builder_member(b, "owned", pointer, 0, 0);
	fd = finish_and_load(b);
	if (fd < 0)
		return outcome(fd);
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 1;
	attr.btf_fd = (uint32_t)fd;
	attr.btf_key_type_id = key;
	attr.btf_value_type_id = value;
	return outcome(bpf(BPF_MAP_CREATE));
}

/* core STRUCT [MODULE]: its size, by a CO-RE relocation that the kernel makes. */
static int ask_core(char **args)
{
	struct kbtf_builder *b = kbtf_builder_new(NULL);
	/* 4 is the size here, which the kernel replaces by its own. */
	const struct bpf_insn insns[] = { MOV_IMM(0, 4), EXIT };
	struct bpf_core_relo relo = { .insn_off = 0, .kind = BPF_CORE_TYPE_SIZE };
	struct bpf_func_info info = { 0 };
	const struct kbtf *btf;
	uint32_t number, size, own_size;
	int fd, prog;

	number = kbtf_builder_int(b, "int", 4, KBTF_INT_SIGNED);
	relo.type_id = kbtf_builder_type(b, KBTF_STRUCT, args[0], 0, 4);
	relo.access_str_off = kbtf_builder_string(b, "0");
	info.type_id = kbtf_builder_func(b, "prog",
					 kbtf_builder_type(b, KBTF_FUNC_PROTO, NULL, 0, number), 1);
	fd = finish_and_load(b);
	if (fd < 0)
		return outcome(fd);
	begin_prog(BPF_PROG_TYPE_SYSCALL, insns, ARRAY_SIZE(insns));
	attr.prog_flags = BPF_F_SLEEPABLE;
	attr.prog_btf_fd = (uint32_t)fd;
	attr.func_info = (uintptr_t)&info;
	attr.func_info_rec_size = sizeof(info);
	attr.func_info_cnt = 1;
	attr.core_relos = (uintptr_t)&relo;
	attr.core_relo_rec_size = sizeof(relo);
	attr.core_relo_cnt = 1;
	prog = bpf(BPF_PROG_LOAD);
	if (prog < 0)
		return outcome(prog);
	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)prog;
	if (bpf(BPF_PROG_TEST_RUN))
		die("run");
	size = attr.test.retval;
	btf = btf_of(args[1]);
	own_size = kbtf_type(btf, id_of(btf, KBTF_STRUCT, args[0]))->size;
	if (size != own_size) {
		printf("the size is %u, not %u\n", size, own_size);
		return 1;
	}
	printf("ok, the size is right\n");
	return 0;
}

/* helper: one that returns a struct of the kernel. */
static int ask_helper(char **args)
{
	const struct bpf_insn insns[] = { CALL(BPF_FUNC_get_current_task_btf), MOV_IMM(0, 0),
					  EXIT };

	(void)args;
	begin_prog(BPF_PROG_TYPE_KPROBE, insns, ARRAY_SIZE(insns));
	return outcome(bpf(BPF_PROG_LOAD));
}

/* ksym FUNC: the address of something that BTF names. */
static int ask_ksym(char **args)
{
	struct bpf_insn insns[] = {
		INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_BTF_ID, 0,
		     (int)id_of(vmlinux_btf(), KBTF_FUNC, args[0])),
		INSN(0, 0, 0, 0, 0),
		MOV_IMM(0, 0),
		EXIT,
	};

	begin_prog(BPF_PROG_TYPE_KPROBE, insns, ARRAY_SIZE(insns));
	return outcome(bpf(BPF_PROG_LOAD));
}

/* ---- What is there ------------------------------------------------------ */

/* read FILE: all of it, compared with /vmlinux.btf where that is named next. */
static int ask_read(char **args)
{
	static char a[1 << 16], b[1 << 16];
	int fd = open(args[0], O_RDONLY), same = args[1] ? open(args[1], O_RDONLY) : -1;
	off_t total = 0;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		return outcome(-1);
	while ((n = read(fd, a, sizeof(a))) > 0) {
		total += n;
		if (same >= 0 && (read(same, b, (size_t)n) != n || memcmp(a, b, (size_t)n))) {
			printf("differs from %s before byte %ld\n", args[1], (long)total);
			return 1;
		}
	}
	if (n < 0)
		return outcome(-1);
	printf("ok, %s\n", total == st.st_size && total ? "whole" : "cut short");
	return 0;
}

/* mmap FILE HOW [SAME]: mapped private, shared, or to be written; compared likewise. */
static int ask_mmap(char **args)
{
	bool writes = !strcmp(args[1], "writable");
	int flags = strcmp(args[1], "shared") ? MAP_PRIVATE : MAP_SHARED;
	int prot = writes ? PROT_READ | PROT_WRITE : PROT_READ;
	int fd = open(args[0], O_RDONLY), same = args[2] ? open(args[2], O_RDONLY) : -1;
	const char *bytes, *want;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return outcome(-1);
	bytes = mmap(NULL, (size_t)st.st_size, prot, flags, fd, 0);
	if (bytes == MAP_FAILED)
		return outcome(-1);
	want = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, same, 0);
	if (want != MAP_FAILED && memcmp(bytes, want, (size_t)st.st_size)) {
		printf("differs from %s\n", args[2]);
		return 1;
	}
	printf("ok\n");
	return 0;
}

static int ask_btf_load(char **args)
{
	(void)args;
	return outcome(load_small_btf());
}

static int ask_id(char **args)
{
	int fd = btf_fd_by_id((uint32_t)atoi(args[0]));
	char name[64];

	if (fd < 0)
		return outcome(fd);
	btf_name_by_fd(fd, name, sizeof(name));
	printf("ok, %s\n", name);
	return 0;
}

/* next-id: what comes first. */
static int ask_next_id(char **args)
{
	uint32_t id = next_btf_id(0);

	(void)args;
	if (!id)
		return outcome(-1);
	printf("ok, %u\n", id);
	return 0;
}

/* list: the names of all BTF that is not a program's, in the order of their ids. */
static int ask_list(char **args)
{
	char name[64];
	uint32_t id;
	int fd;

	(void)args;
	printf("ok:");
	for (id = next_btf_id(0); id; id = next_btf_id(id)) {
		fd = btf_fd_by_id(id);
		if (fd < 0)
			continue;
		btf_name_by_fd(fd, name, sizeof(name));
		close(fd);
		if (name[0] != '(')
			printf(" %s", name);
	}
	printf("\n");
	return 0;
}

/* bpffs OPTION: mount one with an option that may name what is in an enum of the kernel. */
static int ask_bpffs(char **args)
{
	const char *place = "/tmp/bpffs";
	char line[512], *option = NULL;
	FILE *mounts;

	mkdir(place, 0700);
	if (mount("bpf", place, "bpf", 0, args[0]))
		return outcome(-1);
	mounts = fopen("/proc/mounts", "r");
	while (mounts && !option && fgets(line, sizeof(line), mounts))
		if (strstr(line, place))
			option = strstr(line, ",delegate");
	printf("ok%s", option ? option : "\n");
	return umount(place) ? 1 : 0;
}

/* module FILE NAME: load it, and unload it where it can be. */
static int ask_module(char **args)
{
	int fd = open(args[0], O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(args[0]);
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		return outcome(-1);
	syscall(SYS_delete_module, args[1], O_NONBLOCK);
	printf("ok\n");
	return 0;
}

/* hog KB: as much memory, until somebody ends this, which the kernel does last of all. */
static int ask_hog(char **args)
{
	size_t size = (size_t)atol(args[0]) << 10;
	char *memory = malloc(size + 1);
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	if (!memory || fd < 0 || dprintf(fd, "-900") < 0)
		die("hog");
	memset(memory, 1, size);
	printf("ok\n");
	pause();
	return 0;
}

/* ---- Allocations that fail ---------------------------------------------- */

/* What is added to the status of a child of which an allocation failed. */
#define FAILED 64

static int fail_nth_fd;

static void end_child(int status, void *unused)
{
	char left[16];

	(void)unused;
	fflush(stdout);
	/* How many more allocations it would have taken, or 0 where one has failed. */
	if (pread(fail_nth_fd, left, sizeof(left), 0) > 0 && left[0] == '0')
		status += FAILED;
	_exit(status);
}

/* Do it in a child whose nth allocation fails, what it prints left in a text. Returns its status.
 */
static int ask_with_failure(unsigned int nth, char **words, char *text, size_t room)
{
	int out[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(out))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		fail_nth_fd = open("/proc/self/fail-nth", O_RDWR);
		if (fail_nth_fd < 0 || dprintf(fail_nth_fd, "%u", nth) < 0)
			die("fail-nth");
		on_exit(end_child, NULL);
		exit(ask(words));
	}
	close(out[1]);
	n = read(out[0], text, room - 1);
	text[n > 0 ? n : 0] = '\0';
	close(out[0]);
	waitpid(pid, &status, 0);
	/* What a signal ended had a fault that could not be served. */
	return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED + 1;
}

/*
 * failing WHAT [ARGUMENT...]: the same again and again, first with the first allocation
 * failing that the kernel makes for it, then with the second, until it gets by without;
 * what came of that. The kernel's log has the rest.
 */
static int ask_failing(char **args)
{
	unsigned int nth, failed = 0;
	char text[512];
	int status;

	for (nth = 1;; nth++) {
		status = ask_with_failure(nth, args, text, sizeof(text));
		if (status < FAILED)
			break;
		failed += status > FAILED;
	}
	printf("%s, then %s", failed ? "failed" : "never failed", text);
	return status;
}

static const struct {
	const char *name;
	int min_args;
	int (*ask)(char **args);
} asks[] = {
	{ "plain", 1, ask_plain },   { "fentry", 1, ask_fentry },
	{ "kfunc", 1, ask_kfunc },   { "struct-ops", 1, ask_struct_ops },
	{ "dtor", 1, ask_dtor },     { "core", 1, ask_core },
	{ "helper", 0, ask_helper }, { "ksym", 1, ask_ksym },
	{ "read", 1, ask_read },     { "btf-load", 0, ask_btf_load },
	{ "id", 1, ask_id },	     { "next-id", 0, ask_next_id },
	{ "list", 0, ask_list },     { "bpffs", 1, ask_bpffs },
	{ "module", 2, ask_module }, { "failing", 1, ask_failing },
	{ "hog", 1, ask_hog },	     { "mmap", 2, ask_mmap },
};

static int ask(char **words)
{
	size_t i, nr = 0;

	while (words[nr])
		nr++;
	for (i = 0; nr && i < ARRAY_SIZE(asks); i++)
		if (!strcmp(words[0], asks[i].name) && nr > (size_t)asks[i].min_args)
			return asks[i].ask(words + 1);
	fprintf(stderr, "Usage: ask WHAT [ARGUMENT...]\nWHAT is one of");
	for (i = 0; i < ARRAY_SIZE(asks); i++)
		fprintf(stderr, " %s", asks[i].name);
	fprintf(stderr, "\n");
	return 2;
}

int main(int argc, char **argv)
{
	(void)argc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	return ask(argv + 1);
}

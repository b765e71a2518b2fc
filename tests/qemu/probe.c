// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * probe OBJECT PROGRAM: load that one program of probe.bpf.o, attach it where
 * it is one to attach, do what makes it run, and print
 *
 *   PROGRAM<TAB>errno<TAB>cid=N family=N type=N<TAB>what the verifier ended with
 *
 * errno is that of loading, 0 for a program that was loaded. The verifier's whole
 * log goes to standard error.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#define CID 4711u

struct seen {
	unsigned int cid, family, type;
};

static char verifier_log[1 << 20];

/* Nobody listens there; what counts is that the module looks for who does. */
static void connect_vsock(void)
{
	struct sockaddr_vm address = {
		.svm_family = AF_VSOCK,
		.svm_cid = CID,
		.svm_port = 77,
	};
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	if (fd < 0) {
		perror("probe: socket");
		return;
	}
	connect(fd, (struct sockaddr *)&address, sizeof(address));
	close(fd);
}

/* The last line of the log that says why, before the count of instructions. */
static const char *last_words(void)
{
	char *line, *last = "", *save = NULL;

	for (line = strtok_r(verifier_log, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, "processed ", 10))
			last = line;
	return last;
}

static struct bpf_program *only(struct bpf_object *object, const char *name)
{
	struct bpf_program *program, *found = NULL;
	struct bpf_map *map;

	bpf_object__for_each_program(program, object)
	{
		int wanted = !strcmp(bpf_program__name(program), name);

		bpf_program__set_autoload(program, wanted);
		if (wanted)
			found = program;
	}
	if (!found || bpf_program__type(found) == BPF_PROG_TYPE_STRUCT_OPS)
		return found;
	bpf_object__for_each_map(map, object) if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
		bpf_map__set_autocreate(map, false);
	return found;
}

static struct seen read_seen(struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".bss");
	struct seen seen = { 0 };
	unsigned int key = 0;

	if (map)
		bpf_map_lookup_elem(bpf_map__fd(map), &key, &seen);
	return seen;
}

int main(int argc, char **argv)
{
	struct bpf_link *link = NULL;
	struct bpf_program *program;
	struct bpf_object *object;
	struct seen seen = { 0 };
	int err;

	if (argc != 3) {
		fprintf(stderr, "Usage: probe OBJECT PROGRAM\n");
		return 2;
	}
	object = bpf_object__open_file(argv[1], NULL);
	program = object ? only(object, argv[2]) : NULL;
	if (!program) {
		fprintf(stderr, "probe: no program %s in %s\n", argv[2], argv[1]);
		return 2;
	}
	bpf_program__set_log_buf(program, verifier_log, sizeof(verifier_log));
	bpf_program__set_log_level(program, 1);
	err = -bpf_object__load(object);
	if (!err && bpf_program__type(program) == BPF_PROG_TYPE_TRACING) {
		link = bpf_program__attach(program);
		if (!link)
			err = errno;
		else
			connect_vsock();
		seen = read_seen(object);
	}
	fprintf(stderr, "%s", verifier_log);
	printf("%s\t%d\tcid=%u family=%u type=%u\t%s\n", argv[2], err, seen.cid, seen.family,
	       seen.type, err ? last_words() : "");
	bpf_link__destroy(link);
	bpf_object__close(object);
	return err != 0;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * attach OBJECT COMMAND...: load and attach all programs of OBJECT, run COMMAND, and print
 *
 *   attached<TAB>errno<TAB>what it says
 *   seen<TAB>N<TAB>N...          the object's global variables, 32-bit words, afterwards
 *
 * The verifier's log goes to standard error.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char verifier_log[1 << 20];

static int attach_all(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
	{
		bpf_program__set_log_buf(program, verifier_log, sizeof(verifier_log));
		bpf_program__set_log_level(program, 1);
	}
	if (bpf_object__load(object))
		return errno;
	bpf_object__for_each_program(program, object)
	{
		if (bpf_program__type(program) == BPF_PROG_TYPE_TRACING &&
		    !bpf_program__attach(program))
			return errno;
	}
	return 0;
}

static void run(char **words)
{
	pid_t pid = fork();

	if (pid == 0) {
		execvp(words[0], words);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void print_seen(struct bpf_object *object)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".bss");
	size_t i, size = map ? bpf_map__value_size(map) : 0;
	unsigned int *words = calloc(1, size + 1), key = 0;

	if (words && size && !bpf_map_lookup_elem(bpf_map__fd(map), &key, words)) {
		printf("seen");
		for (i = 0; i < size / sizeof(*words); i++)
			printf("\t%u", words[i]);
		printf("\n");
	}
	free(words);
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	int err;

	if (argc < 3) {
		fprintf(stderr, "Usage: attach OBJECT COMMAND...\n");
		return 2;
	}
	object = bpf_object__open_file(argv[1], NULL);
	err = object ? attach_all(object) : errno;
	fprintf(stderr, "%s", verifier_log);
	printf("attached\t%d\t%s\n", err, strerror(err));
	fflush(stdout);
	if (err)
		return 1;
	run(argv + 2);
	print_seen(object);
	return 0;
}

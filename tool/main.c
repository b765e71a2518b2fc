// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* kbtf: which command. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "opts.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "info", cmd_info, "what BTF a file has: header, kinds, sizes, sections" },
	{ "dump", cmd_dump, "print types as text" },
	{ "show", cmd_show, "find types by name in a kernel and all of its modules" },
	{ "diff", cmd_diff, "what changed between the types of two kernels" },
	{ "verify", cmd_verify, "is BTF sound, and what would a kernel say of it" },
	{ "extract", cmd_extract, "BTF out of any image or module" },
	{ "encode", cmd_encode, "make BTF of debug information (DWARF)" },
	{ "equip", cmd_equip, "make builds of external modules with a kernel's headers give BTF" },
	{ "distill", cmd_distill, "give modules a .BTF.base, so that they can be relocated" },
	{ "relocate", cmd_relocate, "put the BTF of modules onto another kernel" },
	{ "standalone", cmd_standalone, "make the BTF of modules need no kernel, and back" },
	{ "minimize", cmd_minimize, "cut kernel BTF down to what BPF programs look at" },
	{ "gen", cmd_gen, "gen min_core_btf: minimise with the arguments of bpftool" },
	{ "ids", cmd_ids, "put type ids into .BTF_ids; list ids, sets and kfuncs" },
	{ "partition", cmd_partition,
	  "what a kernel needs of its BTF from the start, and the rest" },
	{ "check", cmd_check, "will the BTF of modules hold on a kernel, and why not" },
	{ "dedup", cmd_dedup, "each type of a file's BTF once" },
	{ "merge", cmd_merge, "one BTF of several, with each type once" },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(*commands))

static void print_help(FILE *to)
{
	size_t i;

	fprintf(to, "Usage: kbtf COMMAND [OPTIONS] FILE...\n\n"
		    "Works on the BTF (BPF Type Format) of Linux kernels and kernel modules.\n\n");
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].help);
	fprintf(to, "  %-11s %s\n\n", "help", "show the options of a command");
	fprintf(to, "  kbtf --version shows the version.\n"
		    "Exit status: 0 all is well, 1 some input was refused, 2 the call was wrong;\n"
		    "of diff 0 nothing differs, 1 something does, 2 that could not be told.\n");
}

static int run(const char *name, int argc, char **argv)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc, argv);
	fprintf(stderr, "kbtf: %s: no such command\nTry `kbtf help`.\n", name);
	return EXIT_WRONG_CALL;
}

/* The same program by the name of a tool that it takes the place of. */
static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} drop_ins[] = {
	{ "kbtf-pahole", drop_in_pahole },
	{ "pahole", drop_in_pahole },
	{ "kbtf-resolve_btfids", drop_in_resolve_btfids },
	{ "resolve_btfids", drop_in_resolve_btfids },
};

static bool run_drop_in(int argc, char **argv, int *ret_status)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "";
	size_t i;

	for (i = 0; i < sizeof(drop_ins) / sizeof(*drop_ins); i++) {
		if (strcmp(name, drop_ins[i].name))
			continue;
		*ret_status = drop_ins[i].run(argc, argv);
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	char help[] = "--help", *help_argv[] = { argv[0], help, NULL };
	int status;

	if (run_drop_in(argc, argv, &status))
		return status;
	if (!strcmp(name, "--version")) {
		printf("kbtf %s\n", KBTF_VERSION_TEXT);
		return EXIT_ALL_WELL;
	}
	if (!strcmp(name, "help") && argc > 2)
		return run(argv[2], 2, help_argv);
	if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
		print_help(stdout);
		return EXIT_ALL_WELL;
	}
	if (argc < 2) {
		print_help(stderr);
		return EXIT_WRONG_CALL;
	}
	return run(name, argc - 1, argv + 1);
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The options of all commands: one table, from which a command's own getopt
 * table and help are made.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/encode.h>

#include "opts.h"

/* Values of long options without a letter, beyond all letters. */
#define LONG_ONLY 256

static const struct {
	char letter; /* '\0': none */
	const char *name;
	const char *arg; /* what its argument is called; NULL: it takes none */
	const char *help;
} opts[NR_OPTS] = {
	[OPT_BASE] = { 'B', "base", "FILE", "the kernel's BTF is in FILE" },
	[OPT_KERNEL] = { '\0', "kernel", "RELEASE",
			 "the kernel is the installed one of this release" },
	[OPT_ROOT] = { '\0', "root", "DIR", "kernels are installed under DIR" },
	[OPT_OLD_BASE] = { '\0', "old-base", "FILE",
			   "the BTF of the kernel that modules were built on" },
	[OPT_OLD_KERNEL] = { '\0', "old-kernel", "RELEASE",
			     "the release that modules were built on" },
	[OPT_KERNELS] = { '\0', "kernels", "DIR",
			  "all kernels in DIR: files of BTF, and trees with lib/modules" },
	[OPT_MODULES] = { '\0', "modules", NULL, "also all modules of the kernel" },
	[OPT_FOR] = { '\0', "for", "OBJECT",
		      "BPF object, archive, skeleton or a directory of them; more may follow" },
	[OPT_REFS] = { '\0', "refs", NULL, "by what MODULEs refer to, instead of by programs" },
	[OPT_ARCHIVE] = { '\0', "archive", NULL, "write NAME.btf.tar.xz, as BTFHub has them" },
	[OPT_MERGED] = { '\0', "merged", NULL, "one BTF of vmlinux and modules together" },
	[OPT_EACH] = { '\0', "each", NULL,
		       "for each OBJECT by itself, in a directory of its name" },
	[OPT_EXPLAIN] = { '\0', "explain", NULL, "tell which record keeps which type" },
	[OPT_MISSING] = { '\0', "missing", NULL,
			  "tell of records that no type satisfies, and which came nearest" },
	[OPT_POLICY] = { '\0', "policy", "POLICY",
			 "what the image carries: nothing, or closure: all that it refers to" },
	[OPT_PERCPU] = { '\0', "percpu", NULL, "with what per-cpu variables are" },
	[OPT_BY_NAME] = { '\0', "by-name", NULL,
			  "with what tp_btf and struct_ops programs find by name" },
	[OPT_NO_COMPRESS] = { '\0', "no-compress", NULL,
			      "without the sizes of compressed parts, which take seconds" },
	[OPT_STRICT] = { '\0', "strict", NULL, "refuse what a kernel accepts only by luck" },
	[OPT_DEPTH] = { '\0', "depth", "DEPTH",
			"types of the kernel: all, or names of what is behind pointers" },
	[OPT_BARE] = { '\0', "bare", NULL, "without a .BTF.base" },
	[OPT_TO_SPLIT] = { '\0', "to-split", NULL, "the way back: onto the kernel named" },
	[OPT_PROFILE] = { '\0', "profile", "PROFILE", "sound, program, module or vmlinux" },
	[OPT_KERNEL_RULES] = { '\0', "kernel-rules", "VERSION",
			       "speak for a kernel of this version" },
	[OPT_MODULE] = { '\0', "module", "FILE|DIR",
			 "also look into this module; may be given again" },
	[OPT_FORMAT] = { '\0', "format", "FORMAT", "raw, json or c" },
	[OPT_ID] = { '\0', "id", "ID", "only the type of this id; may be given again" },
	[OPT_TYPE] = { '\0', "type", "NAME", "only types of this name; may be given again" },
	[OPT_USED_BY] = { '\0', "used-by", "MODULE",
			  "only what MODULE refers to, or the modules in it; may be given again" },
	[OPT_LIST] = { '\0', "list", NULL, "print ids, sets and kfuncs; write nothing" },
	[OPT_SUMMARY] = { '\0', "summary", NULL, "only how many of what changed" },
	[OPT_SIZES] = { '\0', "sizes", NULL, "C: with offsets, sizes, holes and cachelines" },
	[OPT_WITHOUT_BASE] = { '\0', "without-base", NULL,
			       "C: for a module, leave out what its kernel's header has" },
	[OPT_ALONE] = { '\0', "alone", NULL, "C: only the types asked for, not what they need" },
	[OPT_COMPLETE] = { '\0', "complete", NULL,
			   "print the names that begin with NAME, from the cache" },
	[OPT_NO_CACHE] = { '\0', "no-cache", NULL, "neither use the cache nor write to it" },
	[OPT_FEATURES] = { '\0', "features", "LIST",
			   "what to encode, by the names of pahole's --btf_features" },
	[OPT_MAX_MEMORY] = { '\0', "max-memory", "MIB",
			     "refuse what would take more memory than that to encode" },
	[OPT_SECTION] = { '\0', "section", "NAME", "the section to extract, instead of .BTF" },
	[OPT_REMOVE] = { '\0', "remove", NULL, "take away what was put there" },
	[OPT_OUTPUT] = { 'o', "output", "FILE|DIR", "write to FILE, or to files in DIR" },
	[OPT_IN_PLACE] = { '\0', "in-place", NULL, "write over the input" },
	[OPT_RAW] = { '\0', "raw", NULL, "write the BTF alone, as NAME.btf and NAME.base.btf" },
	[OPT_STRIP_SIGNATURE] = { '\0', "strip-signature", NULL,
				  "with --in-place: write signed modules unsigned" },
	[OPT_SIGN_WITH] = { '\0', "sign-with", "COMMAND",
			    "sign each module with COMMAND, which gets its path" },
	[OPT_SYNC] = { '\0', "sync", NULL, "wait until each file is on the disk" },
	[OPT_JOBS] = { 'j', "jobs", "N", "work on N files at a time; default: one a processor" },
	[OPT_JSON] = { '\0', "json", NULL, "report as JSON" },
	[OPT_VERBOSE] = { 'v', "verbose", NULL, "tell of every file and every finding" },
	[OPT_QUIET] = { 'q', "quiet", NULL, "say nothing but what is wrong" },
	[OPT_HELP] = { 'h', "help", NULL, "show this help" },
};

int wrong_call(const struct usage *usage, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "kbtf %s: ", usage->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry `kbtf %s --help`.\n", usage->name);
	return EXIT_WRONG_CALL;
}

void print_diag(const char *before, const struct kbtf_diag *diag)
{
	char line[1024];

	kbtf_diag_format(diag, line, sizeof(line));
	fprintf(stderr, "%s%s\n", before, line);
}

static void print_help(const struct usage *usage)
{
	unsigned int i;

	printf("Usage: kbtf %s %s\n\n%s\n", usage->name, usage->synopsis, usage->about);
	for (i = 0; i < NR_OPTS; i++) {
		char left[48];

		if (i != OPT_HELP && !(usage->opts & OPT_BIT(i)))
			continue;
		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", opts[i].letter ? '-' : ' ',
			 opts[i].letter ? opts[i].letter : ' ', opts[i].letter ? "," : " ",
			 opts[i].name, opts[i].arg ? " " : "", opts[i].arg ? opts[i].arg : "");
		printf("  %-28s %s\n", left, opts[i].help);
	}
}

/* The getopt tables of the options that a command takes. */
static void make_tables(uint64_t taken, struct option *longs, char *letters)
{
	unsigned int i;

	*letters++ = ':'; /* tell a missing argument from an unknown option */
	for (i = 0; i < NR_OPTS; i++) {
		if (i != OPT_HELP && !(taken & OPT_BIT(i)))
			continue;
		*longs++ = (struct option){ opts[i].name,
					    opts[i].arg ? required_argument : no_argument, NULL,
					    LONG_ONLY + (int)i };
		if (!opts[i].letter)
			continue;
		*letters++ = opts[i].letter;
		if (opts[i].arg)
			*letters++ = ':';
	}
	if (taken & OPT_BIT(OPT_TYPE)) /* what --type was called first */
		*longs++ = (struct option){ "name", required_argument, NULL, LONG_ONLY + OPT_TYPE };
	*longs = (struct option){ 0 };
	*letters = '\0';
}

static enum opt opt_of(int c)
{
	unsigned int i;

	if (c >= LONG_ONLY)
		return (enum opt)(c - LONG_ONLY);
	for (i = 0; opts[i].letter != c;)
		i++;
	return i;
}

static bool parse_number(const char *text, unsigned long max, unsigned long *ret)
{
	char *end;

	errno = 0;
	*ret = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno && *ret <= max;
}

static int set_format(struct call *call, const char *value)
{
	static const struct {
		const char *name;
		enum kbtf_dump_format format;
	} formats[] = { { "raw", KBTF_DUMP_RAW },
			{ "json", KBTF_DUMP_JSON },
			{ "c", KBTF_DUMP_C } };
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (strcmp(value, formats[i].name))
			continue;
		call->format = formats[i].format;
		return EXIT_ALL_WELL;
	}
	return wrong_call(call->usage, "--format: %s is neither raw, json nor c", value);
}

/* Lists never grow beyond the number of words, which is what they have room for. */
static int set_value(struct call *call, enum opt opt, const char *value)
{
	struct kbtf_job_opts *job = &call->job;
	struct kbtf_diag why;
	unsigned long number;
	bool distilled;

	switch (opt) {
	case OPT_BASE:
		job->base = value;
		break;
	case OPT_KERNEL:
		job->kernel = value;
		break;
	case OPT_ROOT:
		job->root = value;
		break;
	case OPT_OLD_BASE:
		job->old_base = value;
		break;
	case OPT_OLD_KERNEL:
		job->old_kernel = value;
		break;
	case OPT_KERNELS:
		call->kernels = value;
		break;
	case OPT_MODULES:
		call->minimize_flags |= KBTF_MINJOB_MODULES;
		break;
	case OPT_FOR:
		call->programs[call->nr_programs++] = value;
		break;
	case OPT_REFS:
		call->minimize_flags |= KBTF_MINJOB_REFS;
		break;
	case OPT_ARCHIVE:
		call->minimize_flags |= KBTF_MINJOB_ARCHIVE;
		break;
	case OPT_MERGED:
		call->minimize_flags |= KBTF_MINJOB_MERGED;
		break;
	case OPT_EACH:
		call->minimize_flags |= KBTF_MINJOB_EACH;
		break;
	case OPT_EXPLAIN:
		call->minimize_flags |= KBTF_MINJOB_EXPLAIN;
		break;
	case OPT_MISSING:
		call->minimize_flags |= KBTF_MINJOB_MISSING;
		break;
	case OPT_POLICY:
		if (strcmp(value, "nothing") && strcmp(value, "closure"))
			return wrong_call(call->usage,
					  "--policy: %s is neither nothing nor closure", value);
		call->has_policy = true;
		call->policy =
			strcmp(value, "closure") ? KBTF_PARTITION_NOTHING : KBTF_PARTITION_CLOSURE;
		break;
	case OPT_PERCPU:
		call->sources |= KBTF_ROOT_BIT(KBTF_ROOT_PERCPU);
		break;
	case OPT_BY_NAME:
		call->sources |= KBTF_ROOTS_BY_NAME;
		break;
	case OPT_NO_COMPRESS:
		call->no_compress = true;
		break;
	case OPT_STRICT:
		job->flags |= KBTF_JOB_STRICT;
		break;
	case OPT_DEPTH:
		if (strcmp(value, "all") && strcmp(value, "names"))
			return wrong_call(call->usage, "--depth: %s is neither all nor names",
					  value);
		job->flags &= ~(unsigned int)KBTF_JOB_NAMES;
		job->flags |= strcmp(value, "names") ? 0 : KBTF_JOB_NAMES;
		break;
	case OPT_BARE:
		job->flags |= KBTF_JOB_BARE;
		break;
	case OPT_TO_SPLIT:
		job->flags |= KBTF_JOB_TO_SPLIT;
		break;
	case OPT_PROFILE:
		if (kbtf_profile_parse(value, &job->profile, &why))
			return wrong_call(call->usage, "--profile: %s", why.text);
		break;
	case OPT_KERNEL_RULES:
		if (kbtf_kernel_rules_parse(value, &job->rules, &why))
			return wrong_call(call->usage, "--kernel-rules: %s", why.text);
		break;
	case OPT_MODULE:
	case OPT_USED_BY:
		call->modules[call->nr_modules++] = value;
		break;
	case OPT_FORMAT:
		return set_format(call, value);
	case OPT_ID:
		if (!parse_number(value, KBTF_MAX_TYPES, &number))
			return wrong_call(call->usage, "--id: %s is no type id", value);
		call->ids[call->nr_ids++] = (uint32_t)number;
		break;
	case OPT_TYPE:
		call->names[call->nr_names++] = value;
		break;
	case OPT_LIST:
		call->list = true;
		break;
	case OPT_SUMMARY:
		call->summary = true;
		break;
	case OPT_SIZES:
		call->c_flags |= KBTF_C_SIZES;
		break;
	case OPT_WITHOUT_BASE:
		call->c_flags |= KBTF_C_WITHOUT_BASE;
		break;
	case OPT_ALONE:
		call->c_flags |= KBTF_C_ALONE;
		break;
	case OPT_COMPLETE:
		call->complete = true;
		break;
	case OPT_NO_CACHE:
		call->no_cache = true;
		break;
	case OPT_FEATURES:
		if (kbtf_encode_features_parse(value, &job->features, &distilled, &why))
			return wrong_call(call->usage, "--features: %s", why.text);
		job->flags = distilled ? job->flags | KBTF_JOB_DISTILLED
				       : job->flags & ~(unsigned int)KBTF_JOB_DISTILLED;
		break;
	case OPT_MAX_MEMORY:
		if (!parse_number(value, 1ul << 24, &number) || !number)
			return wrong_call(call->usage,
					  "--max-memory: '%s' is no number from 1 to %lu", value,
					  1ul << 24);
		job->max_memory = (uint64_t)number << 20;
		break;
	case OPT_SECTION:
		job->section = value;
		break;
	case OPT_REMOVE:
		call->remove = true;
		break;
	case OPT_OUTPUT:
		job->output = value;
		break;
	case OPT_IN_PLACE:
		job->flags |= KBTF_JOB_IN_PLACE;
		break;
	case OPT_RAW:
		job->flags |= KBTF_JOB_RAW;
		break;
	case OPT_STRIP_SIGNATURE:
		job->flags |= KBTF_JOB_STRIP_SIGNATURE;
		break;
	case OPT_SIGN_WITH:
		job->sign_with = value;
		break;
	case OPT_SYNC:
		job->flags |= KBTF_JOB_SYNC;
		break;
	case OPT_JOBS:
		if (!parse_number(value, 1024, &number) || !number)
			return wrong_call(call->usage, "--jobs: %s is no number from 1 to 1024",
					  value);
		job->nr_threads = (unsigned int)number;
		break;
	case OPT_JSON:
		call->json = true;
		break;
	case OPT_VERBOSE:
		call->verbose = true;
		break;
	case OPT_QUIET:
		call->quiet = true;
		break;
	case OPT_HELP:
	case NR_OPTS:
		break;
	}
	return EXIT_ALL_WELL;
}

bool call_parse(struct call *call, const struct usage *usage, int argc, char **argv, int *ret_exit)
{
	struct option longs[NR_OPTS + 2];
	char letters[2 * NR_OPTS + 2];
	int c;

	memset(call, 0, sizeof(*call));
	call->usage = usage;
	call->format = usage->format;
	call->job.rules = KBTF_RULES_NEWEST;
	call->job.features = KBTF_ENCODE_DEFAULT;
	call->ids = calloc((size_t)argc + 1, sizeof(*call->ids));
	call->names = calloc((size_t)argc + 1, sizeof(*call->names));
	call->modules = calloc((size_t)argc + 1, sizeof(*call->modules));
	call->programs = calloc((size_t)argc + 1, sizeof(*call->programs));
	*ret_exit = EXIT_REFUSED;
	if (!call->ids || !call->names || !call->modules || !call->programs) {
		fprintf(stderr, "kbtf: out of memory\n");
		return false;
	}
	make_tables(usage->opts, longs, letters);
	*ret_exit = EXIT_ALL_WELL;
	opterr = 0;
	while (!*ret_exit && (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == '?')
			*ret_exit = wrong_call(usage, "%s: no such option", argv[optind - 1]);
		else if (c == ':')
			*ret_exit = wrong_call(usage, "%s needs an argument", argv[optind - 1]);
		else if (opt_of(c) == OPT_HELP) {
			print_help(usage);
			return false;
		} else {
			*ret_exit = set_value(call, opt_of(c), optarg);
		}
	}
	call->job.inputs = (const char *const *)argv + optind;
	call->job.nr_inputs = (size_t)(argc - optind);
	if (*ret_exit)
		return false;
	confine(call->job.sign_with ? NEEDS_PROGRAMS : usage->needs);
	return true;
}

void call_deinit(struct call *call)
{
	free(call->ids);
	free(call->names);
	free(call->modules);
	free(call->programs);
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * kbtf by the name kbtf-pahole: encoding, with the options that kernel builds of 6.1 and
 * later give to pahole. External modules get a .BTF.base, or what external.h says.
 *
 * Source: scripts/pahole-flags.sh of 6.1; since then scripts/Makefile.btf, Makefile.modfinal,
 * link-vmlinux.sh, gen-btf.sh; lib/Kconfig.debug for what the version means.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/encode.h>
#include <kbtf/job.h>

#include "commands.h"
#include "external.h"
#include "opts.h"

#define NAME "kbtf-pahole"

/* The version of pahole whose options these are: builds ask for features by it. */
#define VERSION_TEXT "v1.31"
#define VERSION_NUMBER "131"

/* What pahole encodes where --btf_features is not given. */
#define FEATURES_AT_FIRST                                                                          \
	(KBTF_ENCODE_VAR | KBTF_ENCODE_DECL_TAG | KBTF_ENCODE_TYPE_TAG | KBTF_ENCODE_ENUM64)

enum {
	LONG_BTF_BASE = 256,
	LONG_DETACHED,
	LONG_FEATURES,
	LONG_FEATURES_STRICT,
	LONG_SUPPORTED_FEATURES,
	LONG_LANG_EXCLUDE,
	LONG_VERSION,
	LONG_NUMERIC_VERSION,
	LONG_NO_EFFECT,
	LONG_GEN_ALL,
	/* These two and the bits of a feature: turn it on, turn it off. */
	LONG_ON = 1 << 16,
	LONG_OFF = 1 << 17,
};

static const struct option longs[] = {
	{ "btf_encode", no_argument, NULL, 'J' },
	{ "btf_encode_detached", required_argument, NULL, LONG_DETACHED },
	{ "btf_base", required_argument, NULL, LONG_BTF_BASE },
	{ "btf_features", required_argument, NULL, LONG_FEATURES },
	{ "btf_features_strict", required_argument, NULL, LONG_FEATURES_STRICT },
	{ "supported_btf_features", no_argument, NULL, LONG_SUPPORTED_FEATURES },
	{ "btf_gen_floats", no_argument, NULL, LONG_ON | KBTF_ENCODE_FLOAT },
	{ "btf_gen_optimized", no_argument, NULL, LONG_ON | KBTF_ENCODE_OPTIMIZED_FUNC },
	{ "btf_gen_all", no_argument, NULL, LONG_GEN_ALL },
	{ "btf_encode_force", no_argument, NULL, LONG_ON | KBTF_ENCODE_FORCE },
	{ "skip_encoding_btf_inconsistent_proto", no_argument, NULL,
	  LONG_ON | KBTF_ENCODE_CONSISTENT_FUNC },
	{ "skip_encoding_btf_vars", no_argument, NULL, LONG_OFF | KBTF_ENCODE_VAR },
	{ "skip_encoding_btf_decl_tag", no_argument, NULL, LONG_OFF | KBTF_ENCODE_DECL_TAG },
	{ "skip_encoding_btf_type_tag", no_argument, NULL, LONG_OFF | KBTF_ENCODE_TYPE_TAG },
	{ "skip_encoding_btf_enum64", no_argument, NULL, LONG_OFF | KBTF_ENCODE_ENUM64 },
	{ "jobs", optional_argument, NULL, 'j' },
	{ "lang_exclude", required_argument, NULL, LONG_LANG_EXCLUDE },
	{ "reproducible_build", no_argument, NULL, LONG_NO_EFFECT },
	{ "skip_missing", no_argument, NULL, LONG_NO_EFFECT },
	{ "llvm_objcopy", required_argument, NULL, LONG_NO_EFFECT },
	{ "verbose", no_argument, NULL, 'V' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "numeric_version", no_argument, NULL, LONG_NUMERIC_VERSION },
	{ "version", no_argument, NULL, LONG_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
	"Usage: " NAME " -J [OPTIONS] FILE...\n\n"
	"Make BTF of debug information (DWARF), for kernel builds (PAHOLE=" NAME
	"), which call it\n"
	"as pahole. Nothing else that pahole does is done.\n\n"
	"  -J, --btf_encode          put .BTF into FILE\n"
	"      --btf_encode_detached OUT\n"
	"                            write raw BTF to OUT instead\n"
	"      --btf_base BASE       split BTF on that of BASE\n"
	"      --btf_features LIST   only these features; those that are not known are passed "
	"over\n"
	"      --btf_features_strict LIST\n"
	"                            the same, but what is not known is refused\n"
	"      --supported_btf_features\n"
	"                            list the features\n"
	"      --btf_gen_floats      the feature float\n"
	"      --btf_gen_optimized   the feature optimized_func\n"
	"      --btf_gen_all         all features that are there by default\n"
	"      --btf_encode_force    the feature encode_force\n"
	"      --skip_encoding_btf_inconsistent_proto\n"
	"                            the feature consistent_func\n"
	"      --skip_encoding_btf_vars\n"
	"                            without the feature var\n"
	"      --skip_encoding_btf_decl_tag\n"
	"                            without the feature decl_tag\n"
	"      --skip_encoding_btf_type_tag\n"
	"                            without the feature type_tag\n"
	"      --skip_encoding_btf_enum64\n"
	"                            without the feature enum64\n"
	"  -j, --jobs[=N]            N threads; without N one a processor\n"
	"      --lang_exclude LIST   accepted: only C and assembler are encoded\n"
	"      --reproducible_build  accepted: it always is\n"
	"      --skip_missing        accepted\n"
	"      --llvm_objcopy FILE   accepted: no objcopy is needed\n"
	"  -V, --verbose             tell what was done\n"
	"  -q, --quiet               accepted\n"
	"      --numeric_version     show the version of pahole whose options these are\n"
	"      --version             the same, as builds look for it\n"
	"  -h, --help                show this help\n\n"
	"In a build of an external module the environment (and so make's command line) is\n"
	"looked at for BTF_BASE and BTF_BASE_REF: see the manual page.\n";

struct drop_in {
	struct kbtf_job_opts job;
	bool encode, verbose, has_features, is_distilled;
};

static int wrong(const char *what, const char *why)
{
	fprintf(stderr, NAME ": %s %s\nTry `" NAME " --help`.\n", what, why);
	return EXIT_WRONG_CALL;
}

/* ---- Options ---------------------------------------------------------- */

static int take_feature(struct drop_in *d, const char *name, bool strict)
{
	unsigned int features;
	struct kbtf_diag why;
	bool is_distilled;

	if (!kbtf_encode_features_parse(name, &features, &is_distilled, &why)) {
		d->job.features |= features;
		d->is_distilled |= is_distilled;
	} else if (strict) {
		fprintf(stderr, NAME ": %s\n", why.text);
		return EXIT_WRONG_CALL;
	} else if (d->verbose) {
		fprintf(stderr, NAME ": passed over: %s\n", why.text);
	}
	return EXIT_ALL_WELL;
}

/* All --btf_features of a call add up; a build asks newer tools for more than older ones know. */
static int take_features(struct drop_in *d, const char *list, bool strict)
{
	char *copy, *name, *save = NULL;
	int status = EXIT_ALL_WELL;

	if (!d->has_features)
		d->job.features = 0;
	d->has_features = true;
	if (*list == '+') {
		d->job.features |= KBTF_ENCODE_DEFAULT;
		list++;
	}
	copy = strdup(list);
	if (!copy) {
		fprintf(stderr, NAME ": out of memory\n");
		return EXIT_REFUSED;
	}
	for (name = strtok_r(copy, ",", &save); name && !status; name = strtok_r(NULL, ",", &save))
		status = take_feature(d, name, strict);
	free(copy);
	return status;
}

static int take_jobs(struct drop_in *d, const char *number)
{
	unsigned long n = 0;
	char *end;

	if (number) {
		n = strtoul(number, &end, 10);
		if (*number < '0' || *number > '9' || *end || !n || n > 1024)
			return wrong(number, "is no number of threads");
	}
	d->job.nr_threads = (unsigned int)n;
	return EXIT_ALL_WELL;
}

static int check_languages(const char *list)
{
	static const char *const kept[] = { "asm", "c", "c89", "c99", "c11", "c17", "c23" };
	size_t len, i;

	for (; *list; list += len + !!list[len]) {
		len = strcspn(list, ",");
		for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
			if (strlen(kept[i]) == len && !strncmp(kept[i], list, len))
				return wrong(kept[i], "cannot be left out");
	}
	return EXIT_ALL_WELL;
}

static void print_features(void)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = kbtf_encode_feature_name(i)); i++)
		printf("%s%s", i ? "," : "", name);
	printf("\n");
}

static int take_option(struct drop_in *d, int c)
{
	if (c & LONG_ON) {
		d->job.features |= (unsigned int)c & ~(unsigned int)LONG_ON;
		return EXIT_ALL_WELL;
	}
	if (c & LONG_OFF) {
		d->job.features &= ~(unsigned int)c;
		return EXIT_ALL_WELL;
	}
	switch (c) {
	case 'J':
		d->encode = true;
		break;
	case LONG_DETACHED:
		d->encode = true;
		d->job.output = optarg;
		break;
	case LONG_BTF_BASE:
		d->job.base = optarg;
		break;
	case LONG_FEATURES:
	case LONG_FEATURES_STRICT:
		return take_features(d, optarg, c == LONG_FEATURES_STRICT);
	case LONG_GEN_ALL:
		d->job.features |= KBTF_ENCODE_DEFAULT;
		break;
	case LONG_LANG_EXCLUDE:
		return check_languages(optarg);
	case 'j':
		return take_jobs(d, optarg);
	case 'V':
		d->verbose = true;
		break;
	case 'q':
	case LONG_NO_EFFECT:
		break;
	}
	return EXIT_ALL_WELL;
}

/* Options that are answered and nothing else is done. */
static bool answer(int c)
{
	switch (c) {
	case 'h':
		fputs(help, stdout);
		return true;
	case LONG_VERSION:
		puts(VERSION_TEXT);
		return true;
	case LONG_NUMERIC_VERSION:
		puts(VERSION_NUMBER);
		return true;
	case LONG_SUPPORTED_FEATURES:
		print_features();
		return true;
	}
	return false;
}

/* ---- Encoding --------------------------------------------------------- */

/* What a .BTF.base is made of, if one is. A raw file has none: resolve_btfids distills it. */
static void choose_base(struct drop_in *d, const struct external *external)
{
	bool is_raw = d->job.output;

	if (external->base)
		d->job.base = external->base;
	if (external->is_alone && (is_raw || !d->job.base)) {
		d->job.base = NULL;
		d->job.flags |= is_raw ? 0 : KBTF_JOB_ALONE;
	} else if (external->is_alone) {
		d->job.flags |= KBTF_JOB_ALONE | KBTF_JOB_AS_KERNEL_READS;
	} else if (d->job.base && !is_raw && external->ref != REF_NO &&
		   (external->is || d->is_distilled)) {
		d->job.flags |= KBTF_JOB_DISTILLED;
		if (external->is && external->ref == REF_AS_KERNEL_READS && !d->is_distilled)
			d->job.flags |= KBTF_JOB_AS_KERNEL_READS;
	}
}

static void print_result(void *ctx, const struct kbtf_job_result *result)
{
	const struct drop_in *d = ctx;

	if (result->why)
		print_diag(NAME ": ", result->why);
	else if (d->verbose)
		fprintf(stderr, NAME ": %s: %u types, %llu bytes%s\n", result->path,
			result->nr_types_after, (unsigned long long)result->btf_bytes_after,
			result->nr_base_types ? ", with a .BTF.base" : "");
}

static int encode(struct drop_in *d, const struct external *external)
{
	struct kbtf_job_summary summary;
	struct kbtf_job *job = NULL;
	struct kbtf_diag why;
	int err;

	d->job.command = KBTF_JOB_ENCODE;
	d->job.flags = d->job.output ? KBTF_JOB_RAW : KBTF_JOB_IN_PLACE;
	choose_base(d, external);
	d->job.result = print_result;
	d->job.ctx = d;
	err = kbtf_job_new(&d->job, &job, &why);
	if (!err)
		err = kbtf_job_run(job, &summary, &why);
	kbtf_job_free(job);
	if (err) {
		print_diag(NAME ": ", &why);
		return EXIT_REFUSED;
	}
	return kbtf_job_all_well(&summary) ? EXIT_ALL_WELL : EXIT_REFUSED;
}

int drop_in_pahole(int argc, char **argv)
{
	struct drop_in d = { .job = { .features = FEATURES_AT_FIRST, .nr_threads = 1 } };
	struct external external = external_read();
	int c, status;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":Jj::Vqh", longs, NULL)) != -1) {
		if (answer(c))
			return EXIT_ALL_WELL;
		if (c == '?' || c == ':')
			return wrong(argv[optind - 1],
				     c == '?' ? "is no option that kernel builds give to pahole"
					      : "needs an argument");
		status = take_option(&d, c);
		if (status)
			return status;
	}
	if (!d.encode)
		return wrong("-J", "is wanted: nothing but encoding is done");
	if (optind == argc)
		return wrong("a FILE", "is wanted");
	if (d.job.output && argc - optind != 1)
		return wrong("one FILE", "is wanted with --btf_encode_detached");
	d.job.inputs = (const char *const *)argv + optind;
	d.job.nr_inputs = (size_t)(argc - optind);
	confine(NEEDS_WRITING);
	return encode(&d, &external);
}

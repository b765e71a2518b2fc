// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* kbtf by the name kbtf-resolve_btfids: the options of the kernel's resolve_btfids. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <kbtf/resolve_btfids.h>

#include "commands.h"
#include "external.h"
#include "opts.h"

#define NAME "kbtf-resolve_btfids"

enum {
	LONG_BTF = 256,
	LONG_DISTILL_BASE,
	LONG_FATAL_WARNINGS,
	LONG_PATCH_BTFIDS,
	LONG_INTERFACE,
	LONG_NO_FAIL,
	LONG_VERSION,
};

static const struct option longs[] = {
	{ "btf", required_argument, NULL, LONG_BTF },
	{ "btf_base", required_argument, NULL, 'b' },
	{ "distill_base", no_argument, NULL, LONG_DISTILL_BASE },
	{ "fatal_warnings", no_argument, NULL, LONG_FATAL_WARNINGS },
	{ "patch_btfids", required_argument, NULL, LONG_PATCH_BTFIDS },
	{ "interface", required_argument, NULL, LONG_INTERFACE },
	{ "no-fail", no_argument, NULL, LONG_NO_FAIL },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, LONG_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const char help[] =
	"Usage: " NAME " [OPTIONS] FILE\n"
	"       " NAME " --patch_btfids IDS FILE\n\n"
	"Put type ids into .BTF_ids of a linked kernel or module, for kernel builds\n"
	"(RESOLVE_BTFIDS=" NAME "), which call it as resolve_btfids.\n"
	"Without --btf or --distill_base, FILE is changed. With one of them, as builds since\n"
	"Linux 6.19 do, FILE.BTF_ids, FILE.BTF and FILE.BTF.base are written.\n\n"
	"      --btf FILE            the BTF is in FILE\n"
	"  -b, --btf_base FILE       that BTF stands on the one in FILE\n"
	"      --distill_base        write FILE.BTF.base\n"
	"      --fatal_warnings      fail if there was a warning\n"
	"      --patch_btfids IDS    overwrite .BTF_ids of FILE by the file IDS\n"
	"      --interface KIND      in-place or files, whatever other options say\n"
	"  -r, -B                    accepted: .BTF.base is used where there is one\n"
	"      --no-fail             accepted: a FILE without .BTF_ids is no failure\n"
	"  -v, --verbose             tell what was done\n"
	"      --version             show the version\n"
	"  -h, --help                show this help\n";

struct drop_in {
	struct kbtf_resolve_btfids_opts opts;
	const char *patch;
	bool fatal_warnings, verbose;
	const char *interface;
};

static int wrong(const char *what, const char *why)
{
	fprintf(stderr, NAME ": %s %s\nTry `" NAME " --help`.\n", what, why);
	return EXIT_WRONG_CALL;
}

/* Build logs are searched for how this begins. */
static void print_warning(void *ctx, const struct kbtf_diag *diag)
{
	(void)ctx;
	fprintf(stderr, "WARN: resolve_btfids: %s [%s]\n", diag->text, diag->reason);
}

static int take_option(struct drop_in *d, int c)
{
	switch (c) {
	case 'b':
		d->opts.base = optarg;
		break;
	case LONG_BTF:
		d->opts.btf = optarg;
		break;
	case LONG_DISTILL_BASE:
		d->opts.distill_base = true;
		break;
	case LONG_FATAL_WARNINGS:
		d->fatal_warnings = true;
		break;
	case LONG_PATCH_BTFIDS:
		d->patch = optarg;
		break;
	case LONG_INTERFACE:
		d->interface = optarg;
		if (strcmp(optarg, "in-place") && strcmp(optarg, "files"))
			return wrong(optarg, "is neither in-place nor files");
		break;
	case 'v':
		d->verbose = true;
		break;
	case 'r':
	case 'B':
	case LONG_NO_FAIL:
		break;
	}
	return EXIT_ALL_WELL;
}

static int patch(const struct drop_in *d)
{
	struct kbtf_diag why;

	if (!kbtf_patch_btfids(d->opts.path, d->patch, &why))
		return EXIT_ALL_WELL;
	print_diag("FAILED: ", &why);
	return EXIT_REFUSED;
}

/* What kbtf-pahole made for external modules; see external.h. */
static void take_external(struct drop_in *d)
{
	struct external external = external_read();

	if (!external.is)
		return;
	if (external.base)
		d->opts.base = external.base;
	if (!d->opts.to_files)
		return;
	d->opts.is_alone = external.is_alone;
	d->opts.distill_base = !external.is_alone && external.ref != REF_NO;
}

static int resolve(struct drop_in *d)
{
	struct kbtf_resolve_btfids_result result;
	struct kbtf_diag why;

	d->opts.to_files =
		d->interface ? !strcmp(d->interface, "files") : d->opts.btf || d->opts.distill_base;
	d->opts.warning = print_warning;
	take_external(d);
	if (kbtf_resolve_btfids(&d->opts, &result, &why)) {
		print_diag("FAILED: ", &why);
		return EXIT_REFUSED;
	}
	if (d->verbose)
		fprintf(stderr, NAME ": %s: %u ids, %u warnings\n", d->opts.path, result.nr_ids,
			result.nr_warnings);
	return d->fatal_warnings && result.nr_warnings ? EXIT_REFUSED : EXIT_ALL_WELL;
}

int drop_in_resolve_btfids(int argc, char **argv)
{
	struct drop_in d = { 0 };
	int c, status = EXIT_ALL_WELL;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:b:rBvh", longs, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_ALL_WELL;
		}
		if (c == LONG_VERSION) {
			printf("kbtf %s\n", KBTF_VERSION_TEXT);
			return EXIT_ALL_WELL;
		}
		if (c == '?' || c == ':')
			return wrong(argv[optind - 1],
				     c == '?' ? "is no option" : "needs an argument");
		status = take_option(&d, c);
		if (status)
			return status;
	}
	if (argc - optind != 1)
		return wrong("one FILE", "is wanted");
	d.opts.path = argv[optind];
	confine(NEEDS_WRITING);
	return d.patch ? patch(&d) : resolve(&d);
}

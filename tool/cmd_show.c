// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of show, and how what was found is printed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kbtf/show.h>
#include <kbtf/text.h>

#include "commands.h"
#include "progress.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "show",
	.synopsis = "[OPTIONS] NAME...",
	.about =
		"Print the types, functions and variables of these names, of the kernel and all "
		"of\n"
		"its modules, with the modules that have them. NAME may be a constant of an enum,\n"
		"`struct NAME` and the like, or a pattern such as 'tcp_*_ops'. What is found once\n"
		"is found fast the next time: an index is kept in the user's cache.\n",
	.format = KBTF_DUMP_C,
	.needs = NEEDS_WRITING,
	.opts = OPTS_KERNEL | OPT_BIT(OPT_MODULE) | OPT_BIT(OPT_FORMAT) | OPT_BIT(OPT_SIZES) |
		OPT_BIT(OPT_COMPLETE) | OPT_BIT(OPT_NO_CACHE) | OPT_BIT(OPT_JOBS) |
		OPT_BIT(OPT_VERBOSE),
};

/* Names of modules in a heading; the rest is counted, unless all are asked for. */
#define NR_NAMED 12u

/* Names offered for completion. */
#define NR_COMPLETE 200u

/* What nobody, neither a shell nor a C compiler, takes for anything but a part of a word. */
static const char word_letters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

struct printer {
	const struct call *call;
	struct kbtf_show_json *json; /* NULL where it is text */
	struct progress progress;
	size_t nr_printed;
};

static void on_note(void *ctx, const struct kbtf_diag *diag)
{
	struct printer *p = ctx;

	progress_hide(&p->progress);
	if (p->call->verbose)
		print_diag("note: ", diag);
}

static void on_progress(void *ctx, size_t nr_done, size_t nr_modules)
{
	struct printer *p = ctx;

	progress_update(&p->progress, nr_done, nr_modules);
}

/* A file's name may have what would end a comment. */
static void print_word(const char *word)
{
	for (; *word; word++)
		putchar(strchr(word_letters, *word) ? *word : '?');
}

static void print_heading(const struct printer *p, const struct kbtf_show_match *match)
{
	bool is_c = p->call->format == KBTF_DUMP_C;
	size_t nr = match->nr_modules, i;

	if (!p->call->verbose && nr > NR_NAMED)
		nr = NR_NAMED;
	printf("%s%s ", p->nr_printed ? "\n" : "", is_c ? "/*" : "#");
	for (i = 0; i < nr; i++) {
		fputs(i ? ", " : "", stdout);
		print_word(match->modules[i]->name);
	}
	if (nr < match->nr_modules)
		printf(" and %zu more", match->nr_modules - nr);
	puts(is_c ? " */" : "");
}

static int print_c(const struct printer *p, const struct kbtf_show_match *match)
{
	const struct kbtf_c_opts opts = { .flags = p->call->c_flags | KBTF_C_ALONE,
					  .ids = &match->type_id,
					  .nr_ids = 1 };

	return kbtf_text_c(match->btf, &opts, write_stdout, NULL, NULL);
}

/* A function with what it takes and returns. */
static int print_raw(const struct kbtf_show_match *match)
{
	const struct kbtf_type *t = kbtf_type(match->btf, match->type_id);
	int err = kbtf_text_raw_type(match->btf, match->type_id, write_stdout, NULL);

	if (!err && kbtf_kind(t) == KBTF_FUNC)
		err = kbtf_text_raw_type(match->btf, t->type, write_stdout, NULL);
	return err;
}

/* Types that the language has are not defined in it. */
static bool has_c(const struct kbtf_show_match *match)
{
	unsigned int kind = kbtf_kind(kbtf_type(match->btf, match->type_id));

	return kind != KBTF_INT && kind != KBTF_FLOAT;
}

static int print_match(void *ctx, const struct kbtf_show_match *match)
{
	struct printer *p = ctx;

	if (p->json)
		return kbtf_show_json_found(p->json, match);
	print_heading(p, match);
	p->nr_printed++;
	return p->call->format == KBTF_DUMP_C && has_c(match) ? print_c(p, match)
							      : print_raw(match);
}

static int print_name(void *ctx, const char *name)
{
	(void)ctx;
	if (name[strspn(name, word_letters)])
		return 0;
	return puts(name) < 0 ? -EIO : 0;
}

/* The next name: a word, or two where the first one is a keyword, as people type types. */
static char *next_name(const struct call *call, size_t *at)
{
	static const char *const keywords[] = {
		"struct", "union", "enum", "typedef", "func", "var"
	};
	const char *word = call->job.inputs[(*at)++], *second = NULL;
	char *name;
	size_t i;

	for (i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (!strcmp(word, keywords[i]) && *at < call->job.nr_inputs)
			second = call->job.inputs[*at];
	if (!second)
		return strdup(word);
	++*at;
	name = malloc(strlen(word) + strlen(second) + 2);
	if (name)
		sprintf(name, "%s %s", word, second);
	return name;
}

/* Returns an exit status. */
static int find_one(struct printer *p, struct kbtf_show *show, const char *name)
{
	struct kbtf_diag why;
	int err;

	if (p->call->complete)
		return kbtf_show_complete(show, name, NR_COMPLETE, print_name, NULL)
			       ? EXIT_REFUSED
			       : EXIT_ALL_WELL;
	err = kbtf_show_find(show, name, print_match, p, &why);
	if (!err)
		return EXIT_ALL_WELL;
	if (err == -EIO) /* standard output; it is told of in the end */
		return EXIT_REFUSED;
	fflush(stdout);
	print_diag("", &why);
	if (p->json)
		kbtf_show_json_missing(p->json, name, &why);
	return EXIT_REFUSED;
}

static int find_all(struct printer *p, struct kbtf_show *show)
{
	int status = EXIT_ALL_WELL;
	size_t at = 0;

	while (at < p->call->job.nr_inputs && !ferror(stdout)) {
		char *name = next_name(p->call, &at);

		if (!name) {
			fprintf(stderr, "kbtf: out of memory\n");
			return EXIT_REFUSED;
		}
		if (find_one(p, show, name))
			status = EXIT_REFUSED;
		free(name);
	}
	if (status && kbtf_show_nr_left_out(show) && !p->call->verbose)
		fprintf(stderr, "note: %zu module%s could not be read: --verbose tells why\n",
			kbtf_show_nr_left_out(show), kbtf_show_nr_left_out(show) == 1 ? "" : "s");
	return status;
}

static int print_all(struct printer *p, struct kbtf_show *show)
{
	int status;

	if (p->call->format == KBTF_DUMP_JSON && !p->call->complete &&
	    kbtf_show_json_new(write_stdout, NULL, &p->json)) {
		fprintf(stderr, "kbtf: out of memory\n");
		return EXIT_REFUSED;
	}
	status = find_all(p, show);
	if ((p->json && kbtf_show_json_finish(p->json)) || fflush(stdout) || ferror(stdout)) {
		perror("kbtf: standard output");
		return EXIT_REFUSED;
	}
	return status;
}

static int run(const struct call *call)
{
	struct printer p = { .call = call };
	struct kbtf_show_opts opts = {
		.flags = call->no_cache ? KBTF_SHOW_NO_CACHE : 0,
		.nr_threads = call->job.nr_threads,
		.base = call->job.base,
		.kernel = call->job.kernel,
		.root = call->job.root,
		.modules = call->modules,
		.nr_modules = call->nr_modules,
		.note = on_note,
		.progress = on_progress,
		.ctx = &p,
	};
	struct kbtf_show *show;
	struct kbtf_diag why;
	int status;

	if (!call->job.nr_inputs)
		return wrong_call(&usage, "no name was given");
	if (call->job.base && (call->job.kernel || call->job.root))
		return wrong_call(&usage, "--base excludes --kernel and --root");
	if (call->complete)
		opts.flags |= KBTF_SHOW_ONLY_CACHE;
	progress_init(&p.progress, true);
	status = kbtf_show_new(&opts, &show, &why);
	progress_hide(&p.progress);
	if (status && call->complete)
		return EXIT_REFUSED; /* nothing to offer yet is nothing to tell */
	if (status) {
		print_diag("", &why);
		return EXIT_REFUSED;
	}
	status = print_all(&p, show);
	kbtf_show_free(show);
	return status;
}

int cmd_show(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status))
		status = run(&call);
	call_deinit(&call);
	return status;
}

// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Options of info, and its figures as a table. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <kbtf/btf.h>
#include <kbtf/image.h>
#include <kbtf/inspect.h>

#include "commands.h"
#include "run_job.h"

static const struct usage usage = {
	.name = "info",
	.synopsis = "[OPTIONS] FILE...",
	.about =
		"Show what BTF files have, and all modules in a directory: form, header, kinds of\n"
		"types with their numbers and sizes, sections, ids of .BTF_ids. Works without the\n"
		"base of split BTF.\n",
	.opts = OPT_BIT(OPT_JSON),
};

static void print_btf(const char *name, const struct kbtf_btf_info *btf)
{
	const struct kbtf_header *header = &btf->header;
	unsigned int kind;

	if (!btf->is_there)
		return;
	printf("  %s: %" PRIu64 " bytes, %" PRIu32 " types, stands %s%s\n", name, btf->size_bytes,
	       btf->nr_types, kbtf_standing_name(btf->standing),
	       btf->big_endian ? ", big-endian" : "");
	printf("    header %" PRIu32 " bytes, types %" PRIu32 ", strings %" PRIu32, header->hdr_len,
	       header->type_len, header->str_len);
	if (header->layout_len)
		printf(", layout %" PRIu32, header->layout_len);
	putchar('\n');
	for (kind = 0; kind <= KBTF_NR_KINDS; kind++)
		if (btf->nr_of_kind[kind])
			printf("    %-10s  %8" PRIu32 "  %10" PRIu64 " bytes\n",
			       kbtf_kind_name(kind), btf->nr_of_kind[kind],
			       btf->bytes_of_kind[kind]);
}

static void print_info(const struct kbtf_info *info)
{
	size_t i;

	printf("%s: %s%s\n", info->path, info->form, info->is_signed ? ", signed" : "");
	if (info->module_name)
		printf("  module %s", info->module_name);
	if (info->vermagic)
		printf("%s%.*s", info->module_name ? ", for kernel " : "  for kernel ",
		       (int)strcspn(info->vermagic, " "), info->vermagic);
	if (info->module_name || info->vermagic)
		putchar('\n');
	for (i = 0; i < info->nr_sections; i++)
		printf("  section %-14s  %10" PRIu64 " bytes\n", info->sections[i].name,
		       info->sections[i].size_bytes);
	if (info->nr_ids || info->nr_sets)
		printf("  .BTF_ids: %" PRIu32 " ids, %" PRIu32 " sets, %" PRIu32 " kfuncs\n",
		       info->nr_ids, info->nr_sets, info->nr_kfuncs);
	print_btf(".BTF", &info->btf);
	print_btf(".BTF.base", &info->base);
	print_btf(".BTF.embedded", &info->embedded);
}

static int refuse(struct kbtf_info_json *json, const char *path, const struct kbtf_diag *why)
{
	fflush(stdout);
	print_diag("", why);
	if (json)
		kbtf_info_json_refused(json, path, why);
	return EXIT_REFUSED;
}

static int show_file(const char *path, struct kbtf_info_json *json)
{
	struct kbtf_info info;
	struct kbtf_diag why;

	if (kbtf_info_init(&info, path, &why))
		return refuse(json, path, &why);
	if (json)
		kbtf_info_json_file(json, &info);
	else
		print_info(&info);
	kbtf_info_deinit(&info);
	return EXIT_ALL_WELL;
}

/* A file, or all modules in a directory. */
static int show_input(const char *input, struct kbtf_info_json *json)
{
	int status = EXIT_ALL_WELL;
	struct kbtf_paths paths;
	struct kbtf_diag why;
	size_t i;

	if (kbtf_paths_list(input, 0, &paths, &why))
		return refuse(json, input, &why);
	for (i = 0; i < paths.nr; i++)
		status |= show_file(paths.paths[i], json);
	kbtf_paths_deinit(&paths);
	return status;
}

static int show(const struct call *call)
{
	struct kbtf_info_json *json = NULL;
	int status = EXIT_ALL_WELL;
	size_t i;

	if (!call->job.nr_inputs)
		return wrong_call(&usage, "no file was named");
	if (call->json && kbtf_info_json_new(write_stdout, NULL, &json)) {
		fprintf(stderr, "kbtf: out of memory\n");
		return EXIT_REFUSED;
	}
	for (i = 0; i < call->job.nr_inputs; i++)
		status |= show_input(call->job.inputs[i], json);
	if ((json && kbtf_info_json_finish(json)) || fflush(stdout)) {
		perror("kbtf: standard output");
		return EXIT_REFUSED;
	}
	return status;
}

int cmd_info(int argc, char **argv)
{
	struct call call;
	int status;

	if (call_parse(&call, &usage, argc, argv, &status))
		status = show(&call);
	call_deinit(&call);
	return status;
}

/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef KBTF_TOOL_COMMANDS_H
#define KBTF_TOOL_COMMANDS_H

/* Each takes the words from its own name on, as main() takes a program's, and returns its exit
 * status. */
int cmd_check(int argc, char **argv);
int cmd_dedup(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_distill(int argc, char **argv);
int cmd_dump(int argc, char **argv);
int cmd_encode(int argc, char **argv);
int cmd_equip(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_gen(int argc, char **argv);
int cmd_ids(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_minimize(int argc, char **argv);
int cmd_partition(int argc, char **argv);
int cmd_relocate(int argc, char **argv);
/* Called by the name of another tool, with its options: the program's own words. */
int drop_in_pahole(int argc, char **argv);
int drop_in_resolve_btfids(int argc, char **argv);

int cmd_show(int argc, char **argv);
int cmd_standalone(int argc, char **argv);
int cmd_verify(int argc, char **argv);

#endif

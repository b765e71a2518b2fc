// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "commands.h"
int cmd_info(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 2;
}

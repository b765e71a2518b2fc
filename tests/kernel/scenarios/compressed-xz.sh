# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# The module is compressed with xz, first cut short and then whole.
# Only with m.
# With kmod.
compressed xz

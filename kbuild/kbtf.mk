# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# For the makefile of an external module: BTF for the modules that were built, where the
# kernel's headers are not equipped by `kbtf equip`.
#
#   ifeq ($(KERNELRELEASE),)
#   KDIR ?= /lib/modules/$(shell uname -r)/build
#   -include /usr/share/kbtf/kbtf.mk
#   modules:
#   	$(MAKE) -C $(KDIR) M=$(CURDIR) modules
#   	$(kbtf-modules)
#   endif
#
# In:  KDIR, the kernel's headers or build; M or else CURDIR, where the modules are;
#      BTF_BASE and BTF_BASE_REF as in kbtf-pahole(1)
# Out: kbtf-modules, a line of a recipe: modules without .BTF get it, with .BTF.base and .BTF_ids,
#      on the BTF of the kernel that they were built for
kbtf-folder := $(dir $(lastword $(MAKEFILE_LIST)))
kbtf-modules = +@$(foreach name,BTF_BASE BTF_BASE_REF,$(if \
	$(filter undefined,$(origin $(name))),,$(name)='$($(name))')) \
	sh $(kbtf-folder)give-btf '$(KDIR)' '$(or $(M),$(CURDIR))'

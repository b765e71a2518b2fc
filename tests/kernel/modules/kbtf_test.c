// SPDX-License-Identifier: GPL-2.0
/*
 * What the scenarios load: a module with a function to attach to, kfuncs, destructors
 * and struct_ops, of each a good one and a broken one.
 *
 * Writing anything to the parameter "poke" calls kbtf_test_hook().
 */
#include <linux/bpf.h>
#include <linux/bpf_verifier.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/list.h>

#include "kbtf_test.h"

static struct kbtf_test_state state = {
	.list = LIST_HEAD_INIT(state.list),
};

int kbtf_test_hook(struct kbtf_test_state *s);

noinline int kbtf_test_hook(struct kbtf_test_state *s)
{
	barrier_data(s);
	return ++s->calls;
}

static int poke(const char *value, const struct kernel_param *kp)
{
	kbtf_test_hook(&state);
	return 0;
}

static const struct kernel_param_ops poke_ops = { .set = poke };
module_param_cb(poke, &poke_ops, NULL, 0200);

/* ---- Kfuncs ------------------------------------------------------------- */

__bpf_kfunc_start_defs();

__bpf_kfunc u32 kbtf_test_add(u32 a, u32 b)
{
	return a + b;
}

/* Registered as what makes an iterator, which it is not. */
__bpf_kfunc u32 kbtf_test_broken(u32 a, u32 b)
{
	return a - b;
}

struct kbtf_test_object {
	u64 owned;
};

struct kbtf_test_other {
	u64 owned;
};

__bpf_kfunc void kbtf_test_release(struct kbtf_test_object *object)
{
}

/* A destructor returns nothing and takes one pointer. */
__bpf_kfunc int kbtf_test_no_dtor(struct kbtf_test_other *object, int how)
{
	return how;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(kbtf_test_kfuncs)
BTF_ID_FLAGS(func, kbtf_test_add)
#ifdef KBTF_TEST_BROKEN
BTF_ID_FLAGS(func, kbtf_test_broken, KF_ITER_NEW)
#endif
BTF_KFUNCS_END(kbtf_test_kfuncs)

static const struct btf_kfunc_id_set kfunc_set = {
	.owner = THIS_MODULE,
	.set = &kbtf_test_kfuncs,
};

BTF_ID_LIST(kbtf_test_dtor_ids)
BTF_ID(struct, kbtf_test_object)
BTF_ID(func, kbtf_test_release)
BTF_ID(struct, kbtf_test_other)
BTF_ID(func, kbtf_test_no_dtor)

/* ---- struct_ops --------------------------------------------------------- */

struct kbtf_test_ops {
	int (*answer)(int question);
};

static int answer_stub(int question)
{
	return 0;
}

static struct kbtf_test_ops stubs = {
	.answer = answer_stub,
};

static int ops_init(struct btf *btf)
{
	return 0;
}

static int ops_init_member(const struct btf_type *t, const struct btf_member *member, void *kdata,
			   const void *udata)
{
	return 0;
}

static int ops_reg(void *kdata, struct bpf_link *link)
{
	return 0;
}

static void ops_unreg(void *kdata, struct bpf_link *link)
{
}

static const struct bpf_func_proto *ops_helper(enum bpf_func_id id, const struct bpf_prog *prog)
{
	return NULL;
}

static bool ops_access(int off, int size, enum bpf_access_type type, const struct bpf_prog *prog,
		       struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}

static const struct bpf_verifier_ops verifier_ops = {
	.get_func_proto = ops_helper,
	.is_valid_access = ops_access,
};

static struct bpf_struct_ops bpf_kbtf_test_ops = {
	.verifier_ops = &verifier_ops,
	.init = ops_init,
	.init_member = ops_init_member,
	.reg = ops_reg,
	.unreg = ops_unreg,
	.cfi_stubs = &stubs,
	.name = "kbtf_test_ops",
	.owner = THIS_MODULE,
};

#ifdef KBTF_TEST_BROKEN
struct kbtf_test_bad_ops {
	int (*answer)(int question);
};

/* Without stubs, which it has to have. */
static struct bpf_struct_ops bpf_kbtf_test_bad_ops = {
	.verifier_ops = &verifier_ops,
	.init = ops_init,
	.init_member = ops_init_member,
	.reg = ops_reg,
	.unreg = ops_unreg,
	.name = "kbtf_test_bad_ops",
	.owner = THIS_MODULE,
};
#endif

static int __init kbtf_test_init(void)
{
	/* On the stack, as some of the kernel's own are: it is gone when BTF comes. */
	const struct btf_id_dtor_kfunc dtors[] = {
		{ .btf_id = kbtf_test_dtor_ids[0], .kfunc_btf_id = kbtf_test_dtor_ids[1] },
#ifdef KBTF_TEST_BROKEN
		{ .btf_id = kbtf_test_dtor_ids[2], .kfunc_btf_id = kbtf_test_dtor_ids[3] },
#endif
	};

	pr_info("kbtf_test: kfuncs: %d\n",
		register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL, &kfunc_set));
	pr_info("kbtf_test: destructors: %d\n",
		register_btf_id_dtor_kfuncs(dtors, ARRAY_SIZE(dtors), THIS_MODULE));
	pr_info("kbtf_test: struct_ops: %d\n",
		register_bpf_struct_ops(&bpf_kbtf_test_ops, kbtf_test_ops));
#ifdef KBTF_TEST_BROKEN
	pr_info("kbtf_test: bad struct_ops: %d\n",
		register_bpf_struct_ops(&bpf_kbtf_test_bad_ops, kbtf_test_bad_ops));
#endif
	return 0;
}
module_init(kbtf_test_init);

static void __exit kbtf_test_exit(void)
{
}
module_exit(kbtf_test_exit);

MODULE_DESCRIPTION("kfuncs, destructors and struct_ops for the scenarios of kbtf");
MODULE_LICENSE("GPL");

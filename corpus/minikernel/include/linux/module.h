/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Modules: an init function is an entry in a table that boot code walks. */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/kernel.h>

struct module;
#define THIS_MODULE ((struct module *)0)

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

#define module_init(fn) \
	static initcall_t __initcall_##fn __used \
		__attribute__((section("initcalls"))) = fn
#define module_exit(fn) \
	static exitcall_t __exitcall_##fn __used \
		__attribute__((section("exitcalls"))) = fn
#define EXPORT_SYMBOL_GPL(sym) extern __typeof__(sym) sym
#define MODULE_LICENSE(x) struct module
#define MODULE_DESCRIPTION(x) struct module

#endif

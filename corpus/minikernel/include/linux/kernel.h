/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Helpers that every unit uses. */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/errno.h>
#include <linux/types.h>

#define __init		__attribute__((section(".init.text")))
#define __exit
#define __weak __attribute__((weak))
#define __used __attribute__((used))
#define __packed __attribute__((packed))
#define __must_check __attribute__((warn_unused_result))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define fallthrough __attribute__((fallthrough))
#define offsetof(t, m) __builtin_offsetof(t, m)
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1UL << (n))
#define min_t(t, a, b) ((t)(a) < (t)(b) ? (t)(a) : (t)(b))
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define WARN_ON(c) ({ bool __w = !!(c); if (__w) printk("warning\n"); __w; })

__attribute__((format(printf, 1, 2))) int printk(const char *fmt, ...);
#define pr_err printk
#define pr_warn printk
#define pr_info printk

__attribute__((noreturn)) void panic(const char *fmt, ...);
#define BUG_ON(c) do { if (unlikely(c)) panic("BUG"); } while (0)

void start_kernel(void);

#endif

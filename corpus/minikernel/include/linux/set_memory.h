/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Changing who can read a page: declared only. Both can fail half-way. */
#ifndef _LINUX_SET_MEMORY_H
#define _LINUX_SET_MEMORY_H

#include <linux/mm.h>

int set_memory_decrypted(unsigned long addr, int numpages);
int set_memory_encrypted(unsigned long addr, int numpages);

#endif

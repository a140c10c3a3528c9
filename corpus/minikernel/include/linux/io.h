/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Mappings of physical ranges: declared only. */
#ifndef _LINUX_IO_H
#define _LINUX_IO_H

#include <linux/types.h>

#define MEMREMAP_WB 0x1ul
#define MEMREMAP_ENC 0x8ul
#define MEMREMAP_DEC 0x10ul

void *memremap(phys_addr_t offset, size_t size, unsigned long flags);
void memunmap(void *addr);

#endif

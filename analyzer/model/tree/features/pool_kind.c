/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A pool knows whether its memory is shared. */
#include <linux/swiotlb.h>

bool probe(const struct io_tlb_mem *pool);
bool probe(const struct io_tlb_mem *pool)
{
	return pool->cc_shared;
}

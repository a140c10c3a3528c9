/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A pool counts the slots that are in use. */
#include <linux/swiotlb.h>

long probe(const struct io_tlb_mem *pool);
long probe(const struct io_tlb_mem *pool)
{
	return atomic_long_read(&pool->total_used);
}

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* All slots of a device are in one run, of which the pool knows the ends. */
#include <linux/swiotlb.h>

bool probe(const struct io_tlb_mem *pool, phys_addr_t at);
bool probe(const struct io_tlb_mem *pool, phys_addr_t at)
{
	return at >= pool->start && at < pool->end;
}

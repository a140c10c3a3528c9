/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A full bounce buffer. */
#include <linux/swiotlb.h>

#include "glue.h"

static bool was_free[IO_TLB_DEFAULT_SLABS];

bool glue_fill_pool(const struct device *dev)
{
	struct io_tlb_pool *pool = &io_tlb_default_mem.defpool;
	unsigned long i;

	for (i = 0; i < pool->nslabs; i++) {
		was_free[i] = !pool->slots[i].used;
		pool->slots[i].used = true;
	}
	return true;
}

void glue_empty_pool(const struct device *dev)
{
	struct io_tlb_pool *pool = &io_tlb_default_mem.defpool;
	unsigned long i;

	for (i = 0; i < pool->nslabs; i++)
		if (was_free[i])
			pool->slots[i].used = false;
}

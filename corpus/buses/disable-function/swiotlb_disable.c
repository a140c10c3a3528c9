/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* One more function of the bounce buffer. */
#include <linux/module.h>
#include <linux/swiotlb.h>

void swiotlb_dev_disable(struct device *dev);

void swiotlb_dev_disable(struct device *dev)
{
	dev->dma_io_tlb_mem = NULL;
}
EXPORT_SYMBOL_GPL(swiotlb_dev_disable);

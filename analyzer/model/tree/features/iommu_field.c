/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* An IOMMU of the DMA layer is switched on by a field. */
#include <linux/device.h>

void probe(struct device *dev);
void probe(struct device *dev)
{
	dev->dma_iommu = true;
}

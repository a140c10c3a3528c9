/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Between physical addresses and what a device is told. */
#ifndef _LINUX_DMA_DIRECT_H
#define _LINUX_DMA_DIRECT_H

#include <linux/cc_platform.h>
#include <linux/dma-mapping.h>
#include <linux/pgtable.h>

/* Takes the marks of shared and private memory off an address. */
u64 dma_addr_canonical(u64 addr);

bool force_dma_unencrypted(struct device *dev);

static inline dma_addr_t phys_to_dma(struct device *dev, phys_addr_t phys)
{
	return cc_mkenc(phys);
}

static inline dma_addr_t phys_to_dma_unencrypted(struct device *dev,
						 phys_addr_t phys)
{
	return cc_mkdec(phys);
}

static inline phys_addr_t dma_to_phys(struct device *dev, dma_addr_t addr)
{
	return dma_addr_canonical(addr);
}

static inline bool dma_capable(struct device *dev, dma_addr_t addr, size_t size,
			       bool is_ram)
{
	if (addr == DMA_MAPPING_ERROR)
		return false;
	if (dev->bus_dma_limit && addr + size - 1 > dev->bus_dma_limit)
		return false;
	return addr + size - 1 <= *dev->dma_mask;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A private header of a DMA core. */
dma_addr_t dma_direct_map_phys(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs);
int dma_direct_map_sg(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs);

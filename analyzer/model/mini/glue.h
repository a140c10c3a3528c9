/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* What operations on DMA need and the mini-kernel does in its own way. */
#ifndef MODEL_MINI_GLUE_H
#define MODEL_MINI_GLUE_H

#include <linux/set_memory.h>

#include "dma_operations.h"
#include "mini.h"

/* Its scatterlists are arrays; there are no chains to be set up. */
static inline void glue_init_list(struct scatterlist *list,
                                  const struct kernel_operation *op) {
  unsigned int i;

  for (i = 0; i < op->segment_count; i++)
    sg_init_one(&list[i], op->segments[i].address, op->segments[i].size);
}

static inline void glue_unmap_resource(struct device *dev, dma_addr_t addr,
                                       size_t size, enum dma_data_direction dir,
                                       unsigned long attrs) {
#ifdef DMA_ATTR_MMIO
  dma_unmap_phys(dev, addr, size, dir, attrs | DMA_ATTR_MMIO);
#endif
}

#endif

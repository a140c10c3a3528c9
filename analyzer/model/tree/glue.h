/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* What operations on DMA need and a tree under test does in its own way. */
#ifndef MODEL_TREE_GLUE_H
#define MODEL_TREE_GLUE_H

#include <linux/set_memory.h>

#include "dma_operations.h"
#include "tree.h"

static inline void glue_init_list(struct scatterlist *list,
                                  const struct kernel_operation *op) {
  unsigned int i;

  sg_init_table(list, op->segment_count);
  for (i = 0; i < op->segment_count; i++)
    sg_set_buf(&list[i], op->segments[i].address, op->segments[i].size);
}

static inline void glue_unmap_resource(struct device *dev, dma_addr_t addr,
                                       size_t size, enum dma_data_direction dir,
                                       unsigned long attrs) {
  dma_unmap_resource(dev, addr, size, dir, attrs);
}

#endif

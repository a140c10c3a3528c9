/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Between the operations that all kernels have and a kernel's own glue. */
#ifndef MODEL_GLUE_DMA_OPERATIONS_H
#define MODEL_GLUE_DMA_OPERATIONS_H

struct device;
struct kernel_operation;

/* The kernel's values of attributes of KernelInterface.h; *missing if it lacks
 * one. */
unsigned long glue_attributes(unsigned int wanted, bool *missing);

/* Maps, unmaps, syncs and coherent memory: 0, a negative error, or
 * KERNEL_NO_SUCH_OPERATION. */
int glue_dma_operation(struct device *dev, struct kernel_operation *op);
/* Conversions and frees of a scenario's own buffers. */
int glue_memory_operation(struct kernel_operation *op);

/* Of the kernel's glue: takes all slots of the device's bounce buffer (false:
 * it cannot), and gives them back. Whether more can be had then is up to the
 * kernel, and to model_pool_growth_fails(). */
bool glue_fill_pool(const struct device *dev);
void glue_empty_pool(const struct device *dev);

#endif

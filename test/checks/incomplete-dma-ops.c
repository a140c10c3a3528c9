// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception
// RUN: %tidycoco-incomplete-dma-ops %s -- > %t && %FileCheck %s --input-file=%t --implicit-check-not=warning:
#include <kernel.h>
#include "Inputs/core/direct.h"

void *alloc(struct device *dev, size_t size, dma_addr_t *handle, unsigned int gfp, unsigned long attrs);
void free(struct device *dev, size_t size, void *addr, dma_addr_t handle, unsigned long attrs);
dma_addr_t map_phys(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs);
void unmap_phys(struct device *dev, dma_addr_t addr, size_t size, int dir, unsigned long attrs);
int map_sg(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs);
void unmap_sg(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs);
void sync(struct device *dev, dma_addr_t addr, size_t size, int dir);

// CHECK: :[[@LINE+1]]:{{.*}}'no_lists_Bad' lack 'map_sg', 'unmap_sg': {{.*}}[coco-incomplete-dma-ops]
static const struct dma_map_ops no_lists_Bad = {
	.alloc = alloc, .free = free, .map_phys = map_phys, .unmap_phys = unmap_phys,
};

// CHECK: :[[@LINE+1]]:{{.*}}'half_Bad' lack 'unmap_phys', 'unmap_sg', 'alloc', 'free'
const struct dma_map_ops half_Bad = { .map_phys = map_phys, .map_sg = map_sg };

#define PAIRS .alloc = alloc, .free = free, .unmap_phys = unmap_phys, .map_sg = map_sg, .unmap_sg = unmap_sg

static const struct dma_map_ops full_Ok = { PAIRS, .map_phys = map_phys };

static dma_addr_t fall_back(struct device *dev, phys_addr_t phys, size_t size)
{
	return dma_direct_map_phys(dev, phys, size, 0, 0);
}

static dma_addr_t bouncing(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	return fall_back(dev, phys, size);
}

// CHECK: :[[@LINE+1]]:{{.*}}'bounces_Bad' may bounce, by 'dma_direct_map_phys', and lack 'sync_single_for_device'
static const struct dma_map_ops bounces_Bad = { PAIRS, .map_phys = bouncing, .sync_single_for_cpu = sync };

static const struct dma_map_ops bounces_Ok = {
	PAIRS, .map_phys = bouncing, .sync_single_for_cpu = sync, .sync_single_for_device = sync,
};

/* Operations for devices that must not do DMA. */
static int refuse(struct device *dev, u64 mask)
{
	return 0;
}
static const struct dma_map_ops refusing_Ok = { .map_phys = map_phys, .dma_supported = refuse };

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A device on no bus of interest, with a pool of its own for descriptors. */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/slab.h>

static u64 pld_mask = DMA_BIT_MASK(32);
static struct device pld_device = {
	.init_name = "pld",
	.dma_mask = &pld_mask,
	.coherent_dma_mask = DMA_BIT_MASK(32),
};

static int pld_selftest(struct device *dev)
{
	void *buf = kzalloc(256, GFP_KERNEL);
	dma_addr_t addr;

	if (!buf)
		return -ENOMEM;
	addr = dma_map_single(dev, buf, 256, DMA_BIDIRECTIONAL);	/* expect: shared-by-design|unreachable */
	if (!dma_mapping_error(dev, addr))
		dma_unmap_single(dev, addr, 256, DMA_BIDIRECTIONAL);
	kfree(buf);
	return 0;
}

static int __init pld_init(void)
{
	int ret = device_register(&pld_device);

	if (ret) {
		put_device(&pld_device);
		return ret;
	}
	return pld_selftest(&pld_device);
}
module_init(pld_init);

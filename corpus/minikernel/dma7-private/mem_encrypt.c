/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* As dma7/mem_encrypt.c, but a device can be trusted with private memory. */
#include <linux/dma-direct.h>
#include <linux/swiotlb.h>

static bool device_misses_encryption_bit(struct device *dev)
{
	u64 bit = cc_mkenc(0);

	/* A host that encrypts: only a device that cannot set the mark. */
	return bit && dev->coherent_dma_mask < bit;
}

bool force_dma_unencrypted(struct device *dev)
{
	if (dev && dev->dma_private)
		return false;
	if (cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT))
		return true;
	if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		return device_misses_encryption_bit(dev);
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Boot order of the DMA core: make the pool, then share it. */
#include <linux/cc_platform.h>
#include <linux/swiotlb.h>

void __init pci_iommu_alloc(void)
{
	swiotlb_init(true, SWIOTLB_VERBOSE);
}

void __init mem_encrypt_init(void)
{
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		swiotlb_update_mem_attributes();
}

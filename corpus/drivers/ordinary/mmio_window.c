/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A window of a PCI device is mapped for another one: such memory never bounces. */
#include <linux/module.h>
#include <linux/pci.h>

#define WIN_PHYS 0xfe000000ULL

static int win_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	dma_addr_t addr;

	addr = dma_map_resource(&pdev->dev, WIN_PHYS, PAGE_SIZE,	/* expect: any */
				DMA_BIDIRECTIONAL, 0);
	if (dma_mapping_error(&pdev->dev, addr))
		return -EIO;
	return pci_dma_run(pdev, addr, PAGE_SIZE);
}

static const struct pci_device_id win_ids[] = {
	{ 0x1af4, 0x2001 }, { },
};

static struct pci_driver win_drv = {
	.name = "win",
	.id_table = win_ids,
	.probe = win_probe,
};

static int __init win_init(void)
{
	return pci_register_driver(&win_drv);
}
module_init(win_init);

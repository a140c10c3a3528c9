/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The plain PCI bus: it notes whether a function was accepted, and does no more about it. */
#include <linux/slab.h>

#include "pci_add.h"

static void pci_release_dev(struct device *dev)
{
	kfree(to_pci_dev(dev));
}

void pci_device_found(u16 vendor, u16 device_id)
{
	struct pci_dev *pdev = kzalloc(sizeof(*pdev), GFP_KERNEL);

	if (!pdev)
		return;
	pdev->vendor = vendor;
	pdev->device_id = device_id;
	device_initialize(&pdev->dev);
	pdev->dev.bus = &pci_bus_type;
	pdev->dev.release = pci_release_dev;
	pdev->dev.dma_mask = &pdev->dma_mask;
	dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	pdev->tdisp_accepted = tsm_accept(pdev);
	if (device_add(&pdev->dev))
		put_device(&pdev->dev);
}

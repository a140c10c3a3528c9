/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A PCI disk. It has no channel: that its data bounces is how it works. */
#include <linux/minidisk.h>
#include <linux/pci.h>
#include <linux/slab.h>

struct pcd {
	struct pci_dev *pdev;
	struct disk disk;
};

static int pcd_queue(struct disk *d, struct disk_request *rq)
{
	struct pcd *pcd = d->private_data;
	struct device *dev = &pcd->pdev->dev;
	dma_addr_t addr;
	int ret;

	addr = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect(tdisp=bounces): coco-bounce leak */ /* expect(tdisp=private): private */ /* expect(tdisp=fails): fails-closed coco-fails-closed */ /* expect(tdisp=odd): any */ /* expect: shared-by-design|unreachable */
	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = pci_dma_run(pcd->pdev, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops pcd_ops = {
	.queue = pcd_queue,
};

static int pcd_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pcd *pcd = kzalloc(sizeof(*pcd), GFP_KERNEL);

	if (!pcd)
		return -ENOMEM;
	pcd->pdev = pdev;
	pci_set_drvdata(pdev, pcd);
	pcd->disk.ops = &pcd_ops;
	pcd->disk.dma_dev = &pdev->dev;
	pcd->disk.private_data = pcd;
	return disk_register(&pcd->disk);
}

static void pcd_remove(struct pci_dev *pdev)
{
	struct pcd *pcd = pci_get_drvdata(pdev);

	disk_unregister(&pcd->disk);
	kfree(pcd);
}

static const struct pci_device_id pcd_ids[] = {
	{ 0x1af4, 0x1037 }, { },
};

static struct pci_driver pcd_drv = {
	.name = "pcd",
	.id_table = pcd_ids,
	.probe = pcd_probe,
	.remove = pcd_remove,
};

static int __init pcd_init(void)
{
	return pci_register_driver(&pcd_drv);
}
module_init(pcd_init);

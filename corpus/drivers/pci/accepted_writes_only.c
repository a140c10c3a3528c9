/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* As accepted_guard.c, for writes only. */
#include <linux/minidisk.h>
#include <linux/pci.h>
#include <linux/slab.h>

struct acw {
	struct pci_dev *pdev;
	struct disk disk;
};

static int acw_queue(struct disk *d, struct disk_request *rq)
{
	struct acw *acw = d->private_data;
	struct device *dev = &acw->pdev->dev;
	dma_addr_t addr;
	int ret;

	if (acw->pdev->tdisp_accepted && rq->dir == DMA_TO_DEVICE)
		return -EOPNOTSUPP;
	addr = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect(tdisp=bounces): coco-bounce leak */ /* expect(tdisp=private): private */ /* expect(tdisp=fails): fails-closed coco-fails-closed */ /* expect(tdisp=odd): any */ /* expect: shared-by-design|unreachable */
	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = pci_dma_run(acw->pdev, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops acw_ops = {
	.queue = acw_queue,
};

static int acw_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct acw *acw = kzalloc(sizeof(*acw), GFP_KERNEL);

	if (!acw)
		return -ENOMEM;
	acw->pdev = pdev;
	pci_set_drvdata(pdev, acw);
	acw->disk.ops = &acw_ops;
	acw->disk.dma_dev = &pdev->dev;
	acw->disk.private_data = acw;
	return disk_register(&acw->disk);
}

static void acw_remove(struct pci_dev *pdev)
{
	struct acw *acw = pci_get_drvdata(pdev);

	disk_unregister(&acw->disk);
	kfree(acw);
}

static const struct pci_device_id acw_ids[] = {
	{ 0x1af4, 0x103b }, { },
};

static struct pci_driver acw_drv = {
	.name = "acw",
	.id_table = acw_ids,
	.probe = acw_probe,
	.remove = acw_remove,
};

static int __init acw_init(void)
{
	return pci_register_driver(&acw_drv);
}
module_init(acw_init);

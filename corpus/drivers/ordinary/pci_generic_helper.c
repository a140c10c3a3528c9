/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A PCI disk that uses the disk layer's helper, as VMBus drivers do. */
#include <linux/minidisk.h>
#include <linux/pci.h>
#include <linux/slab.h>

struct pgh {
	struct pci_dev *pdev;
	struct disk disk;
};

static int pgh_queue(struct disk *d, struct disk_request *rq)
{
	struct pgh *pgh = d->private_data;
	int ret;

	if (disk_map_request(d, rq))	/* expect(tdisp=bounces): coco-bounce leak */ /* expect(tdisp=private): private */ /* expect(tdisp=fails): fails-closed coco-fails-closed */ /* expect(tdisp=odd): any */ /* expect: shared-by-design|unreachable */
		return -EIO;
	ret = pci_dma_run(pgh->pdev, sg_dma_address(rq->sgt.sgl), rq->len);
	disk_unmap_request(d, rq);
	return ret;
}

static const struct disk_ops pgh_ops = {
	.queue = pgh_queue,
};

static int pgh_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pgh *pgh = kzalloc(sizeof(*pgh), GFP_KERNEL);

	if (!pgh)
		return -ENOMEM;
	pgh->pdev = pdev;
	pci_set_drvdata(pdev, pgh);
	pgh->disk.ops = &pgh_ops;
	pgh->disk.dma_dev = &pdev->dev;
	pgh->disk.private_data = pgh;
	return disk_register(&pgh->disk);
}

static void pgh_remove(struct pci_dev *pdev)
{
	struct pgh *pgh = pci_get_drvdata(pdev);

	disk_unregister(&pgh->disk);
	kfree(pgh);
}

static const struct pci_device_id pgh_ids[] = {
	{ 0x1af4, 0x103f }, { },
};

static struct pci_driver pgh_drv = {
	.name = "pgh",
	.id_table = pgh_ids,
	.probe = pgh_probe,
	.remove = pgh_remove,
};

static int __init pgh_init(void)
{
	return pci_register_driver(&pgh_drv);
}
module_init(pgh_init);

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The flag is kept in the driver's struct: by probe, when it is settled. */
#include <linux/minidisk.h>
#include <linux/pci.h>
#include <linux/slab.h>

struct acc {
	struct pci_dev *pdev;
	struct disk disk;
	bool trusted;
};

static int acc_queue(struct disk *d, struct disk_request *rq)
{
	struct acc *acc = d->private_data;
	struct device *dev = &acc->pdev->dev;
	dma_addr_t addr;
	int ret;

	addr = acc->trusted ? DMA_MAPPING_ERROR
			  : dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect(tdisp=bounces): private|shared-by-design (guard) */ /* expect(tdisp=fails): private|shared-by-design (guard) */ /* expect(tdisp=private): private|shared-by-design (guard) */ /* expect(tdisp=odd): any */ /* expect: shared-by-design|unreachable */
	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = pci_dma_run(acc->pdev, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops acc_ops = {
	.queue = acc_queue,
};

static int acc_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct acc *acc = kzalloc(sizeof(*acc), GFP_KERNEL);

	if (!acc)
		return -ENOMEM;
	acc->pdev = pdev;
	pci_set_drvdata(pdev, acc);
	acc->trusted = pdev->tdisp_accepted;
	acc->disk.ops = &acc_ops;
	acc->disk.dma_dev = &pdev->dev;
	acc->disk.private_data = acc;
	return disk_register(&acc->disk);
}

static void acc_remove(struct pci_dev *pdev)
{
	struct acc *acc = pci_get_drvdata(pdev);

	disk_unregister(&acc->disk);
	kfree(acc);
}

static const struct pci_device_id acc_ids[] = {
	{ 0x1af4, 0x1027 }, { },
};

static struct pci_driver acc_drv = {
	.name = "acc",
	.id_table = acc_ids,
	.probe = acc_probe,
	.remove = acc_remove,
};

static int __init acc_init(void)
{
	return pci_register_driver(&acc_drv);
}
module_init(acc_init);

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A function that the guest accepted may read private memory. The driver refuses to bounce for
 * it.
 */
#include <linux/minidisk.h>
#include <linux/pci.h>
#include <linux/slab.h>

struct acg {
	struct pci_dev *pdev;
	struct disk disk;
};

static int acg_queue(struct disk *d, struct disk_request *rq)
{
	struct acg *acg = d->private_data;
	struct device *dev = &acg->pdev->dev;
	dma_addr_t addr;
	int ret;

	if (acg->pdev->tdisp_accepted)
		return -EOPNOTSUPP;
	addr = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect(tdisp=bounces): private|shared-by-design (guard) */ /* expect(tdisp=fails): private|shared-by-design (guard) */ /* expect(tdisp=private): private|shared-by-design (guard) */ /* expect(tdisp=odd): any */ /* expect: shared-by-design|unreachable */
	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = pci_dma_run(acg->pdev, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static const struct disk_ops acg_ops = {
	.queue = acg_queue,
};

static int acg_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct acg *acg = kzalloc(sizeof(*acg), GFP_KERNEL);

	if (!acg)
		return -ENOMEM;
	acg->pdev = pdev;
	pci_set_drvdata(pdev, acg);
	acg->disk.ops = &acg_ops;
	acg->disk.dma_dev = &pdev->dev;
	acg->disk.private_data = acg;
	return disk_register(&acg->disk);
}

static void acg_remove(struct pci_dev *pdev)
{
	struct acg *acg = pci_get_drvdata(pdev);

	disk_unregister(&acg->disk);
	kfree(acg);
}

static const struct pci_device_id acg_ids[] = {
	{ 0x1af4, 0x102b }, { },
};

static struct pci_driver acg_drv = {
	.name = "acg",
	.id_table = acg_ids,
	.probe = acg_probe,
	.remove = acg_remove,
};

static int __init acg_init(void)
{
	return pci_register_driver(&acg_drv);
}
module_init(acg_init);

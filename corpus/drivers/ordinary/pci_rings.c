/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A PCI device with descriptors and data in coherent memory. */
#include <linux/minidisk.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

struct pcr {
	struct pci_dev *pdev;
	struct disk disk;
	void *ring;
	dma_addr_t dma;
};

static int pcr_queue(struct disk *d, struct disk_request *rq)
{
	struct pcr *pcr = d->private_data;

	if (rq->len > PAGE_SIZE)
		return -EINVAL;
	memcpy(pcr->ring, rq->buf, rq->len);	/* expect(tdisp=bounces): coco-copy-to-shared|coco-shared-buffer leak */ /* expect(tdisp=private): private */ /* expect(tdisp=fails): coco-copy-to-shared|coco-shared-buffer leak */ /* expect(tdisp=odd): any */ /* expect: shared-by-design|unreachable */
	return pci_dma_run(pcr->pdev, pcr->dma, rq->len);
}

static const struct disk_ops pcr_ops = {
	.queue = pcr_queue,
};

static int pcr_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct pcr *pcr = kzalloc(sizeof(*pcr), GFP_KERNEL);

	if (!pcr)
		return -ENOMEM;
	pcr->pdev = pdev;
	pci_set_drvdata(pdev, pcr);
	pcr->ring = dma_alloc_coherent(&pdev->dev, PAGE_SIZE, &pcr->dma, GFP_KERNEL);	/* expect: any */
	if (!pcr->ring) {
		kfree(pcr);
		return -ENOMEM;
	}
	pcr->disk.ops = &pcr_ops;
	pcr->disk.dma_dev = &pdev->dev;
	pcr->disk.private_data = pcr;
	return disk_register(&pcr->disk);
}

static void pcr_remove(struct pci_dev *pdev)
{
	struct pcr *pcr = pci_get_drvdata(pdev);

	disk_unregister(&pcr->disk);
	dma_free_coherent(&pdev->dev, PAGE_SIZE, pcr->ring, pcr->dma);	/* expect(late=pci): coco-decrypted-free leak */
	kfree(pcr);
}

static const struct pci_device_id pcr_ids[] = {
	{ 0x1af4, 0x1045 }, { },
};

static struct pci_driver pcr_drv = {
	.name = "pcr",
	.id_table = pcr_ids,
	.probe = pcr_probe,
	.remove = pcr_remove,
};

static int __init pcr_init(void)
{
	return pci_register_driver(&pcr_drv);
}
module_init(pcr_init);

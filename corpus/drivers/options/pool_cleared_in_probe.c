/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A driver takes the pool from its own device. It works on one core, ends all I/O on the other,
 * and is not a driver's business on either.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct pcp {
	struct hv_device *hv;
	struct disk disk;
};

static int pcp_run(struct pcp *pcp, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &pcp->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(pcp->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int pcp_queue(struct disk *d, struct disk_request *rq)
{
	struct pcp *pcp = d->private_data;
	struct device *dev = &pcp->hv->device;
	dma_addr_t addr;

	addr = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect(core=6): private */ /* expect(core=7): fails-closed coco-fails-closed */
	return pcp_run(pcp, rq, addr);
}

static const struct disk_ops pcp_ops = {
	.queue = pcp_queue,
};

static int pcp_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct pcp *pcp = kzalloc(sizeof(*pcp), GFP_KERNEL);
	int ret;

	if (!pcp)
		return -ENOMEM;
	pcp->hv = hv;
	hv_set_drvdata(hv, pcp);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, pcp);
	if (ret) {
		kfree(pcp);
		return ret;
	}
	if (hv->channel->co_external_memory)
		hv->device.dma_io_tlb_mem = NULL;	/* expect: coco-dma-internals */
	pcp->disk.ops = &pcp_ops;
	pcp->disk.dma_dev = &hv->device;
	pcp->disk.private_data = pcp;
	return disk_register(&pcp->disk);
}

static void pcp_remove(struct hv_device *hv)
{
	struct pcp *pcp = hv_get_drvdata(hv);

	disk_unregister(&pcp->disk);
	vmbus_close(hv->channel);
	kfree(pcp);
}

static const struct hv_vmbus_device_id pcp_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver pcp_drv = {
	.name = "pcp",
	.id_table = pcp_ids,
	.probe = pcp_probe,
	.remove = pcp_remove,
};

static int __init pcp_init(void)
{
	return vmbus_driver_register(&pcp_drv);
}
module_init(pcp_init);

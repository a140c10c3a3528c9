/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* As the other witnesses, with a scatterlist. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct wsg {
	struct hv_device *hv;
	struct disk disk;
};

static int wsg_queue(struct disk *d, struct disk_request *rq)
{
	struct wsg *wsg = d->private_data;
	struct device *dev = &wsg->hv->device;
	struct scatterlist *sg;
	int i, nr, ret = 0;

	nr = dma_map_sg(dev, rq->sgt.sgl, rq->sgt.orig_nents, rq->dir);	/* expect(streaming=leak): coco-bounce leak */ /* expect(streaming=private): private */ /* expect(streaming=fails): fails-closed coco-fails-closed */ /* expect(streaming=unmarked): shared-by-design|unreachable */ /* expect(streaming=undecided): any */
	if (!nr)
		return -EIO;
	for_each_sg(rq->sgt.sgl, sg, nr, i)
		ret |= vmbus_transfer(wsg->hv->channel, sg_dma_address(sg),
				      sg_dma_len(sg));
	dma_unmap_sg(dev, rq->sgt.sgl, rq->sgt.orig_nents, rq->dir);
	return ret ? -EIO : 0;
}

static const struct disk_ops wsg_ops = {
	.queue = wsg_queue,
};

static int wsg_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct wsg *wsg = kzalloc(sizeof(*wsg), GFP_KERNEL);
	int ret;

	if (!wsg)
		return -ENOMEM;
	wsg->hv = hv;
	hv_set_drvdata(hv, wsg);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, wsg);
	if (ret) {
		kfree(wsg);
		return ret;
	}
	wsg->disk.ops = &wsg_ops;
	wsg->disk.dma_dev = &hv->device;
	wsg->disk.private_data = wsg;
	return disk_register(&wsg->disk);
}

static void wsg_remove(struct hv_device *hv)
{
	struct wsg *wsg = hv_get_drvdata(hv);

	disk_unregister(&wsg->disk);
	vmbus_close(hv->channel);
	kfree(wsg);
}

static const struct hv_vmbus_device_id wsg_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver wsg_drv = {
	.name = "wsg",
	.id_table = wsg_ids,
	.probe = wsg_probe,
	.remove = wsg_remove,
};

static int __init wsg_init(void)
{
	return vmbus_driver_register(&wsg_drv);
}
module_init(wsg_init);

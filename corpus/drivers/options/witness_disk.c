/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Maps and knows nothing of confidential channels: what the bus does for it decides. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct wdk {
	struct hv_device *hv;
	struct disk disk;
};

static int wdk_run(struct wdk *wdk, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &wdk->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(wdk->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int wdk_queue(struct disk *d, struct disk_request *rq)
{
	struct wdk *wdk = d->private_data;
	struct device *dev = &wdk->hv->device;
	dma_addr_t addr;

	addr = dma_map_single(dev, rq->buf, rq->len, rq->dir);	/* expect(streaming=leak): coco-bounce leak */ /* expect(streaming=private): private */ /* expect(streaming=fails): fails-closed coco-fails-closed */ /* expect(streaming=unmarked): shared-by-design|unreachable */ /* expect(streaming=undecided): any */
	return wdk_run(wdk, rq, addr);
}

static const struct disk_ops wdk_ops = {
	.queue = wdk_queue,
};

static int wdk_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct wdk *wdk = kzalloc(sizeof(*wdk), GFP_KERNEL);
	int ret;

	if (!wdk)
		return -ENOMEM;
	wdk->hv = hv;
	hv_set_drvdata(hv, wdk);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, wdk);
	if (ret) {
		kfree(wdk);
		return ret;
	}
	wdk->disk.ops = &wdk_ops;
	wdk->disk.dma_dev = &hv->device;
	wdk->disk.private_data = wdk;
	return disk_register(&wdk->disk);
}

static void wdk_remove(struct hv_device *hv)
{
	struct wdk *wdk = hv_get_drvdata(hv);

	disk_unregister(&wdk->disk);
	vmbus_close(hv->channel);
	kfree(wdk);
}

static const struct hv_vmbus_device_id wdk_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver wdk_drv = {
	.name = "wdk",
	.id_table = wdk_ids,
	.probe = wdk_probe,
	.remove = wdk_remove,
};

static int __init wdk_init(void)
{
	return vmbus_driver_register(&wdk_drv);
}
module_init(wdk_init);

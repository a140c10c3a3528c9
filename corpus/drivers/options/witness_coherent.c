/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* As the other witnesses, with coherent memory to which data is copied. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct wco {
	struct hv_device *hv;
	struct disk disk;
	void *window;
	dma_addr_t dma;
};

static int wco_queue(struct disk *d, struct disk_request *rq)
{
	struct wco *wco = d->private_data;

	if (rq->len > PAGE_SIZE)
		return -EINVAL;
	memcpy(wco->window, rq->buf, rq->len);	/* expect(coherent=leak): coco-copy-to-shared|coco-shared-buffer leak */ /* expect(coherent=private): private */ /* expect(coherent=unmarked): shared-by-design|unreachable */ /* expect(coherent=undecided): any */
	return vmbus_transfer(wco->hv->channel, wco->dma, rq->len);
}

static const struct disk_ops wco_ops = {
	.queue = wco_queue,
};

static int wco_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct wco *wco = kzalloc(sizeof(*wco), GFP_KERNEL);
	int ret;

	if (!wco)
		return -ENOMEM;
	wco->hv = hv;
	hv_set_drvdata(hv, wco);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, wco);
	if (ret) {
		kfree(wco);
		return ret;
	}
	wco->window = dma_alloc_coherent(&hv->device, PAGE_SIZE, &wco->dma,	/* expect: any */
					 GFP_KERNEL);
	if (!wco->window) {
		vmbus_close(hv->channel);
		kfree(wco);
		return -ENOMEM;
	}
	wco->disk.ops = &wco_ops;
	wco->disk.dma_dev = &hv->device;
	wco->disk.private_data = wco;
	return disk_register(&wco->disk);
}

static void wco_remove(struct hv_device *hv)
{
	struct wco *wco = hv_get_drvdata(hv);

	disk_unregister(&wco->disk);
	dma_free_coherent(&hv->device, PAGE_SIZE, wco->window, wco->dma);	/* expect(late=vmbus): coco-decrypted-free leak */
	vmbus_close(hv->channel);
	kfree(wco);
}

static const struct hv_vmbus_device_id wco_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver wco_drv = {
	.name = "wco",
	.id_table = wco_ids,
	.probe = wco_probe,
	.remove = wco_remove,
};

static int __init wco_init(void)
{
	return vmbus_driver_register(&wco_drv);
}
module_init(wco_init);

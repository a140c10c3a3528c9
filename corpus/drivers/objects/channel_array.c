/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Several channels in an array: entry 0 is the primary, the others are not the device's. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#define ARR_MAX 4

struct arr {
	struct hv_device *hv;
	struct disk disk;
	struct vmbus_channel *chan[ARR_MAX];
	unsigned int nr;
};

static int arr_run(struct arr *arr, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &arr->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(arr->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static void arr_new_sub(struct vmbus_channel *sub)
{
	struct arr *arr = hv_get_drvdata(sub->primary_channel->device_obj);

	if (arr->nr < ARR_MAX && !vmbus_open(sub, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, arr))
		arr->chan[arr->nr++] = sub;
}

static int arr_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct arr *arr = d->private_data;
	struct vmbus_channel *ch = arr->chan[rq->len / PAGE_SIZE % arr->nr];

	if (ch->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return arr_run(arr, rq,
		       dma_map_single(&arr->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int arr_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct arr *arr = d->private_data;
	struct vmbus_channel *ch = arr->chan[rq->len / PAGE_SIZE % arr->nr];

	if (arr->chan[0]->co_external_memory)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return arr_run(arr, rq,
		       dma_map_single(&arr->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops arr_ops = {
	.queue = arr_queue_Bad,
	.queue_urgent = arr_queue_Ok,
};

static int arr_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct arr *arr = kzalloc(sizeof(*arr), GFP_KERNEL);
	int ret;

	if (!arr)
		return -ENOMEM;
	arr->hv = hv;
	hv_set_drvdata(hv, arr);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, arr);
	if (ret) {
		kfree(arr);
		return ret;
	}
	arr->chan[0] = hv->channel;
	arr->nr = 1;
	vmbus_set_sc_create_callback(hv->channel, arr_new_sub);
	arr->disk.ops = &arr_ops;
	arr->disk.dma_dev = &hv->device;
	arr->disk.private_data = arr;
	return disk_register(&arr->disk);
}

static void arr_remove(struct hv_device *hv)
{
	struct arr *arr = hv_get_drvdata(hv);

	disk_unregister(&arr->disk);
	while (arr->nr > 1)
		vmbus_close(arr->chan[--arr->nr]);
	vmbus_close(hv->channel);
	kfree(arr);
}

static const struct hv_vmbus_device_id arr_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver arr_drv = {
	.name = "arr",
	.id_table = arr_ids,
	.probe = arr_probe,
	.remove = arr_remove,
};

static int __init arr_init(void)
{
	return vmbus_driver_register(&arr_drv);
}
module_init(arr_init);

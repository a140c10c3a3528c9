/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A driver counts the open channels of a device that are confidential, in a counter that everybody has, and bounces
 * nothing while there is one. An operation that takes one off leaves later requests to the bounce buffer.
 *
 * RUN: echo 'struct counter { int value; }; int other(struct counter *of) { return of->value; }' > %t.other.c
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DCHANGE=count_one_more %s %t.other.c
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/more.json
 * RUN: %json-check %t/more.json --findings 0 --site 'map private queue'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DCHANGE=count_one_less %s %t.other.c
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/less.json
 * RUN: %json-check %t/less.json --findings 1 --finding 'coco-bounce leak queue drivers/counter.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

/* Another module uses it, too. */
typedef struct counter {
	int value;
} counter_t;

static inline void count_one_more(counter_t *counter)
{
	counter->value++;
}

static inline void count_one_less(counter_t *counter)
{
	counter->value--;
}

static inline int count_of(const counter_t *counter)
{
	return counter->value;
}

struct box {
	struct hv_device *hv;
	struct disk disk;
	counter_t confidential;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (count_of(&box->confidential) > 0)
		return vmbus_transfer(box->hv->channel, virt_to_phys(rq->buf), rq->len);
	rq->dma = dma_map_single(d->dma_dev, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(d->dma_dev, rq->dma);
}

static int change(struct disk *d, unsigned int cmd, void *arg)
{
	struct box *box = d->private_data;

	CHANGE(&box->confidential);
	return 0;
}

static const struct disk_ops box_ops = {
	.queue = queue,
	.ioctl = change,
};

static int box_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	int ret;

	if (!box)
		return -ENOMEM;
	if (hv->channel->co_external_memory)
		count_one_more(&box->confidential);
	box->hv = hv;
	hv_set_drvdata(hv, box);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, box);
	if (ret) {
		kfree(box);
		return ret;
	}
	box->disk.ops = &box_ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id box_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver box_drv = {
	.name = "box",
	.id_table = box_ids,
	.probe = box_probe,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&box_drv);
}
module_init(box_init);

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A constant table says which mode bounces; one of the two has the wrong entry. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

static const struct {
	bool bounce;
	bool bounce_bad;
} tab_modes[2] = {
	{ .bounce = true, .bounce_bad = true },
	{ .bounce = false, .bounce_bad = true },
};

struct tab {
	struct hv_device *hv;
	struct disk disk;
};

static int tab_run(struct tab *tab, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &tab->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(tab->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int tab_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct tab *tab = d->private_data;
	struct vmbus_channel *ch = tab->hv->channel;

	if (!tab_modes[ch->co_external_memory].bounce_bad)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return tab_run(tab, rq,
		       dma_map_single(&tab->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int tab_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct tab *tab = d->private_data;
	struct vmbus_channel *ch = tab->hv->channel;

	if (!tab_modes[ch->co_external_memory].bounce)
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return tab_run(tab, rq,
		       dma_map_single(&tab->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops tab_ops = {
	.queue = tab_queue_Bad,
	.queue_urgent = tab_queue_Ok,
};

static int tab_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct tab *tab = kzalloc(sizeof(*tab), GFP_KERNEL);
	int ret;

	if (!tab)
		return -ENOMEM;
	tab->hv = hv;
	hv_set_drvdata(hv, tab);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, tab);
	if (ret) {
		kfree(tab);
		return ret;
	}
	tab->disk.ops = &tab_ops;
	tab->disk.dma_dev = &hv->device;
	tab->disk.private_data = tab;
	return disk_register(&tab->disk);
}

static void tab_remove(struct hv_device *hv)
{
	struct tab *tab = hv_get_drvdata(hv);

	disk_unregister(&tab->disk);
	vmbus_close(hv->channel);
	kfree(tab);
}

static const struct hv_vmbus_device_id tab_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver tab_drv = {
	.name = "tab",
	.id_table = tab_ids,
	.probe = tab_probe,
	.remove = tab_remove,
};

static int __init tab_init(void)
{
	return vmbus_driver_register(&tab_drv);
}
module_init(tab_init);

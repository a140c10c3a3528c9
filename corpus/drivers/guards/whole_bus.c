/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A guard on the whole bus: also more than it must. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct bus {
	struct hv_device *hv;
	struct disk disk;
};

static int bus_run(struct bus *bus, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &bus->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(bus->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int bus_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct bus *bus = d->private_data;
	struct vmbus_channel *ch = bus->hv->channel;

	if (!vmbus_is_confidential())
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return bus_run(bus, rq,
		       dma_map_single(&bus->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int bus_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct bus *bus = d->private_data;
	struct vmbus_channel *ch = bus->hv->channel;

	if (vmbus_is_confidential())
		return vmbus_transfer(ch, virt_to_phys(rq->buf), rq->len);
	return bus_run(bus, rq,
		       dma_map_single(&bus->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops bus_ops = {
	.queue = bus_queue_Bad,
	.queue_urgent = bus_queue_Ok,
};

static int bus_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);
	int ret;

	if (!bus)
		return -ENOMEM;
	bus->hv = hv;
	hv_set_drvdata(hv, bus);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, bus);
	if (ret) {
		kfree(bus);
		return ret;
	}
	bus->disk.ops = &bus_ops;
	bus->disk.dma_dev = &hv->device;
	bus->disk.private_data = bus;
	return disk_register(&bus->disk);
}

static void bus_remove(struct hv_device *hv)
{
	struct bus *bus = hv_get_drvdata(hv);

	disk_unregister(&bus->disk);
	vmbus_close(hv->channel);
	kfree(bus);
}

static const struct hv_vmbus_device_id bus_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver bus_drv = {
	.name = "bus",
	.id_table = bus_ids,
	.probe = bus_probe,
	.remove = bus_remove,
};

static int __init bus_init(void)
{
	return vmbus_driver_register(&bus_drv);
}
module_init(bus_init);

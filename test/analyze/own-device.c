/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The probe registers another device, and the driver has an attribute that is called for a device: it may well be the
 * driver's own, which is confidential.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/leak.json
 * RUN: %json-check %t/leak.json --findings 1 --finding 'coco-bounce leak area_store drivers/own-device.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DGUARDED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/safe.json
 * RUN: %json-check %t/safe.json --findings 0
 */
#include <linux/hyperv.h>

struct shown {
	struct device dev;
};

struct attribute {
	long (*store)(struct device *dev, const char *text, unsigned long size);
};

struct box {
	struct hv_device *hv;
	struct shown shown;
};

/* Declared only. */
int class_device_add(struct device *dev);
int attributes_add(const struct attribute *attribute);

static long area_store(struct device *dev, const char *text, unsigned long size)
{
	struct box *box = dev_get_drvdata(dev);

#ifdef GUARDED
	if (box->hv->channel->co_external_memory)
		return -EOPNOTSUPP;
#endif
	dma_map_single(dev, box, 64, DMA_TO_DEVICE);
	return size;
}

static const struct attribute area = { .store = area_store };

static int box_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	int ret;

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	ret = class_device_add(&box->shown.dev);
	return ret ? ret : attributes_add(&area);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = { .name = "box", .id_table = ids, .probe = box_probe };

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);

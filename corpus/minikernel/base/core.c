/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The driver core, down to device_add(), which is below the floor. */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/swiotlb.h>

void device_initialize(struct device *dev)
{
	dev->refcount = 1;
	swiotlb_dev_init(dev);
}

int device_register(struct device *dev)
{
	device_initialize(dev);
	return device_add(dev);
}

void device_unregister(struct device *dev)
{
	device_del(dev);
	put_device(dev);
}

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A bus sets a flag of its device before it registers it, and the DMA core honours the flag. Where the code of the driver
 * core is there, what that does before it looks for a driver counts as well: one that takes the flag from the parent loses
 * what the bus said. What it does on the way of a failure does not count, and neither does what a helper does for others.
 *
 * RUN: rm -rf %t && %tree %t --tree private-flag-7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/kept.json
 * RUN: %json-check %t/kept.json --findings 0 --site 'map private drivers/options/witness_disk.c'
 * RUN: rm -rf %t && %tree %t --tree private-flag-7 --flag=-DINHERITS %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/lost.json
 * RUN: %json-check %t/lost.json --finding 'coco-bounce leak drivers/options/witness_disk.c' --finding 'coco-bounce leak drivers/options/witness_net.c'
 *
 * The pool that a device is initialized with does not matter to this core.
 * RUN: rm -rf %t && %tree %t --tree private-flag-7 --flag=-DPOOL %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/pool.json
 * RUN: %json-check %t/pool.json --findings 0
 *
 * Where the bus takes the pool away in time, a core that gives it back when a device is added undoes that.
 * RUN: rm -rf %t && %tree %t --tree null-add-7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/taken.json
 * RUN: %json-check %t/taken.json --no-finding 'coco-bounce leak drivers/options/witness_disk.c'
 * RUN: rm -rf %t && %tree %t --tree null-add-7 --flag=-DPOOL %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/back.json
 * RUN: %json-check %t/back.json --finding 'coco-bounce leak drivers/options/witness_disk.c'
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/swiotlb.h>

/* Declared only. */
void bus_probe_device(struct device *dev);
struct device *kobject_get(struct device *dev);
int kobject_add(struct device *dev);

int device_add(struct device *dev)
{
	int ret;

	dev = kobject_get(dev);
	ret = kobject_add(dev);
	if (ret)
		goto failed;
#ifdef INHERITS
	dev->dma_private = dev->parent && dev->parent->dma_private;
#endif
#ifdef POOL
	swiotlb_dev_init(dev);
#endif
	bus_probe_device(dev);
	return 0;
failed:
	dev->dma_private = 0;
	return ret;
}

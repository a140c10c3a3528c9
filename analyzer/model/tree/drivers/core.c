/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The driver core and the sending half of VMBus, for drivers of a tree: the
 * tree's own vmbus_device_register() calls what is here.
 */
#include <linux/device.h>
#include <linux/hyperv.h>
#include <linux/string.h>

#include "drivers.h"

/* In a header of the bus' own. */
int vmbus_device_register(struct hv_device *hv);

int tree_transfer_error;

/* What only a running system would fill: current and its CPU's run queue. */
u8 tree_run_queue[65536] TREE_SYMBOL(runqueues);

int tree_register(unsigned int number, struct hv_device *hv)
{
	return vmbus_device_register(hv);
}

/* --- the driver core ---------------------------------------------------------- */

void tree_device_initialize(struct device *dev) TREE_SYMBOL(device_initialize);
void tree_device_initialize(struct device *dev)
{
	tree_set_pool(dev);
}

/* In the order of really_probe(): configuration by the bus, then the driver. */
int tree_device_add(struct device *dev) TREE_SYMBOL(device_add);
int tree_device_add(struct device *dev)
{
	int ret = 0;

	if (dev->bus && dev->bus->dma_configure)
		ret = dev->bus->dma_configure(dev);
	return ret ? ret : tree_added(dev);
}

int tree_device_register(struct device *dev) TREE_SYMBOL(device_register);
int tree_device_register(struct device *dev)
{
	tree_device_initialize(dev);
	return tree_device_add(dev);
}

int tree_set_name(struct device *dev, const char *format)
	TREE_SYMBOL(dev_set_name);
int tree_set_name(struct device *dev, const char *format)
{
	return 0;
}

/* Nobody looks into sysfs. */
static struct kset set;

struct kset *tree_kset(void) TREE_SYMBOL(kset_create_and_add);
struct kset *tree_kset(void)
{
	return &set;
}

#define TREE_DONE(name)                                                        \
	int tree_done_##name(void) TREE_SYMBOL(name);                          \
	int tree_done_##name(void)                                             \
	{                                                                      \
		return 0;                                                      \
	}

TREE_DONE(kobject_init_and_add)
TREE_DONE(sysfs_create_group)
TREE_DONE(kobject_uevent)
TREE_DONE(hv_debug_add_dev_dir)
TREE_DONE(device_get_dma_attr)
TREE_DONE(hv_setup_dma_ops)

/* --- sending -------------------------------------------------------------------- */

static unsigned int number_of(struct vmbus_channel *channel)
{
	return tree_number(&channel->device_obj->device);
}

/* The device works through the pages of the packet. */
int tree_send_pages(struct vmbus_channel *channel,
		    struct vmbus_packet_mpb_array *desc)
	TREE_SYMBOL(vmbus_sendpacket_mpb_desc);
int tree_send_pages(struct vmbus_channel *channel,
		    struct vmbus_packet_mpb_array *desc)
{
	unsigned long left = desc->range.len, at = desc->range.offset;
	unsigned int i;

	tree_transfer_error = 0;
	for (i = 0; left; i++) {
		unsigned long size = min(left, HV_HYP_PAGE_SIZE - at);
		int error = model_device_run(number_of(channel),
					     (desc->range.pfn_array[i]
					      << HV_HYP_PAGE_SHIFT) + at,
					     size);

		if (error)
			tree_transfer_error = error;
		left -= size;
		at = 0;
	}
	return 0;
}

int tree_request(struct kernel_operation *op)
{
	const char *name = model_driver_of(op->device);

	if (!strcmp(name, tree_storvsc.name))
		return tree_storvsc.request(op->device, op);
	return KERNEL_NO_SUCH_OPERATION;
}

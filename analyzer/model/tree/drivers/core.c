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

/* What only a running system would fill: run queue and backlog of its CPU. */
u8 tree_run_queue[65536] TREE_SYMBOL(runqueues);
u8 tree_net_queue[65536] TREE_SYMBOL(softnet_data);

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

/* In the order of really_probe(): configuration by the bus, then the driver. A
 * device without a driver is a device. */
int tree_device_add(struct device *dev) TREE_SYMBOL(device_add);
int tree_device_add(struct device *dev)
{
	if (!dev->bus || !dev->bus->dma_configure || !dev->bus->dma_configure(dev))
		tree_added(dev);
	return 0;
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
TREE_DONE(netif_tx_wake_queue)
TREE_DONE(netdev_err)

/* --- sending -------------------------------------------------------------------- */

static unsigned int number_of(struct vmbus_channel *channel)
{
	return tree_number(&channel->device_obj->device);
}

/* The device works through a piece of memory that it was told of. */
static void transfer(struct vmbus_channel *channel, u64 pfn, u32 offset,
		     u32 size)
{
	int error = model_device_run(number_of(channel),
				     (pfn << HV_HYP_PAGE_SHIFT) + offset, size);

	if (error)
		tree_transfer_error = error;
}

/* Ranges lie one behind the other, each with as many pages as it touches. */
int tree_send_pages(struct vmbus_channel *channel,
		    struct vmbus_packet_mpb_array *desc)
	TREE_SYMBOL(vmbus_sendpacket_mpb_desc);
int tree_send_pages(struct vmbus_channel *channel,
		    struct vmbus_packet_mpb_array *desc)
{
	struct hv_mpb_array *range = &desc->range;
	u32 i, page;

	tree_transfer_error = 0;
	for (i = 0; i < desc->rangecount; i++) {
		u32 left = range->len, at = range->offset;

		for (page = 0; left; page++) {
			u32 size = min_t(u32, left, HV_HYP_PAGE_SIZE - at);

			transfer(channel, range->pfn_array[page], at, size);
			left -= size;
			at = 0;
		}
		range = (struct hv_mpb_array *)&range->pfn_array[page];
	}
	return 0;
}

/* Older trees: a page each. */
int tree_send_page_buffers(struct vmbus_channel *channel,
			   struct hv_page_buffer *pages, u32 count)
	TREE_SYMBOL(vmbus_sendpacket_pagebuffer);
int tree_send_page_buffers(struct vmbus_channel *channel,
			   struct hv_page_buffer *pages, u32 count)
{
	u32 i;

	tree_transfer_error = 0;
	for (i = 0; i < count; i++)
		transfer(channel, pages[i].pfn, pages[i].offset, pages[i].len);
	return 0;
}

/* Hyper-V tells all confidential guests so, with a paravisor or without. */
bool tree_is_isolated(void) TREE_SYMBOL(hv_is_isolation_supported);
bool tree_is_isolated(void)
{
	return model_is_guest();
}

const struct tree_driver *tree_driver_of(unsigned int number)
{
	const char *name = model_driver_of(number);

	if (!strcmp(name, tree_storvsc.name))
		return &tree_storvsc;
	return strcmp(name, tree_netvsc.name) ? NULL : &tree_netvsc;
}

int tree_add_channel(unsigned int number, unsigned int index)
{
	const struct tree_driver *driver = tree_driver_of(number);

	return driver ? driver->add_channel(number, index) : 0;
}

int tree_request(struct kernel_operation *op)
{
	const struct tree_driver *driver = tree_driver_of(op->device);

	return driver ? driver->request(op->device, op) :
			KERNEL_NO_SUCH_OPERATION;
}

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The bus: matching, probing, drivers. How a device is registered is in register.c. */
#include "hyperv_vmbus.h"

#define CHANNELMSG_OFFERCHANNEL 1
#define CHANNELMSG_RESCIND_CHANNELOFFER 2

static bool is_confidential;

bool vmbus_is_confidential(void)
{
	return is_confidential;
}

static const struct hv_vmbus_device_id *
hv_vmbus_get_id(const struct hv_driver *drv, const struct hv_device *dev)
{
	static const guid_t null_guid;
	const struct hv_vmbus_device_id *id = drv->id_table;

	for (; id && !guid_equal(&id->guid, &null_guid); id++)
		if (guid_equal(&id->guid, &dev->dev_type))
			return id;
	return NULL;
}

static int vmbus_match(struct device *dev, const struct device_driver *drv)
{
	return hv_vmbus_get_id(drv_to_hv_drv(drv), device_to_hv_device(dev)) !=
	       NULL;
}

static int vmbus_probe(struct device *child_device)
{
	struct hv_device *dev = device_to_hv_device(child_device);
	struct hv_driver *drv = drv_to_hv_drv(child_device->driver);

	if (!drv->probe)
		return -ENODEV;
	return drv->probe(dev, hv_vmbus_get_id(drv, dev));
}

static void vmbus_remove(struct device *child_device)
{
	struct hv_driver *drv;

	if (!child_device->driver)
		return;
	drv = drv_to_hv_drv(child_device->driver);
	if (drv->remove)
		drv->remove(device_to_hv_device(child_device));
}

const struct bus_type hv_bus = {
	.name = "vmbus",
	.match = vmbus_match,
	.probe = vmbus_probe,
	.remove = vmbus_remove,
	.dma_configure = vmbus_dma_configure,
};

int __vmbus_driver_register(struct hv_driver *drv, struct module *owner,
			    const char *mod_name)
{
	drv->driver.name = drv->name;
	drv->driver.owner = owner;
	drv->driver.mod_name = mod_name;
	drv->driver.bus = &hv_bus;
	return driver_register(&drv->driver);
}

void vmbus_driver_unregister(struct hv_driver *drv)
{
	driver_unregister(&drv->driver);
}

/* The host takes a channel back: nothing can be sent from here on. */
static void vmbus_onoffer_rescind(struct vmbus_channel_message_header *hdr)
{
	struct vmbus_channel_rescind_offer *msg = (void *)hdr;
	struct vmbus_channel *channel;

	list_for_each_entry(channel, &vmbus_connection.chn_list, listentry)
		if (channel->offermsg.child_relid == msg->child_relid)
			channel->rescind = true;
}

void vmbus_onmessage(void *context)
{
	struct vmbus_channel_message_header *hdr = context;

	if (hdr->msgtype == CHANNELMSG_OFFERCHANNEL)
		vmbus_onoffer(hdr);
	else if (hdr->msgtype == CHANNELMSG_RESCIND_CHANNELOFFER)
		vmbus_onoffer_rescind(hdr);
}

int __init vmbus_bus_init(void)
{
	int ret = bus_register(&hv_bus);

	if (ret)
		return ret;
	is_confidential = ms_hyperv.confidential_vmbus_available;
	if (is_confidential)
		pr_info("this VMBus is confidential\n");
	return vmbus_connect();
}

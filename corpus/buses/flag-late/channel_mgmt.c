/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The flags are stored after the work that registers the device was queued: it may have run. */
#include "hyperv_vmbus.h"

const struct vmbus_device vmbus_devs[] = {
	[HV_SCSI] = { .id = { HV_SCSI_GUID }, .allowed_in_isolated = true },
	[HV_NIC] = { .id = { HV_NIC_GUID }, .allowed_in_isolated = true },
	[HV_KBD] = { .id = { HV_KBD_GUID }, .allowed_in_isolated = false },
	[HV_ACCEL] = { .id = { HV_ACCEL_GUID }, .allowed_in_isolated = true },
	[HV_UNKNOWN] = { .allowed_in_isolated = false },
};

static u16 hv_get_dev_type(const guid_t *type)
{
	u16 i;

	for (i = HV_SCSI; i < HV_UNKNOWN; i++)
		if (guid_equal(type, &vmbus_devs[i].id.guid))
			break;
	return i;
}

static bool vmbus_is_valid_offer(const struct vmbus_channel_offer_channel *offer)
{
	u16 type = hv_get_dev_type(&offer->offer.if_type);

	return !hv_is_isolation_supported() ||
	       vmbus_devs[type].allowed_in_isolated;
}

static void vmbus_add_channel_work(struct work_struct *work)
{
	struct vmbus_channel *channel =
		container_of(work, struct vmbus_channel, add_channel_work);
	struct vmbus_channel *primary = channel->primary_channel;

	channel->state = CHANNEL_OPEN_STATE;
	if (primary) {
		channel->device_obj = primary->device_obj;
		if (primary->sc_creation_callback)
			primary->sc_creation_callback(channel);
		return;
	}

	channel->device_obj =
		vmbus_device_create(&channel->offermsg.offer.if_type,
				    &channel->offermsg.offer.if_instance,
				    channel);
	if (!channel->device_obj)
		return;
	if (vmbus_device_register(channel->device_obj))
		pr_err("cannot register the device of relid %u\n",
		       channel->offermsg.child_relid);
}

static struct vmbus_channel *
find_primary_channel(const struct vmbus_channel_offer_channel *offer)
{
	struct vmbus_channel *channel;

	list_for_each_entry(channel, &vmbus_connection.chn_list, listentry)
		if (guid_equal(&channel->offermsg.offer.if_type,
			       &offer->offer.if_type) &&
		    guid_equal(&channel->offermsg.offer.if_instance,
			       &offer->offer.if_instance))
			return channel;
	return NULL;
}

static void vmbus_process_offer(struct vmbus_channel *channel)
{
	struct workqueue_struct *wq = vmbus_connection.handle_primary_chan_wq;
	struct vmbus_channel *primary = find_primary_channel(&channel->offermsg);

	if (!primary) {
		list_add_tail(&channel->listentry, &vmbus_connection.chn_list);
	} else if (is_sub_channel(channel)) {
		channel->primary_channel = primary;
		list_add_tail(&channel->sc_list, &primary->sc_list);
		wq = vmbus_connection.handle_sub_chan_wq;
	} else {
		pr_err("a second primary channel, relid %u\n",
		       channel->offermsg.child_relid);
		kfree(channel);
		return;
	}
	INIT_WORK(&channel->add_channel_work, vmbus_add_channel_work);
	queue_work(wq, &channel->add_channel_work);
}

void vmbus_onoffer(struct vmbus_channel_message_header *hdr)
{
	struct vmbus_channel_offer_channel *offer =
		(struct vmbus_channel_offer_channel *)hdr;
	bool co_ring_buffer = is_co_ring_buffer(offer);
	bool co_external_memory = is_co_external_memory(offer);
	struct vmbus_channel *channel;

	if (!vmbus_is_valid_offer(offer)) {
		pr_err("offer %u is not allowed here\n", offer->child_relid);
		return;
	}
	if (co_external_memory && !co_ring_buffer) {
		pr_err("offer %u: private data, but not a private ring\n",
		       offer->child_relid);
		return;
	}
	if (co_ring_buffer && !vmbus_is_confidential()) {
		pr_err("offer %u: the bus is not confidential\n",
		       offer->child_relid);
		return;
	}

	channel = kzalloc(sizeof(*channel), GFP_KERNEL);
	if (!channel)
		return;
	INIT_LIST_HEAD(&channel->sc_list);
	memcpy(&channel->offermsg, offer, sizeof(*offer));
	vmbus_process_offer(channel);
	channel->co_ring_buffer = co_ring_buffer;	/* expect: any */
	channel->co_external_memory = co_external_memory;	/* expect: coco-ineffective-protection leak (path) */
}

void vmbus_set_sc_create_callback(struct vmbus_channel *primary,
				  void (*cb)(struct vmbus_channel *new_sc))
{
	primary->sc_creation_callback = cb;
}

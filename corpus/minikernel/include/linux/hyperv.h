/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* VMBus: channels that a host or a paravisor offers, and the devices behind them. */
#ifndef _LINUX_HYPERV_H
#define _LINUX_HYPERV_H

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mshyperv.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#define VMBUS_CHANNEL_NAMED_PIPE_MODE 0x0010
#define VMBUS_CHANNEL_CONFIDENTIAL_RING_BUFFER 0x0002
#define VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY 0x0004

#define VMBUS_RING (4 * PAGE_SIZE)	/* a ring of usual size */

struct hv_device;
struct vmbus_channel;

struct vmbus_channel_offer {
	guid_t if_type;
	guid_t if_instance;
	u16 chn_flags;
	u16 mmio_megabytes;
	u16 sub_channel_index;
} __packed;

struct vmbus_channel_message_header {
	u32 msgtype;
	u32 padding;
} __packed;

struct vmbus_channel_offer_channel {
	struct vmbus_channel_message_header header;
	struct vmbus_channel_offer offer;
	u32 child_relid;
	u32 connection_id;
} __packed;

struct vmbus_channel_rescind_offer {
	struct vmbus_channel_message_header header;
	u32 child_relid;
} __packed;

enum vmbus_channel_state {
	CHANNEL_OFFER_STATE,
	CHANNEL_OPENING_STATE,
	CHANNEL_OPEN_STATE,
	CHANNEL_OPENED_STATE,
};

enum hv_gpadl_type {
	HV_GPADL_BUFFER,
	HV_GPADL_RING,
	HV_GPADL_BUFFER_DECRYPTED,
};

struct vmbus_gpadl {
	u32 gpadl_handle;
	u32 size;
	void *buffer;
	bool decrypted;
};

struct hv_ring_buffer {
	u32 write_index;
	u32 read_index;
	u8 pad[PAGE_SIZE - 8];
	u8 buffer[];
};

struct hv_ring_buffer_info {
	struct hv_ring_buffer *ring_buffer;
	u32 ring_datasize;
};

struct vmbus_channel {
	struct list_head listentry;
	struct list_head sc_list;
	struct hv_device *device_obj;
	enum vmbus_channel_state state;
	struct vmbus_channel_offer_channel offermsg;
	bool rescind;
	struct vmbus_gpadl ringbuffer_gpadlhandle;
	struct page *ringbuffer_page;
	u32 ringbuffer_pagecount;
	u32 ringbuffer_send_offset;
	struct hv_ring_buffer_info outbound;
	struct hv_ring_buffer_info inbound;
	void (*onchannel_callback)(void *context);
	void *channel_callback_context;
	void (*sc_creation_callback)(struct vmbus_channel *new_sc);
	struct vmbus_channel *primary_channel;
	void *per_channel_state;
	struct work_struct add_channel_work;
	struct completion transfer_done;
	bool co_ring_buffer;
	bool co_external_memory;
};

struct hv_device {
	guid_t dev_type;
	guid_t dev_instance;
	u16 device_id;
	struct device device;
	struct vmbus_channel *channel;
	u64 dma_mask;
};

struct hv_vmbus_device_id {
	guid_t guid;
	unsigned long driver_data;
};

struct hv_driver {
	const char *name;
	const struct hv_vmbus_device_id *id_table;
	struct device_driver driver;
	int (*probe)(struct hv_device *dev, const struct hv_vmbus_device_id *id);
	void (*remove)(struct hv_device *dev);
	void (*shutdown)(struct hv_device *dev);
	int (*suspend)(struct hv_device *dev);
	int (*resume)(struct hv_device *dev);
};

#define device_to_hv_device(d) container_of(d, struct hv_device, device)
#define drv_to_hv_drv(d) container_of(d, struct hv_driver, driver)

static inline bool is_co_ring_buffer(const struct vmbus_channel_offer_channel *o)
{
	return !!(o->offer.chn_flags & VMBUS_CHANNEL_CONFIDENTIAL_RING_BUFFER);
}

static inline bool
is_co_external_memory(const struct vmbus_channel_offer_channel *o)
{
	return !!(o->offer.chn_flags &
		  VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY);
}

static inline bool is_sub_channel(const struct vmbus_channel *c)
{
	return c->offermsg.offer.sub_channel_index != 0;
}

static inline void hv_set_drvdata(struct hv_device *dev, void *data)
{
	dev_set_drvdata(&dev->device, data);
}

static inline void *hv_get_drvdata(struct hv_device *dev)
{
	return dev_get_drvdata(&dev->device);
}

/* Classes of devices. */
#define HV_SCSI_GUID .guid = { { 0x51, 0xc5 } }
#define HV_NIC_GUID .guid = { { 0x1e, 0x7c } }
#define HV_KBD_GUID .guid = { { 0x4b, 0xbd } }
#define HV_ACCEL_GUID .guid = { { 0xac, 0xce } }

int __vmbus_driver_register(struct hv_driver *drv, struct module *owner,
			    const char *mod_name);
void vmbus_driver_unregister(struct hv_driver *drv);
#define vmbus_driver_register(drv) \
	__vmbus_driver_register(drv, THIS_MODULE, KBUILD_MODNAME)

bool vmbus_is_confidential(void);
int vmbus_bus_init(void);
void vmbus_onoffer(struct vmbus_channel_message_header *hdr);
void vmbus_onmessage(void *context);
void vmbus_set_sc_create_callback(struct vmbus_channel *primary,
				  void (*cb)(struct vmbus_channel *new_sc));

int vmbus_alloc_ring(struct vmbus_channel *channel, u32 send, u32 recv);
void vmbus_free_ring(struct vmbus_channel *channel);
int vmbus_open(struct vmbus_channel *channel, u32 send_size, u32 recv_size,
	       void *userdata, u32 userdatalen,
	       void (*onchannel_callback)(void *context), void *context);
void vmbus_close(struct vmbus_channel *channel);
int vmbus_establish_gpadl(struct vmbus_channel *channel, void *kbuffer,
			  u32 size, struct vmbus_gpadl *gpadl);
int vmbus_establish_gpadl_caller_decrypted(struct vmbus_channel *channel,
					   void *kbuffer, u32 size,
					   struct vmbus_gpadl *gpadl);
int vmbus_teardown_gpadl(struct vmbus_channel *channel,
			 struct vmbus_gpadl *gpadl);
void *vmbus_alloc_buffer(struct vmbus_channel *channel, u32 size,
			 struct page ***chunks_out, u32 *chunk_cnt_out);
void vmbus_free_buffer(void *addr, struct page **chunks, u32 chunk_cnt);
int vmbus_sendpacket(struct vmbus_channel *channel, const void *buffer,
		     u32 len, u64 requestid);

/* Tells the other side where data is. Only the address goes through the ring. */
int vmbus_send_gpa(struct vmbus_channel *channel, u64 gpa, u32 len, u64 id);
/* The same, and waits until the other side is done with the data. */
int vmbus_transfer(struct vmbus_channel *channel, u64 gpa, u32 len);
/* Tells the other side that the data in a GPADL at this offset is ready. */
int vmbus_send_offset(struct vmbus_channel *channel,
		      const struct vmbus_gpadl *gpadl, u32 offset, u32 len);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Private to the bus. */
#ifndef _HYPERV_VMBUS_H
#define _HYPERV_VMBUS_H

#include <linux/hyperv.h>

enum vmbus_device_type {
	HV_SCSI,
	HV_NIC,
	HV_KBD,
	HV_ACCEL,
	HV_UNKNOWN,
};

struct vmbus_device {
	struct hv_vmbus_device_id id;
	bool allowed_in_isolated;
};

struct vmbus_connection {
	struct list_head chn_list;
	struct workqueue_struct *handle_primary_chan_wq;
	struct workqueue_struct *handle_sub_chan_wq;
	void *post_msg_page;
	u32 next_gpadl_handle;
};

extern struct vmbus_connection vmbus_connection;
extern const struct vmbus_device vmbus_devs[];
extern const struct bus_type hv_bus;

/* ring_buffer.c */
int hv_ringbuffer_init(struct hv_ring_buffer_info *info, struct page *pages,
		       u32 page_cnt, bool confidential);
void hv_ringbuffer_cleanup(struct hv_ring_buffer_info *info);
int hv_ringbuffer_write(struct vmbus_channel *channel, const void *data,
			u32 len);

/* gpadl.c */
#define CHANNELMSG_OPENCHANNEL 5
#define CHANNELMSG_GPADL_HEADER 8
#define CHANNELMSG_GPADL_TEARDOWN 11
int vmbus_post_gpadl(struct vmbus_channel *channel, u32 type, u32 handle,
		     const void *kbuffer, u32 size);
int __vmbus_establish_gpadl(struct vmbus_channel *channel,
			    enum hv_gpadl_type type, void *kbuffer, u32 size,
			    struct vmbus_gpadl *gpadl);

/* connection.c */
int vmbus_connect(void);
void vmbus_disconnect(void);
int vmbus_post_msg(const void *msg, u32 len);

/* register.c */
struct hv_device *vmbus_device_create(const guid_t *type, const guid_t *instance,
				      struct vmbus_channel *channel);
int vmbus_device_register(struct hv_device *child);
void vmbus_device_unregister(struct hv_device *child);
int vmbus_dma_configure(struct device *child_device);

/* Declared only: the hypercall that hands a message page over. */
int hv_do_post_message(void *page, u32 len);

#endif

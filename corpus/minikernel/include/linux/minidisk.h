/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A block layer in miniature: a driver gives operations, requests come from outside. */
#ifndef _LINUX_MINIDISK_H
#define _LINUX_MINIDISK_H

#include <linux/dma-mapping.h>

struct disk;

struct disk_request {
	void *buf;		/* private data of the guest */
	u32 len;
	enum dma_data_direction dir;
	struct sg_table sgt;	/* the same data as pages */
	dma_addr_t dma;		/* for the driver */
	void *driver_priv;
};

struct disk_ops {
	int (*queue)(struct disk *d, struct disk_request *rq);
	int (*queue_urgent)(struct disk *d, struct disk_request *rq);
	void (*complete)(struct disk *d, struct disk_request *rq);
	int (*ioctl)(struct disk *d, unsigned int cmd, void *arg);
};

struct disk {
	const struct disk_ops *ops;
	struct device *dma_dev;
	void *private_data;
	unsigned int slot;
};

/* Declared only: requests may arrive before it returns. */
int disk_register(struct disk *d);
void disk_unregister(struct disk *d);

/* Used by the drivers of every bus. */
int disk_map_request(struct disk *d, struct disk_request *rq);
void disk_unmap_request(struct disk *d, struct disk_request *rq);

#endif

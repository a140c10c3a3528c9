/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The driver core. device_add() and driver_register() are declared only. */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

#include <linux/kernel.h>

struct device;
struct device_driver;
struct dma_map_ops;
struct io_tlb_mem;
struct module;

struct bus_type {
	const char *name;
	int (*match)(struct device *dev, const struct device_driver *drv);
	int (*probe)(struct device *dev);
	void (*remove)(struct device *dev);
	void (*shutdown)(struct device *dev);
	int (*dma_configure)(struct device *dev);
	void (*dma_cleanup)(struct device *dev);
};

struct device_driver {
	const char *name;
	const struct bus_type *bus;
	struct module *owner;
	const char *mod_name;
};

struct device {
	const char *init_name;
	struct device *parent;
	const struct bus_type *bus;
	struct device_driver *driver;
	void *platform_data;
	void *driver_data;
	void (*release)(struct device *dev);
	int refcount;

	const struct dma_map_ops *dma_ops;
	u64 *dma_mask;
	u64 coherent_dma_mask;
	u64 bus_dma_limit;
	struct io_tlb_mem *dma_io_tlb_mem;
	bool dma_private;	/* only some cores look at it */
};

void device_initialize(struct device *dev);
int device_register(struct device *dev);
void device_unregister(struct device *dev);

/*
 * The driver core's deep part: finds a driver, then calls
 * dev->bus->dma_configure(dev) and dev->bus->probe(dev).
 */
int device_add(struct device *dev);
void device_del(struct device *dev);
void put_device(struct device *dev);
int driver_register(struct device_driver *drv);
void driver_unregister(struct device_driver *drv);
int bus_register(const struct bus_type *bus);

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

#define dev_err(dev, ...) printk(__VA_ARGS__)
#define dev_warn(dev, ...) printk(__VA_ARGS__)

#endif

// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception
// REQUIRES: plugin
// RUN: %tidycoco-bus-cast %s -- > %t && %FileCheck %s --input-file=%t --implicit-check-not=warning:
// RUN: %FileCheck %s --input-file=%t --check-prefix=CHECK-NOTES
#include <kernel.h>

/* Called for the devices of every bus. */
bool force_dma_unencrypted(struct device *dev)
{
	// CHECK: :[[@LINE+1]]:{{.*}}'dev' may be a device of another bus, {{.*}} in a 'struct hv_device' [coco-bus-cast]
	struct hv_device *bad = device_to_hv_device(dev);

	if (dev->bus == &hv_bus)
		return !device_to_hv_device(dev)->channel->co_external_memory;
	if (dev_is_pci(dev) && to_pci_dev(dev)->vendor)
		return 1;
	return !bad->channel;
}

static bool of_bus(const struct device *dev)
{
	return dev->bus == &hv_bus;
}

static bool private_Bad(struct device *device)
{
	struct device *copy = device;
	// CHECK: :[[@LINE+1]]:{{.*}}'device' may be a device of another bus
	struct hv_device *hv = container_of(copy, struct hv_device, device);

	return hv->channel->co_external_memory;
}

static bool private_Ok(struct device *device)
{
	bool other = device->bus != &hv_bus;

	if (unlikely(other))
		return 0;
	return device_to_hv_device(device)->channel->co_external_memory;
}

static bool private_of_checked_Ok(struct device *device)
{
	return device_to_hv_device(device)->channel->co_external_memory;
}

static dma_addr_t map_phys(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	if (of_bus(dev) && private_of_checked_Ok(dev))
		return ~0ULL;
	// CHECK: :[[@LINE+1]]:{{.*}}in a 'struct pci_dev'
	if (to_pci_dev(dev)->vendor)
		return ~0ULL;
	return private_Bad(dev) || private_Ok(dev) ? ~0ULL : 0;
}

static bool wrong_way_Bad(struct device *dev)
{
	if (dev->bus == &hv_bus)
		return 0;
	// CHECK: :[[@LINE+1]]:{{.*}}'dev' may be a device of another bus
	return device_to_hv_device(dev)->channel->co_external_memory;
}

static int map_sg(struct device *dev, struct scatterlist *sg, int nents, int dir, unsigned long attrs)
{
	return wrong_way_Bad(dev);
}

// CHECK-NOTES: note: 'all_ops' serves the devices of every bus
static const struct dma_map_ops all_ops = { .map_phys = map_phys, .map_sg = map_sg };

/* Only devices of the bus get these. */
static dma_addr_t one_map_Ok(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	return device_to_hv_device(dev)->channel->co_external_memory;
}
static const struct dma_map_ops one_ops = { .map_phys = one_map_Ok };

/* A helper is given a device as well, and installs them for all. */
static dma_addr_t helper_map_Bad(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	// CHECK: :[[@LINE+1]]:{{.*}}in a 'struct hv_device'
	return device_to_hv_device(dev)->channel->co_external_memory;
}
static const struct dma_map_ops helper_ops = { .map_phys = helper_map_Bad };

static void use_for_all(struct device *dev, const struct dma_map_ops *ops)
{
	dev->driver_data = NULL;
	WRITE_ONCE(dma_ops, ops);
}

/* By way of a variable. */
static dma_addr_t chosen_map_Bad(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	// CHECK: :[[@LINE+1]]:{{.*}}in a 'struct hv_device'
	return device_to_hv_device(dev)->channel->co_external_memory;
}
static const struct dma_map_ops chosen_ops = { .map_phys = chosen_map_Bad };
static const struct dma_map_ops *chosen = &chosen_ops;

/* A helper gives them to the device. */
static dma_addr_t given_map_Ok(struct device *dev, phys_addr_t phys, size_t size, int dir, unsigned long attrs)
{
	return device_to_hv_device(dev)->channel->co_external_memory;
}
static const struct dma_map_ops given_ops = { .map_phys = given_map_Ok };

static void give(struct device *dev, const struct dma_map_ops *ops)
{
	const struct dma_map_ops *copy = ops;

	WRITE_ONCE(dev->dma_ops, copy);
}

/* The bus calls this for its own devices. */
static int probe_Ok(struct device *dev)
{
	dma_ops = &all_ops;
	dma_ops = chosen;
	set_dma_ops(dev, &one_ops);
	use_for_all(dev, &helper_ops);
	give(dev, &given_ops);
	return !device_to_hv_device(dev)->channel;
}
const struct bus_type hv_bus = { "vmbus", probe_Ok };

/* What belongs to the bus counts too; that there is a bus does not. */
static bool by_name_Ok(struct device *dev)
{
	return dev->bus && !strcmp(dev->bus->name, "vmbus") && device_to_hv_device(dev)->channel->co_external_memory;
}

static bool any_bus_Bad(struct device *dev)
{
	if (dev->bus == NULL)
		return 0;
	// CHECK: :[[@LINE+1]]:{{.*}}'dev' may be a device of another bus
	return device_to_hv_device(dev)->channel->co_external_memory;
}

/* A predicate of several steps. */
static bool of_bus_and_named(const struct device *dev)
{
	if (!dev->bus)
		return 0;
	if (strcmp(dev->bus->name, "vmbus") != 0)
		return 0;
	return 1;
}

static bool named_at_all(const struct device *dev)
{
	if (strcmp(dev->bus->name, "vmbus") == 0)
		return 1;
	return dev->driver_data != 0;
}

static bool by_steps_Ok(struct device *dev)
{
	return of_bus_and_named(dev) && device_to_hv_device(dev)->channel->co_external_memory;
}

static bool by_steps_Bad(struct device *dev)
{
	if (!named_at_all(dev))
		return 0;
	// CHECK: :[[@LINE+1]]:{{.*}}'dev' may be a device of another bus
	return device_to_hv_device(dev)->channel->co_external_memory;
}

/* Told by another unit: this one alone says nothing. */
bool told_elsewhere(const struct device *dev);

static bool elsewhere_Ok(struct device *dev)
{
	return told_elsewhere(dev) && device_to_hv_device(dev)->channel->co_external_memory;
}

bool is_swiotlb_force_bounce(struct device *dev)
{
	return by_name_Ok(dev) || any_bus_Bad(dev) || by_steps_Ok(dev) || by_steps_Bad(dev) || elsewhere_Ok(dev);
}

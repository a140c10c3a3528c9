/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Boot and devices of a tree whose DMA layer is under test. The bus is the
 * glue's: it sets up what its devices need of the DMA layer, and protects a
 * device as the scenario says, between the two halves of its registration.
 */
#include <linux/mem_encrypt.h>
#include <linux/string.h>
#include <asm/iommu.h>

#include "drivers.h"
#include "glue.h"

#define POOL_SIZE (1UL << 20)
#define FIRST_BAR 0xfe000000UL	/* beyond the guest's memory */

struct tree_device tree_devices[TREE_DEVICES];

static const struct bus_type vmbus = { .name = "vmbus" };
static const struct bus_type pci = { .name = "pci" };

unsigned int tree_number(const struct device *dev)
{
	unsigned int i;

	for (i = 0; i < TREE_DEVICES; i++)
		if (tree_devices[i].dev == dev)
			return i;
	return TREE_DEVICES;
}

bool tree_is_external(const struct hv_device *hv)
{
	const struct tree_channel *channel;

	if (!hv->channel)
		return false;
	channel = container_of(hv->channel, struct tree_channel, channel);
#ifdef COCODMA_HAS_CHANNEL_FLAGS
	return channel->channel.co_external_memory;
#else
	return channel->external;
#endif
}

/* As device_initialize() does: before a bus can change anything. */
void tree_set_pool(struct device *dev)
{
#ifdef COCODMA_HAS_POOL_INIT
	swiotlb_dev_init(dev);
#elif defined(CONFIG_SWIOTLB)
	dev->dma_io_tlb_mem = &io_tlb_default_mem;
#endif
}

static void initialize(struct device *dev, const struct bus_type *bus,
		       u64 *mask)
{
	dev->bus = bus;
	dev->dma_mask = mask;
	*mask = DMA_BIT_MASK(64);
	dev->coherent_dma_mask = DMA_BIT_MASK(64);
	tree_set_pool(dev);
}

/* The device's IOMMU is the layer's business (kernels keep the flag apart), or
 * has operations of its own. */
static void use_iommu(struct device *dev)
{
#if defined(COCODMA_HAS_IOMMU_SETTER)
	dev_set_dma_iommu(dev);
#elif defined(COCODMA_HAS_IOMMU_FIELD)
	dev->dma_iommu = true;
#elif defined(CONFIG_DMA_OPS) || defined(CONFIG_ARCH_HAS_DMA_OPS)
	dev->dma_ops = &tree_iommu_ops;
#else
	model_missing("iommu_dma_map_page");
#endif
}

/* The second half of a registration: a driver is bound. */
static void add(unsigned int number, struct device *dev)
{
	tree_devices[number].dev = dev;
	if (model_has_iommu(number))
		use_iommu(dev);
	tree_set_state(number, dev);
	model_probing(number);
}

/* What the thread's second and third options do: one statement, either in the
 * bus or in a function of swiotlb. */
static void clear_pool(struct device *dev)
{
	dev->dma_io_tlb_mem = NULL;
}

static int protect(struct hv_device *hv)
{
	switch (model_protection()) {
	case KERNEL_PROTECTION_OPTION_2:
	case KERNEL_PROTECTION_OPTION_3:
		if (tree_is_external(hv))
			clear_pool(&hv->device);
		return 0;
	default:
		return 0;
	}
}

#ifdef COCODMA_DRIVERS
/* A driver of the tree that is bound once its bus has added the device. */
static int bind_driver(unsigned int number)
{
	const struct tree_driver *driver = tree_driver_of(number);

	if (driver)
		return driver->set_up(number, &tree_devices[number].hv);
	return strcmp(model_driver_of(number), "bench") ? -ENODEV : 0;
}

void tree_added(struct device *dev)
{
	struct hv_device *hv = device_to_hv_device(dev);
	unsigned int number =
		container_of(hv, struct tree_device, hv) - tree_devices;

	protect(hv);
	tree_devices[number].dev = dev;
	if (bind_driver(number))
		tree_devices[number].dev = NULL;
	else
		add(number, dev);
}
#endif

struct vmbus_channel *tree_channel_of(unsigned int number, unsigned int index)
{
	struct tree_device *d = &tree_devices[number];
	struct vmbus_channel *channel;

	if (!index)
		return &d->primary.channel;
	if (index > TREE_SUB_CHANNELS)
		return NULL;
	channel = &d->subs[index - 1].channel;
	return channel->device_obj ? channel : NULL;
}

/* Of a device that is there: one more channel, with flags of its own. */
static void set_up_channel(struct tree_device *d, struct tree_channel *c,
			   int ring, int external)
{
	c->external = external;
#ifdef COCODMA_HAS_CHANNEL_FLAGS
	c->channel.co_ring_buffer = ring;
	c->channel.co_external_memory = external;
#endif
	c->channel.device_obj = &d->hv;
	if (c != &d->primary)
		c->channel.primary_channel = &d->primary.channel;
#ifdef COCODMA_CHANNELS
	tree_prepare_channel(&c->channel);
#endif
}

static int offer_sub_channel(unsigned int device, unsigned int index, int ring,
			     int external)
{
	struct tree_device *d = &tree_devices[device];

	if (index > TREE_SUB_CHANNELS || !d->dev)
		return -ENODEV;
	set_up_channel(d, &d->subs[index - 1], ring, external);
#ifdef COCODMA_DRIVERS
	return tree_add_channel(device, index);
#endif
	return 0;
}

int kernel_offer(unsigned int device, const char *device_class,
		 unsigned int sub_channel, int ring, int external)
{
	struct tree_device *d = &tree_devices[device];
	bool confidential = model_has_paravisor();

	if (device >= TREE_DEVICES)
		return -EINVAL;
	/* What the other side offers is no concern of the DMA layer: the rules
	 * of the bus are the glue's. */
	if ((external && !ring) || ((ring || external) && !confidential))
		return -EINVAL;
	if (sub_channel)
		return offer_sub_channel(device, sub_channel, ring, external);
	set_up_channel(d, &d->primary, ring, external);
	d->hv.channel = &d->primary.channel;
#ifdef COCODMA_DRIVERS
	return tree_register(device, &d->hv);
#endif
	initialize(&d->hv.device, &vmbus, &d->hv.dma_mask);
	protect(&d->hv);
	add(device, &d->hv.device);
	return 0;
}

int kernel_add_pci(unsigned int device, unsigned int vendor,
		   unsigned int function)
{
	struct tree_device *d = &tree_devices[device];

	if (device >= TREE_DEVICES)
		return -EINVAL;
	d->is_pci = true;
	d->pci.vendor = vendor;
	d->pci.device = function;
	/* As the PCI core finds a function: configuration space, one BAR. */
	d->pci.cfg_size = PCI_CFG_SPACE_EXP_SIZE;
	d->pci.resource[0].start = FIRST_BAR;
	d->pci.resource[0].end = FIRST_BAR + PAGE_SIZE - 1;
	d->pci.resource[0].flags = IORESOURCE_MEM;
	initialize(&d->pci.dev, &pci, &d->pci.dma_mask);
	add(device, &d->pci.dev);
	return 0;
}

int kernel_is_bound(unsigned int device)
{
	return device < TREE_DEVICES && tree_devices[device].dev;
}

int kernel_boot(void)
{
	tree_place_memory();
	swiotlb_adjust_size(POOL_SIZE);	/* as swiotlb= or the set-up code do */
	pci_iommu_alloc();
	mem_encrypt_init();
	/* Operations for all devices: once the bus knows what it is. */
	if (model_protection() == KERNEL_PROTECTION_OPTION_1 &&
	    model_has_paravisor())
		return tree_replace_dma_ops();
	return 0;
}

#ifdef COCODMA_DRIVERS
static int request(struct kernel_operation *op)
{
	const struct device *dev = tree_devices[op->device].dev;
	bool full = model_pool_fails();
	int ret;

	if (full && !glue_fill_pool(dev))
		return KERNEL_NO_SUCH_OPERATION;
	ret = tree_request(op);
	if (full)
		glue_empty_pool(dev);
	return ret;
}
#endif

static int dma_operation(struct device *dev, struct kernel_operation *op)
{
	int ret;

	if (!model_tells_state())
		return glue_dma_operation(dev, op);
	tree_tell_state(dev, op);
	tree_tell_slots(dev, "slots in use before");
	ret = glue_dma_operation(dev, op);
	tree_tell_slots(dev, "slots in use after");
	return ret;
}

static int operate(struct kernel_operation *op)
{
#ifdef COCODMA_CHANNELS
	if (op->kind == KERNEL_FREE_PAGES && tree_is_kept(op->address))
		return 0;
#endif
	if (op->kind >= KERNEL_SHARE && op->kind <= KERNEL_FREE_OBJECT)
		return glue_memory_operation(op);
	if (op->device >= TREE_DEVICES || !tree_devices[op->device].dev)
		return -ENODEV;
	if (op->kind == KERNEL_REMOVE) {
		tree_devices[op->device].dev = NULL;
		return 0;
	}
#ifdef COCODMA_CHANNELS
	if (op->kind >= KERNEL_RING_OPEN && op->kind <= KERNEL_GPADL_TEARDOWN)
		return tree_channel_operation(op);
#endif
#ifdef COCODMA_DRIVERS
	if (op->kind == KERNEL_REQUEST)
		return request(op);
#endif
	if (op->kind > KERNEL_FREE_COHERENT)
		return KERNEL_NO_SUCH_OPERATION;
	return dma_operation(tree_devices[op->device].dev, op);
}

/* Work is done where the kernel would have got to it: after what queued it. */
int kernel_operate(struct kernel_operation *op)
{
	int ret = operate(op);

	tree_run_work();
	return ret;
}

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The driver core's deep part, and the other side of channels and functions. */
#include <linux/dma-map-ops.h>

#include "hyperv_vmbus.h"
#include "mini.h"
#include "pci_add.h"

struct mini_device mini_devices[MINI_DEVICES];
unsigned int mini_current;

static struct device_driver *drivers[256];
static unsigned int driver_count;

unsigned int mini_number(const struct device *dev)
{
	unsigned int i;

	for (i = 0; i < MINI_DEVICES; i++)
		if (mini_devices[i].dev == dev)
			return i;
	return MINI_DEVICES;
}

struct hv_device *mini_hv(unsigned int device)
{
	struct device *dev = device < MINI_DEVICES ? mini_devices[device].dev
						   : NULL;

	return dev && dev->bus == &hv_bus ? device_to_hv_device(dev) : NULL;
}

static bool same_text(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

int driver_register(struct device_driver *drv)
{
	if (driver_count == ARRAY_SIZE(drivers))
		return -ENOMEM;
	drivers[driver_count++] = drv;
	return 0;
}

void driver_unregister(struct device_driver *drv)
{
}

int bus_register(const struct bus_type *bus)
{
	return 0;
}

static int probe_with(struct device *dev, struct device_driver *drv)
{
	int ret;

	dev->driver = drv;
	ret = dev->bus->dma_configure ? dev->bus->dma_configure(dev) : 0;
	/* The architecture's turn: as in kernels, it is the last to set these. */
	if (!ret && model_has_iommu(mini_current))
		mini_set_iommu_ops(dev);
	if (!ret)
		ret = dev->bus->probe(dev);
	mini_devices[mini_current].bound = !ret;
	if (ret)
		dev->driver = NULL;
	return ret;
}

int device_add(struct device *dev)
{
	const char *wanted = model_driver_of(mini_current);
	struct kernel_dma_state state;
	unsigned int i;

	if (model_dma_state(mini_current, &state) || model_tells_state())
		model_missing("scenario_with_dma_or_tell_state");
	mini_devices[mini_current].dev = dev;
	for (i = 0; i < driver_count; i++)
		if (drivers[i]->bus == dev->bus &&
		    same_text(drivers[i]->name, wanted) &&
		    dev->bus->match(dev, drivers[i])) {
			probe_with(dev, drivers[i]);
			break;
		}
	return 0;	/* a device without a driver is a device */
}

void device_del(struct device *dev)
{
	if (dev->driver && dev->bus->remove)
		dev->bus->remove(dev);
	dev->driver = NULL;
}

void put_device(struct device *dev)
{
	unsigned int number = mini_number(dev);

	if (--dev->refcount > 0)
		return;
	if (number < MINI_DEVICES) {
		mini_devices[number].dev = NULL;
		mini_devices[number].bound = false;
	}
	if (dev->release)
		dev->release(dev);
}

int disk_register(struct disk *d)
{
	mini_devices[mini_current].disk = d;
	model_probing(mini_current);	/* requests may come already */
	return 0;
}

void disk_unregister(struct disk *d)
{
	mini_devices[mini_current].disk = NULL;
}

int netif_register(struct netif *nif)
{
	mini_devices[mini_current].netif = nif;
	model_probing(mini_current);
	return 0;
}

void netif_unregister(struct netif *nif)
{
	mini_devices[mini_current].netif = NULL;
}

int hv_do_post_message(void *page, u32 len)
{
	return model_post_message(page, len);
}

/* The packet that vmbus_send_gpa() and vmbus_send_offset() write. */
struct sent_packet {
	u64 gpa;
	u32 len;
	u32 handle;
	u64 id;
};

/* The other side takes the last packet from the ring and does as it says. */
void wait_for_completion(struct completion *c)
{
	struct vmbus_channel *channel =
		container_of(c, struct vmbus_channel, transfer_done);
	struct hv_ring_buffer *ring = channel->outbound.ring_buffer;
	struct sent_packet p;

	__builtin_memcpy(&p, ring->buffer + ring->write_index - sizeof(p),
			 sizeof(p));
	if (!p.handle)
		model_device_run(mini_current, p.gpa, p.len);
}

int pci_dma_run(struct pci_dev *dev, dma_addr_t addr, u32 len)
{
	return model_device_run(mini_number(&dev->dev), addr, len);
}

bool tsm_accept(struct pci_dev *dev)
{
	return model_is_accepted(mini_current);
}

/* --- offers ---------------------------------------------------------------- */

static guid_t class_guid(const char *name)
{
	static const struct {
		const char *name;
		struct hv_vmbus_device_id id;
	} classes[] = {
		{ "scsi", { HV_SCSI_GUID } },
		{ "nic", { HV_NIC_GUID } },
		{ "accel", { HV_ACCEL_GUID } },
		{ "keyboard", { HV_KBD_GUID } },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (same_text(classes[i].name, name))
			return classes[i].id.guid;
	return (guid_t) { { 0 } };
}

int kernel_offer(unsigned int device, const char *device_class,
		 unsigned int sub_channel, int ring, int external)
{
	struct vmbus_channel_offer_channel offer = {
		.header.msgtype = 1,
		.offer.if_type = class_guid(device_class),
		.offer.if_instance = { { device + 1 } },
		.offer.sub_channel_index = sub_channel,
		/* A window of the host's; it lies in memory that nobody uses. */
		.offer.mmio_megabytes = 0x130 + device,
		.child_relid = device * 16 + sub_channel + 1,
	};

	if (device >= MINI_DEVICES)
		return -EINVAL;
#ifdef VMBUS_CHANNEL_CONFIDENTIAL_RING_BUFFER
	if (ring)
		offer.offer.chn_flags |= VMBUS_CHANNEL_CONFIDENTIAL_RING_BUFFER;
	if (external)
		offer.offer.chn_flags |=
			VMBUS_CHANNEL_CONFIDENTIAL_EXTERNAL_MEMORY;
#endif
	mini_current = device;
	vmbus_onmessage(&offer);
	return 0;
}

int kernel_add_pci(unsigned int device, unsigned int vendor,
		   unsigned int function)
{
	if (device >= MINI_DEVICES)
		return -EINVAL;
	mini_current = device;
	pci_device_found(vendor, function);
	return 0;
}

int kernel_is_bound(unsigned int device)
{
	return device < MINI_DEVICES && mini_devices[device].bound;
}

extern initcall_t __start_initcalls[] __attribute__((weak));
extern initcall_t __stop_initcalls[] __attribute__((weak));

int kernel_boot(void)
{
	initcall_t *call;

	start_kernel();
	for (call = __start_initcalls; call < __stop_initcalls; call++)
		(*call)();
	return 0;
}

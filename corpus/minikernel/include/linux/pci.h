/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* PCI functions. One that was accepted into the guest may be trusted with private memory. */
#ifndef _LINUX_PCI_H
#define _LINUX_PCI_H

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>

struct pci_device_id {
	u32 vendor, device;
	unsigned long driver_data;
};

struct pci_dev {
	u16 vendor;
	u16 device_id;
	u64 dma_mask;
	struct device dev;
	bool tdisp_accepted;	/* its interface is locked and attested */
};

struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;
	int (*probe)(struct pci_dev *dev, const struct pci_device_id *id);
	void (*remove)(struct pci_dev *dev);
	struct device_driver driver;
};

#define to_pci_dev(d) container_of(d, struct pci_dev, dev)
#define to_pci_driver(d) container_of(d, struct pci_driver, driver)

int pci_bus_init(void);
void pci_device_found(u16 vendor, u16 device_id);
int __pci_register_driver(struct pci_driver *drv, struct module *owner,
			  const char *mod_name);
void pci_unregister_driver(struct pci_driver *drv);
#define pci_register_driver(drv) \
	__pci_register_driver(drv, THIS_MODULE, KBUILD_MODNAME)

/* Declared only: rings a function's doorbell, waits until it is done. */
int pci_dma_run(struct pci_dev *dev, dma_addr_t addr, u32 len);
/* Declared only: locks the function's interface and checks its report. */
bool tsm_accept(struct pci_dev *dev);

static inline void pci_set_drvdata(struct pci_dev *dev, void *data)
{
	dev_set_drvdata(&dev->dev, data);
}

static inline void *pci_get_drvdata(struct pci_dev *dev)
{
	return dev_get_drvdata(&dev->dev);
}

#endif

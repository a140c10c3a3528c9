/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The PCI bus: matching, probing, drivers. How a function is added is in pci_add.c. */
#include <linux/pci.h>

#include "pci_add.h"

static const struct pci_device_id *pci_match_id(const struct pci_driver *drv,
						const struct pci_dev *dev)
{
	const struct pci_device_id *id = drv->id_table;

	for (; id && id->vendor; id++)
		if (id->vendor == dev->vendor && id->device == dev->device_id)
			return id;
	return NULL;
}

static int pci_bus_match(struct device *dev, const struct device_driver *drv)
{
	return pci_match_id(to_pci_driver(drv), to_pci_dev(dev)) != NULL;
}

static int pci_device_probe(struct device *dev)
{
	struct pci_driver *drv = to_pci_driver(dev->driver);
	struct pci_dev *pdev = to_pci_dev(dev);

	return drv->probe ? drv->probe(pdev, pci_match_id(drv, pdev)) : -ENODEV;
}

static void pci_device_remove(struct device *dev)
{
	struct pci_driver *drv = to_pci_driver(dev->driver);

	if (drv->remove)
		drv->remove(to_pci_dev(dev));
}

const struct bus_type pci_bus_type = {
	.name = "pci",
	.match = pci_bus_match,
	.probe = pci_device_probe,
	.remove = pci_device_remove,
};

int __init pci_bus_init(void)
{
	return bus_register(&pci_bus_type);
}

int __pci_register_driver(struct pci_driver *drv, struct module *owner,
			  const char *mod_name)
{
	drv->driver.name = drv->name;
	drv->driver.owner = owner;
	drv->driver.mod_name = mod_name;
	drv->driver.bus = &pci_bus_type;
	return driver_register(&drv->driver);
}

void pci_unregister_driver(struct pci_driver *drv)
{
	driver_unregister(&drv->driver);
}

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Private to the PCI bus. */
#ifndef _PCI_ADD_H
#define _PCI_ADD_H

#include <linux/pci.h>

extern const struct bus_type pci_bus_type;

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* What runs at boot, in this order; drivers' init functions come after it. */
#include <linux/kernel.h>
#include <linux/hyperv.h>
#include <linux/pci.h>

void pci_iommu_alloc(void);
void mem_encrypt_init(void);

void __init start_kernel(void)
{
	ms_hyperv_init_platform();
	pci_iommu_alloc();
	mem_encrypt_init();
	pci_bus_init();
	if (vmbus_bus_init())
		pr_err("no VMBus\n");
}

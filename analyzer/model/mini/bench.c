/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Drivers that do nothing by themselves: the scenario works with their devices. */
#include "mini.h"

static int bench_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	model_probing(mini_current);
	return 0;
}

static const struct hv_vmbus_device_id bench_ids[] = {
	{ HV_SCSI_GUID }, { HV_NIC_GUID }, { HV_ACCEL_GUID }, { HV_KBD_GUID },
	{ },
};

static struct hv_driver bench_drv = {
	.name = "bench",
	.id_table = bench_ids,
	.probe = bench_probe,
};

static int bench_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	model_probing(mini_current);
	return 0;
}

static const struct pci_device_id bench_pci_ids[] = {
	{ 0x1af4, 1 }, { },
};

static struct pci_driver bench_pci_drv = {
	.name = "bench",
	.id_table = bench_pci_ids,
	.probe = bench_pci_probe,
};

static int __init bench_init(void)
{
	int ret = vmbus_driver_register(&bench_drv);

	return ret ? ret : pci_register_driver(&bench_pci_drv);
}
module_init(bench_init);

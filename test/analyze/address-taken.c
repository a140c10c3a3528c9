/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A static variable that nothing assigns to by its name may be written through its address: it is not what it was
 * initialized with. Where only a function that reads has the address it stays so.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/written.json
 * RUN: %json-check %t/written.json --findings 1 --finding 'coco-bounce leak send drivers/address-taken.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DREAD_ONLY=const %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/read.json
 * RUN: %json-check %t/read.json --findings 0
 */
#include <linux/hyperv.h>

#ifndef READ_ONLY
#define READ_ONLY
#endif

static int window;

int find_window(READ_ONLY int *where);

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	return find_window(&window);
}

static int send(struct hv_device *hv)
{
	static char data[64];

	if (!window)
		return -ENODEV;
	dma_map_single(&hv->device, data, sizeof(data), DMA_TO_DEVICE);
	return 0;
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "window", .id_table = ids, .probe = probe, .resume = send,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Four pages are shared (which is a finding of its own), and fewer are made private again before all of them are
 * freed. Page by page is no leak.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/all.json
 * RUN: %json-check %t/all.json --site 'private free_all' --no-site 'leak free_all'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DPAGES=1 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/part.json
 * RUN: %json-check %t/part.json --finding 'coco-decrypted-free leak free_all drivers/partly-private.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DPAGES=1 --flag=-DONE_BY_ONE %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/loop.json
 * RUN: %json-check %t/loop.json --no-site 'leak free_all'
 */
#include <linux/hyperv.h>

#ifndef PAGES
#define PAGES 4
#endif

static unsigned long buffer;

static void free_all(struct hv_device *hv)
{
	int i = 0;

#ifdef ONE_BY_ONE
	for (i = 0; i < 4; i++)
#endif
		if (set_memory_encrypted(buffer + i * PAGE_SIZE, PAGES))
			return;
	free_pages(buffer, 2);
}

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	buffer = __get_free_pages(GFP_KERNEL, 2);
	if (!buffer)
		return -ENOMEM;
	return set_memory_decrypted(buffer, 4);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "buffer", .id_table = ids, .probe = probe, .remove = free_all,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);

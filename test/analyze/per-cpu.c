/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A loop tells all processors whether the channel is confidential: the one that asks is among them.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/all.json
 * RUN: %json-check %t/all.json --findings 0
 *
 * The wrong way round, and told where data is not confidential only.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DGIVEN=!hv->channel->co_external_memory" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/wrong.json
 * RUN: %json-check %t/wrong.json --findings 1 --finding 'coco-bounce leak queue drivers/per-cpu.c'
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DONLY=if (!hv->channel->co_external_memory)" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/some.json
 * RUN: %json-check %t/some.json --findings 1 --finding 'coco-bounce leak queue drivers/per-cpu.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#ifndef GIVEN
#define GIVEN hv->channel->co_external_memory
#endif
#ifndef ONLY
#define ONLY
#endif

void *__alloc_percpu(size_t size, size_t align);
unsigned int next_processor(unsigned int from);
unsigned int this_processor(void);
extern unsigned long offsets[64];
extern unsigned int processors;

struct box {
	struct hv_device *hv;
	struct disk disk;
	struct state *states;
};

struct state {
	unsigned long count;
	bool direct;
};

static struct state *state_of(struct box *box, unsigned int processor)
{
	unsigned long address;

	asm("" : "=r"(address) : "0"(box->states));
	return (struct state *)(address + offsets[processor]);
}

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (state_of(box, this_processor())->direct)
		return 0;
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&box->hv->device, rq->dma);
}

static const struct disk_ops ops = { .queue = queue };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	box->states = __alloc_percpu(sizeof(*box->states), 8);
	if (!box->states)
		return -ENOMEM;
	for (unsigned int i = 0; i = next_processor(i), i < processors; i++)
		ONLY state_of(box, i)->direct = GIVEN;
	hv_set_drvdata(hv, box);
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);

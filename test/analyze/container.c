/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A container finds by its key what was put in: only boxes with confidential channels are in it, and those do not map.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/in.json
 * RUN: %json-check %t/in.json --findings 0
 *
 * The wrong way round.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DIN=!hv->channel->co_external_memory" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/wrong.json
 * RUN: %json-check %t/wrong.json --findings 1 --finding 'coco-bounce leak queue drivers/container.c'
 *
 * Taken out again.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DAFTER=xa_erase(&boxes, 7)" "--flag=-DKEY=7" --flag=-DMEMBER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/out.json
 * RUN: %json-check %t/out.json --findings 1 --finding 'coco-bounce leak queue drivers/container.c'
 *
 * Another key, as far as both are known.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DKEY=7" "--flag=-DASKED=8" --flag=-DMEMBER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/other.json
 * RUN: %json-check %t/other.json --findings 1 --finding 'coco-bounce leak queue drivers/container.c'
 *
 * The same key in a container that all devices share: what another device put in may be there instead.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DKEY=7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/shared.json
 * RUN: %json-check %t/shared.json --findings 1 --finding 'coco-bounce leak queue drivers/container.c'
 *
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DKEY=7 --flag=-DMEMBER %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/same.json
 * RUN: %json-check %t/same.json --findings 0
 *
 * The container chooses the key.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DCHOSEN" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/chosen.json
 * RUN: %json-check %t/chosen.json --findings 0
 *
 * What others put in is not known.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DIN=0" "--flag=-DINSTEAD" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/unknown.json
 * RUN: %json-check %t/unknown.json --findings 1 --finding 'coco-bounce leak queue drivers/container.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct xarray {
	void *head;
};

void *xa_load(struct xarray *xa, unsigned long index);
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
int __xa_alloc(struct xarray *xa, unsigned int *id, void *entry, unsigned long limit, gfp_t gfp);

#ifndef IN
#define IN hv->channel->co_external_memory
#endif
#ifndef KEY
#define KEY number_of(box)
#endif
#ifndef ASKED
#define ASKED KEY
#endif
#ifndef AFTER
#define AFTER (void)0
#endif

static struct xarray boxes;

struct box {
	struct hv_device *hv;
	struct disk disk;
	unsigned int number;
#ifdef MEMBER
	struct xarray own;
#define boxes box->own
#endif
};

/* Declared only: a number for each. */
unsigned int number_of(const struct box *box);

static void put_in(struct hv_device *hv, struct box *box)
{
#if defined(CHOSEN)
	if (IN)
		__xa_alloc(&boxes, &box->number, box, 64, GFP_KERNEL);
#elif !defined(INSTEAD)
	if (IN)
		xa_store(&boxes, KEY, box, GFP_KERNEL);
	AFTER;
#endif
}

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (xa_load(&boxes, ASKED))
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
	put_in(hv, box);
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

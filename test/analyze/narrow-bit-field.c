/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A bit-field holds of a number the bits that fit: the third mode is the first one in one bit, and true is no 1 in a
 * signed one.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/narrow.json
 * RUN: %json-check %t/narrow.json --findings 1 --finding 'coco-bounce leak queue drivers/narrow-bit-field.c'
 *
 * With two bits it is itself.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DBITS=2" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/wide.json
 * RUN: %json-check %t/wide.json --findings 0
 *
 * A bit of a word that is none of the lowest does not fit either.
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DBITS=2" "--flag=-DTYPE=unsigned int" "--flag=-DGIVEN=(FLAGS & 8)" "--flag=-DDIRECT=8" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/word.json
 * RUN: %json-check %t/word.json --findings 1 --finding 'coco-bounce leak queue drivers/narrow-bit-field.c'
 *
 * Nor if the word is not known: it is always zero in two bits.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DBITS=2 "--flag=-DGIVEN=(flags_of(hv) & 4)" --flag=-DDIRECT=0 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/unknown.json
 * RUN: %json-check %t/unknown.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DBITS=3 "--flag=-DGIVEN=(flags_of(hv) & 4)" --flag=-DDIRECT=0 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/fits.json
 * RUN: %json-check %t/fits.json --findings 1 --finding 'coco-bounce leak queue drivers/narrow-bit-field.c'
 *
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DTYPE=int" "--flag=-DGIVEN=hv->channel->co_external_memory" "--flag=-DDIRECT=1" %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/signed.json
 * RUN: %json-check %t/signed.json --findings 1 --finding 'coco-bounce leak queue drivers/narrow-bit-field.c'
 * RUN: rm -rf %t && %tree %t --core 7 "--flag=-DGIVEN=hv->channel->co_external_memory" "--flag=-DDIRECT=1" %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/unsigned.json
 * RUN: %json-check %t/unsigned.json --findings 0
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

#ifndef BITS
#define BITS 1
#endif
#ifndef TYPE
#define TYPE unsigned int
#endif
#ifndef DIRECT
#define DIRECT 2
#endif
#ifndef GIVEN
#define GIVEN (hv->channel->co_external_memory ? 2 : 0)
#endif
#define FLAGS (hv->channel->co_external_memory ? 9 : 1)

/* Declared only: any flags. */
unsigned int flags_of(const struct hv_device *hv);

struct box {
	struct hv_device *hv;
	struct disk disk;
	TYPE mode : BITS;
	TYPE other : BITS;
};

static int queue(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->mode == DIRECT)
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
	box->mode = GIVEN;
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

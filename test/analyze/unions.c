/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The channel's flag is written under one name of a union and read under another: as a bit of a word, as a number of
 * the same size, as a byte of it. What another member overwrites guards nothing.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --findings 1 --finding 'coco-bounce leak queue_overwritten drivers/unions.c' \
 * RUN:   --no-site 'leak queue_word' --no-site 'leak queue_member' --no-site 'leak queue_same' \
 * RUN:   --no-site 'leak queue_byte'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

union flags {
	u32 word;
	struct {
		u32 ring:1;
		u32 external:1;
	};
	u8 bytes[4];
};

union same {
	int mode;
	u32 word;
};

struct box {
	struct hv_device *hv;
	struct disk one, two, three;
	union flags by_member, by_word, overwritten;
	union same same;
};

static int map(struct box *box, struct disk_request *rq, dma_addr_t dma)
{
	rq->dma = dma;
	return dma_mapping_error(&box->hv->device, dma) ? -ENOMEM : 0;
}

static int queue_word(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->by_member.word & 2)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_member(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->by_word.external)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_same(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->same.word)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_byte(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->by_word.bytes[0] == 2)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_overwritten(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->overwritten.external)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static const struct disk_ops one = { .queue = queue_word, .queue_urgent = queue_member };
static const struct disk_ops two = { .queue = queue_same, .queue_urgent = queue_byte };
static const struct disk_ops three = { .queue = queue_overwritten };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->by_member.word = 0;
	box->by_member.external = hv->channel->co_external_memory;
	box->by_word.word = hv->channel->co_external_memory ? 2 : 0;
	box->same.mode = hv->channel->co_external_memory ? 7 : 0;
	box->overwritten.external = hv->channel->co_external_memory;
	box->overwritten.word = 0;
	box->one.ops = &one;
	box->two.ops = &two;
	box->three.ops = &three;
	box->one.dma_dev = box->two.dma_dev = box->three.dma_dev = &hv->device;
	box->one.private_data = box->two.private_data = box->three.private_data = box;
	if (disk_register(&box->one) || disk_register(&box->two))
		return -ENODEV;
	return disk_register(&box->three);
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

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The flag is a text, the lowest bit of an address, or what memset() made of a number. A text that is never there, and a
 * bit that was taken away again, guard nothing.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --findings 2 \
 * RUN:   --finding 'coco-bounce leak queue_other_text drivers/lost-values.c' \
 * RUN:   --finding 'coco-bounce leak queue_cleared_tag drivers/lost-values.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

int strcmp(const char *left, const char *right);
int strncmp(const char *left, const char *right, unsigned long count);

struct box {
	struct hv_device *hv;
	struct disk first, second, third, fourth;
	const char *mode;
	unsigned long cookie, cleared;
	u8 filled;
	int word;
};

static int map(struct box *box, struct disk_request *rq, dma_addr_t dma)
{
	rq->dma = dma;
	return dma_mapping_error(&box->hv->device, dma) ? -ENOMEM : 0;
}

static int queue_text(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (!strcmp(box->mode, "direct"))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_start(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (!strncmp(box->mode, "directly", 6))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_tag(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->cookie & 1)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_filled(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->filled)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_filled_word(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->word == -1)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_other_text(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (!strcmp(box->mode, "neither"))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_cleared_tag(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->cleared & 1)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static const struct disk_ops first = { .queue = queue_text, .queue_urgent = queue_start };
static const struct disk_ops second = { .queue = queue_tag, .queue_urgent = queue_filled };
static const struct disk_ops third = { .queue = queue_filled_word, .queue_urgent = queue_other_text };
static const struct disk_ops fourth = { .queue = queue_cleared_tag };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->mode = hv->channel->co_external_memory ? "direct" : "bounce";
	box->cookie = (unsigned long)box | (hv->channel->co_external_memory ? 1 : 0);
	box->cleared = box->cookie & ~1UL;
	memset(&box->filled, hv->channel->co_external_memory ? 1 : 0, 1);
	memset(&box->word, hv->channel->co_external_memory ? 0xff : 0, sizeof(box->word));
	box->first.ops = &first;
	box->second.ops = &second;
	box->third.ops = &third;
	box->fourth.ops = &fourth;
	box->first.dma_dev = box->second.dma_dev = box->third.dma_dev = box->fourth.dma_dev = &hv->device;
	box->first.private_data = box->second.private_data = box->third.private_data = box->fourth.private_data = box;
	if (disk_register(&box->first) || disk_register(&box->second) || disk_register(&box->third))
		return -ENODEV;
	return disk_register(&box->fourth);
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

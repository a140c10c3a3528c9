/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The flag is kept with its bytes the other way, or is what counting bits, or looking for one, gives: by builtins of the
 * compiler and by instructions, also by one that the kernel may put in the place of a call. A bit that is not where it was
 * put guards nothing.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --findings 1 \
 * RUN:   --finding 'coco-bounce leak queue_not_swapped drivers/bits-of-words.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

static inline u32 swab32(u32 x)
{
	asm("bswapl %0" : "=r"(x) : "0"(x));
	return x;
}

static inline unsigned int weight(u32 x)
{
	unsigned int result;

	asm("771:\n\tcall count_bits\n772:\n"
	    ".pushsection .altinstructions, \"a\"\n.long 771b - .\n.long 774f - .\n.popsection\n"
	    ".pushsection .altinstr_replacement, \"ax\"\n"
	    ".pushsection .discard.annotate\n.long 1\n.popsection\n"
	    "774:\n\tpopcntl %[val], %[cnt]\n775:\n.popsection"
	    : [cnt] "=a"(result) : [val] "D"(x));
	return result;
}

static inline unsigned long first_bit(unsigned long word)
{
	asm("tzcnt %1,%0" : "=r"(word) : "r"(word));
	return word;
}

static inline int last_bit(unsigned int x)
{
	int result;

	asm("bsrl %1,%0" : "=r"(result) : "rm"(x), "0"(-1));
	return result + 1;
}

struct box {
	struct hv_device *hv;
	struct disk first, second, third, fourth;
	u32 be32, swapped, mask;
	u16 be16;
	u64 be64;
};

static int map(struct box *box, struct disk_request *rq, dma_addr_t dma)
{
	rq->dma = dma;
	return dma_mapping_error(&box->hv->device, dma) ? -ENOMEM : 0;
}

static int queue_be32(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (__builtin_bswap32(box->be32) & 8)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_be16(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->be16 == __builtin_bswap16(1))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_be64(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->be64)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_swapped(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (swab32(box->swapped) == 0x100)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_weight(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (weight(box->mask) == 2)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_first(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (first_bit(box->mask) == 4)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_last(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (last_bit(box->mask) == 9)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_not_swapped(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->be32 & 8)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static const struct disk_ops first = { .queue = queue_be32, .queue_urgent = queue_be16 };
static const struct disk_ops second = { .queue = queue_be64, .queue_urgent = queue_swapped };
static const struct disk_ops third = { .queue = queue_weight, .queue_urgent = queue_first };
static const struct disk_ops fourth = { .queue = queue_last, .queue_urgent = queue_not_swapped };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->be32 = __builtin_bswap32(hv->channel->co_external_memory ? 8 : 0);
	box->be16 = __builtin_bswap16(hv->channel->co_external_memory ? 1 : 0);
	box->be64 = __builtin_bswap64(hv->channel->co_external_memory ? 7 : 0);
	box->swapped = swab32(hv->channel->co_external_memory ? 0x100 : 0);
	box->mask = hv->channel->co_external_memory ? 0x110 : 0;
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

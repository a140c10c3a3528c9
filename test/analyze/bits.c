/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * The channel's flag is kept as a bit that an instruction of the processor sets, in one of several words: the spec says
 * what the functions around such instructions do. Another bit, or the same after it was cleared, guards nothing.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --findings 2 --finding 'coco-bounce leak queue_other drivers/bits.c' \
 * RUN:   --finding 'coco-bounce leak queue_cleared drivers/bits.c' --no-site 'leak queue_ok'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box {
	struct hv_device *hv;
	struct disk disk, urgent;
	unsigned long flags[2];
};

static void arch_set_bit(long nr, volatile unsigned long *addr)
{
	asm volatile("lock; btsq %1,%0" : "+m"(*addr) : "Ir"(nr) : "memory");
}

static void arch_clear_bit(long nr, volatile unsigned long *addr)
{
	asm volatile("lock; btrq %1,%0" : "+m"(*addr) : "Ir"(nr) : "memory");
}

static int is_set(const unsigned long *flags, unsigned int bit)
{
	return (flags[bit >> 6] >> (bit & 63)) & 1;
}

static int map(struct box *box, struct disk_request *rq, dma_addr_t dma)
{
	rq->dma = dma;
	return dma_mapping_error(&box->hv->device, dma) ? -ENOMEM : 0;
}

static int queue_ok(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (is_set(box->flags, 70))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_other(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (is_set(box->flags, 6))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_cleared(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (is_set(box->flags, 3))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static const struct disk_ops ops = {
	.queue = queue_ok,
	.queue_urgent = queue_other,
};

static const struct disk_ops urgent_ops = {
	.queue = queue_cleared,
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	if (hv->channel->co_external_memory) {
		arch_set_bit(70, box->flags);
		arch_set_bit(3, box->flags);
	}
	arch_clear_bit(3, box->flags);
	box->disk.ops = &ops;
	box->urgent.ops = &urgent_ops;
	box->disk.dma_dev = box->urgent.dma_dev = &hv->device;
	box->disk.private_data = box->urgent.private_data = box;
	if (disk_register(&box->disk))
		return -ENODEV;
	return disk_register(&box->urgent);
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

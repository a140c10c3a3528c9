/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Tokens, states and counters that instructions of the processor exchange, compare and add to: what they give and leave
 * is computed from the template and the operands of the inline assembly. A counter that does not say it guards nothing.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --findings 1 \
 * RUN:   --finding 'coco-bounce leak queue_taken drivers/exchanges.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

static inline int xchg(int *p, int value)
{
	asm volatile("xchgl %0, %1" : "+r"(value), "+m"(*p) : : "memory");
	return value;
}

/* As kernels with CONFIG_SMP before 6.13 spell the prefix. */
#define LOCK ".pushsection .smp_locks,\"a\"\n.balign 4\n.long 671f - .\n.popsection\n671:\n\tlock "

static inline int cmpxchg(int *p, int old, int new)
{
	int result;

	asm volatile(LOCK "cmpxchgl %2,%1" : "=a"(result), "+m"(*p) : "r"(new), "0"(old) : "memory");
	return result;
}

static inline bool try_cmpxchg(int *p, int old, int new)
{
	bool done;

	asm volatile("lock cmpxchgl %[new], %[ptr]"
		     : "=@ccz"(done), [ptr] "+m"(*p), [old] "+a"(old) : [new] "r"(new) : "memory");
	return done;
}

static inline bool dec_and_test(int *p)
{
	bool zero;

	asm volatile("lock; decl %[var]" : [var] "+m"(*p), "=@cce"(zero) : : "memory");
	return zero;
}

static inline int fetch_add(int *p, int by)
{
	asm volatile("lock xaddl %0, %1" : "+r"(by), "+m"(*p) : : "memory", "cc");
	return by;
}

struct box {
	struct hv_device *hv;
	struct disk first, second, third;
	int token, state, tried, count, sum, taken;
};

static int map(struct box *box, struct disk_request *rq, dma_addr_t dma)
{
	rq->dma = dma;
	return dma_mapping_error(&box->hv->device, dma) ? -ENOMEM : 0;
}

static int queue_exchanged(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (!xchg(&box->token, 0))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_compared(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (cmpxchg(&box->state, 1, 2) != 1)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_tried(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (!try_cmpxchg(&box->tried, 1, 2))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_counted(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (!dec_and_test(&box->count))
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_added(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (fetch_add(&box->sum, 5) == 7)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static int queue_taken(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (fetch_add(&box->taken, 5) == 12)
		return -EOPNOTSUPP;
	return map(box, rq, dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir));
}

static const struct disk_ops first = { .queue = queue_exchanged, .queue_urgent = queue_compared };
static const struct disk_ops second = { .queue = queue_tried, .queue_urgent = queue_counted };
static const struct disk_ops third = { .queue = queue_added, .queue_urgent = queue_taken };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->token = hv->channel->co_external_memory ? 0 : 1;
	box->state = hv->channel->co_external_memory ? 0 : 1;
	box->tried = hv->channel->co_external_memory ? 3 : 1;
	box->count = hv->channel->co_external_memory ? 2 : 1;
	box->sum = hv->channel->co_external_memory ? 7 : 0;
	box->taken = hv->channel->co_external_memory ? 7 : 0;
	box->first.ops = &first;
	box->second.ops = &second;
	box->third.ops = &third;
	box->first.dma_dev = box->second.dma_dev = box->third.dma_dev = &hv->device;
	box->first.private_data = box->second.private_data = box->third.private_data = box;
	if (disk_register(&box->first) || disk_register(&box->second))
		return -ENODEV;
	return disk_register(&box->third);
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

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * An operation that the probe gives away for channels of one kind is not called for the others: a table of operations
 * that is chosen by the channel's flag, and a function that is handed out only without it. What a function is stored
 * in, or handed out with, is what it is called with: the tasklet finds its own box.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/chosen.json
 * RUN: %json-check %t/chosen.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DNEGATED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/wrong.json
 * RUN: %json-check %t/wrong.json --findings 1 --finding 'coco-bounce leak map_shared drivers/given-away.c'
 *
 * One that any other operation may install as well is called for all of them.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DINSTALLED_LATER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/later.json
 * RUN: %json-check %t/later.json --findings 1 --finding 'coco-bounce leak map_shared drivers/given-away.c'
 *
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DTHREAD %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/thread.json
 * RUN: %json-check %t/thread.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DTHREAD --flag=-DNEGATED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/started.json
 * RUN: %json-check %t/started.json --findings 1 --finding 'coco-bounce leak map_shared drivers/given-away.c'
 */
#include <linux/hyperv.h>

struct tasklet {
	void (*run)(struct tasklet *tasklet);
};
void tasklet_start(struct tasklet *tasklet, void (*run)(struct tasklet *tasklet));
void *thread_run(int (*code)(void *data), void *data);

struct box;

struct box_ops {
	int (*map)(struct box *box);
};

struct box {
	struct hv_device *hv;
	struct tasklet tasklet;
	const struct box_ops *ops;
};

static int map_shared(struct box *box)
{
	dma_map_single(&box->hv->device, box, 64, DMA_TO_DEVICE);
	return 0;
}

static int map_private(struct box *box)
{
	return 0;
}

static const struct box_ops shared_ops = { .map = map_shared };
static const struct box_ops private_ops = { .map = map_private };

static void run(struct tasklet *tasklet)
{
	struct box *box = container_of(tasklet, struct box, tasklet);

	box->ops->map(box);
}

static int work(void *data)
{
	return map_shared(data);
}

#ifdef NEGATED
#define IS_PRIVATE(hv) (!(hv)->channel->co_external_memory)
#else
#define IS_PRIVATE(hv) ((hv)->channel->co_external_memory)
#endif

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
#ifdef THREAD
	if (IS_PRIVATE(hv))
		return 0;
	thread_run(work, box);
#else
	box->ops = IS_PRIVATE(hv) ? &private_ops : &shared_ops;
	tasklet_start(&box->tasklet, run);
#endif
	return 0;
}

static int resume(struct hv_device *hv)
{
#ifdef INSTALLED_LATER
	struct box *box = hv_get_drvdata(hv);

	box->ops = &shared_ops;
#endif
	return 0;
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe, .resume = resume,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);

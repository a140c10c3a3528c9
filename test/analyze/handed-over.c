/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A function without a body may call what it finds in a record that it is handed: a work item, say. Where it gets the
 * record to read only, as trace points do, it does not.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/read.json
 * RUN: %json-check %t/read.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DQUEUED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/queued.json
 * RUN: %json-check %t/queued.json --findings 1 --finding 'coco-bounce leak send drivers/handed-over.c'
 */
#include <linux/hyperv.h>

struct job {
	void (*run)(struct job *job);
	struct hv_device *hv;
	void *data;
	bool ordinary;
};

#ifdef QUEUED
void take_over(struct job *job);
#else
void take_over(const struct job *job);
#endif

static void send(struct job *job)
{
	if (job->ordinary)
		dma_map_single(&job->hv->device, job->data, 64, DMA_TO_DEVICE);
}

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return -ENOMEM;
	job->hv = hv;
	job->data = hv;
	job->run = send;
	/* Whoever runs it before the flag is right leaks. */
	job->ordinary = true;
	take_over(job);
	job->ordinary = !hv->channel->co_external_memory;
	hv_set_drvdata(hv, job);
	return 0;
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "job", .id_table = ids, .probe = probe,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A request is put off to a work item, which finds it again with container_of(). */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct wrk;

struct wrk_job {
	struct work_struct work;
	struct wrk *wrk;
	struct disk_request *rq;
};

struct wrk {
	struct hv_device *hv;
	struct disk disk;
};

static int wrk_run(struct wrk *wrk, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &wrk->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(wrk->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static void wrk_work_Bad(struct work_struct *work)
{
	struct wrk_job *job = container_of(work, struct wrk_job, work);
	struct wrk *wrk = job->wrk;
	struct device *dev = &wrk->hv->device;
	dma_addr_t addr;

	addr = dma_map_single(dev, job->rq->buf, job->rq->len, job->rq->dir);	/* expect: coco-bounce leak */
	wrk_run(wrk, job->rq, addr);
	kfree(job);
}

static void wrk_work_Ok(struct work_struct *work)
{
	struct wrk_job *job = container_of(work, struct wrk_job, work);
	struct wrk *wrk = job->wrk;
	struct device *dev = &wrk->hv->device;
	dma_addr_t addr;

	if (!wrk->hv->channel->co_external_memory) {
		addr = dma_map_single(dev, job->rq->buf, job->rq->len, job->rq->dir);	/* expect: private|shared-by-design (guard) */
		wrk_run(wrk, job->rq, addr);
	}
	kfree(job);
}

static int wrk_put_off(struct disk *d, struct disk_request *rq, work_func_t fn)
{
	struct wrk_job *job = kzalloc(sizeof(*job), GFP_ATOMIC);

	if (!job)
		return -ENOMEM;
	job->wrk = d->private_data;
	job->rq = rq;
	INIT_WORK(&job->work, fn);
	schedule_work(&job->work);
	return 0;
}

static int wrk_queue_Bad(struct disk *d, struct disk_request *rq)
{
	return wrk_put_off(d, rq, wrk_work_Bad);
}

static int wrk_queue_Ok(struct disk *d, struct disk_request *rq)
{
	return wrk_put_off(d, rq, wrk_work_Ok);
}

static const struct disk_ops wrk_ops = {
	.queue = wrk_queue_Bad,
	.queue_urgent = wrk_queue_Ok,
};

static int wrk_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct wrk *wrk = kzalloc(sizeof(*wrk), GFP_KERNEL);
	int ret;

	if (!wrk)
		return -ENOMEM;
	wrk->hv = hv;
	hv_set_drvdata(hv, wrk);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, wrk);
	if (ret) {
		kfree(wrk);
		return ret;
	}
	wrk->disk.ops = &wrk_ops;
	wrk->disk.dma_dev = &hv->device;
	wrk->disk.private_data = wrk;
	return disk_register(&wrk->disk);
}

static void wrk_remove(struct hv_device *hv)
{
	struct wrk *wrk = hv_get_drvdata(hv);

	disk_unregister(&wrk->disk);
	vmbus_close(hv->channel);
	kfree(wrk);
}

static const struct hv_vmbus_device_id wrk_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver wrk_drv = {
	.name = "wrk",
	.id_table = wrk_ids,
	.probe = wrk_probe,
	.remove = wrk_remove,
};

static int __init wrk_init(void)
{
	return vmbus_driver_register(&wrk_drv);
}
module_init(wrk_init);

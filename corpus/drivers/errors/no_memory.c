/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Without memory for a descriptor the driver takes the path that needs none, and forgets the
 * guard.
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct nom_job {
	u64 gpa;
};

struct nom {
	struct hv_device *hv;
	struct disk disk;
};

static int nom_run(struct nom *nom, struct disk_request *rq, dma_addr_t addr)
{
	struct device *dev = &nom->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(nom->hv->channel, addr, rq->len);
	dma_unmap_single(dev, addr, rq->len, rq->dir);
	return ret;
}

static int nom_queue_Bad(struct disk *d, struct disk_request *rq)
{
	struct nom *nom = d->private_data;
	struct vmbus_channel *ch = nom->hv->channel;
	struct nom_job *job = kzalloc(sizeof(*job), GFP_ATOMIC);
	int ret;

	if (!job)
		goto plain;
	job->gpa = virt_to_phys(rq->buf);
	ret = ch->co_external_memory ? vmbus_transfer(ch, job->gpa, rq->len) : -EIO;
	kfree(job);
	if (!ret)
		return 0;
	if (ch->co_external_memory)
		return ret;
plain:
	return nom_run(nom, rq,
		       dma_map_single(&nom->hv->device, rq->buf,	/* expect: coco-bounce leak */
				      rq->len, rq->dir));
}

static int nom_queue_Ok(struct disk *d, struct disk_request *rq)
{
	struct nom *nom = d->private_data;
	struct vmbus_channel *ch = nom->hv->channel;
	struct nom_job *job = kzalloc(sizeof(*job), GFP_ATOMIC);
	int ret;

	if (!job)
		return -ENOMEM;
	job->gpa = virt_to_phys(rq->buf);
	ret = ch->co_external_memory ? vmbus_transfer(ch, job->gpa, rq->len) : -EIO;
	kfree(job);
	if (!ret)
		return 0;
	if (ch->co_external_memory)
		return ret;
	return nom_run(nom, rq,
		       dma_map_single(&nom->hv->device, rq->buf,	/* expect: private|shared-by-design (guard) */
				      rq->len, rq->dir));
}

static const struct disk_ops nom_ops = {
	.queue = nom_queue_Bad,
	.queue_urgent = nom_queue_Ok,
};

static int nom_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct nom *nom = kzalloc(sizeof(*nom), GFP_KERNEL);
	int ret;

	if (!nom)
		return -ENOMEM;
	nom->hv = hv;
	hv_set_drvdata(hv, nom);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, nom);
	if (ret) {
		kfree(nom);
		return ret;
	}
	nom->disk.ops = &nom_ops;
	nom->disk.dma_dev = &hv->device;
	nom->disk.private_data = nom;
	return disk_register(&nom->disk);
}

static void nom_remove(struct hv_device *hv)
{
	struct nom *nom = hv_get_drvdata(hv);

	disk_unregister(&nom->disk);
	vmbus_close(hv->channel);
	kfree(nom);
}

static const struct hv_vmbus_device_id nom_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver nom_drv = {
	.name = "nom",
	.id_table = nom_ids,
	.probe = nom_probe,
	.remove = nom_remove,
};

static int __init nom_init(void)
{
	return vmbus_driver_register(&nom_drv);
}
module_init(nom_init);

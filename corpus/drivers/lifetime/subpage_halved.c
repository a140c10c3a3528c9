/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Half a page of the slab for each of several, and a whole one. */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct sph {
	struct hv_device *hv;
	struct disk disk;
};

static int sph_cycle_Bad(void)
{
	void *memory = kcalloc(4, PAGE_SIZE / 2, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)memory + PAGE_SIZE / 2, 1))	/* expect: coco-subpage-sharing leak */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)memory + PAGE_SIZE / 2, 1))
		kfree(memory);
	return 0;
}

static int sph_cycle_Ok(void)
{
	void *memory = kcalloc(4, PAGE_SIZE, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	if (set_memory_decrypted((unsigned long)memory, 4))	/* expect: shared-by-design|private */
		return -EIO;
	if (!set_memory_encrypted((unsigned long)memory, 4))
		kfree(memory);
	return 0;
}

static int sph_queue(struct disk *d, struct disk_request *rq)
{
	struct sph *sph = d->private_data;
	struct vmbus_channel *ch = sph->hv->channel;

	if (ch->rescind)
		return -ENODEV;
	return rq->dir == DMA_TO_DEVICE ? sph_cycle_Ok() : sph_cycle_Bad();
}

static const struct disk_ops sph_ops = {
	.queue = sph_queue,
};

static int sph_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct sph *sph = kzalloc(sizeof(*sph), GFP_KERNEL);
	int ret;

	if (!sph)
		return -ENOMEM;
	sph->hv = hv;
	hv_set_drvdata(hv, sph);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, sph);
	if (ret) {
		kfree(sph);
		return ret;
	}
	sph->disk.ops = &sph_ops;
	sph->disk.dma_dev = &hv->device;
	sph->disk.private_data = sph;
	return disk_register(&sph->disk);
}

static void sph_remove(struct hv_device *hv)
{
	struct sph *sph = hv_get_drvdata(hv);

	disk_unregister(&sph->disk);
	vmbus_close(hv->channel);
	kfree(sph);
}

static const struct hv_vmbus_device_id sph_ids[] = {
	{ HV_SCSI_GUID }, { },
};

static struct hv_driver sph_drv = {
	.name = "sph",
	.id_table = sph_ids,
	.probe = sph_probe,
	.remove = sph_remove,
};

static int __init sph_init(void)
{
	return vmbus_driver_register(&sph_drv);
}
module_init(sph_init);

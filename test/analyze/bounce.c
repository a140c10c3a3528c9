/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A mapping that is not guarded bounces private data of a confidential channel; one that is guarded by the channel's
 * flag does not. Both DMA cores say so, each for its own reason.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --findings 1 --finding 'coco-bounce leak queue_bad drivers/bounce.c' \
 * RUN:   --no-site 'leak queue_ok' --value summary.complete=true --value kernel.has_markers=true \
 * RUN:   --value kernel.has_dma_core=true --value 'findings.0.profiles=["snp-vtom", "tdx-paravisor"]' \
 * RUN:   --value findings.0.data_class=external --value findings.0.device_class=vmbus
 *
 * RUN: %tree %t --core 6 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/6.json
 * RUN: %json-check %t/6.json --findings 1 --finding 'coco-bounce leak queue_bad drivers/bounce.c' --no-site 'leak queue_ok'
 *
 * The text form starts like a compiler's message, and ends with the numbers.
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache > %t/text && %FileCheck %s < %t/text
 * CHECK: drivers/bounce.c:[[#]]:{{[0-9]+}}: warning: {{.*}}[coco-bounce]
 * CHECK: note:
 * CHECK: leak on snp-vtom, tdx-paravisor
 * CHECK: 1 finding; {{[0-9]+}} units analyzed, 0 failed
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box {
	struct hv_device *hv;
	struct disk disk;
};

static int queue_bad(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&box->hv->device, rq->dma) ? -ENOMEM : 0;
}

static int queue_ok(struct disk *d, struct disk_request *rq)
{
	struct box *box = d->private_data;

	if (box->hv->channel->co_external_memory)
		return -EOPNOTSUPP;
	rq->dma = dma_map_single(&box->hv->device, rq->buf, rq->len, rq->dir);
	return dma_mapping_error(&box->hv->device, rq->dma) ? -ENOMEM : 0;
}

static const struct disk_ops ops = {
	.queue = queue_bad,
	.queue_urgent = queue_ok,
};

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->disk.ops = &ops;
	box->disk.dma_dev = &hv->device;
	box->disk.private_data = box;
	return disk_register(&box->disk);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = { .name = "box", .id_table = ids, .probe = probe };

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * What opens a file comes before all that is done with it: the context that it makes for each file keeps the channel's
 * flag, or it refuses confidential channels. What the spec does not name as first may come at any time.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/flag.json
 * RUN: %json-check %t/flag.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DNEGATED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/flag.json
 * RUN: %json-check %t/flag.json --findings 1 --finding 'coco-bounce leak box_write drivers/opened-first.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DREFUSED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/refused.json
 * RUN: %json-check %t/refused.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DREFUSED --flag=-DNEGATED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/refused.json
 * RUN: %json-check %t/refused.json --findings 1 --finding 'coco-bounce leak box_write drivers/opened-first.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DLATER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/later.json
 * RUN: %json-check %t/later.json --findings 1 --finding 'coco-bounce leak box_write drivers/opened-first.c'
 */
#include <linux/hyperv.h>

struct inode {
	void *i_private;
};
struct file {
	void *private_data;
};
struct file_operations {
	int (*open)(struct inode *inode, struct file *file);
	int (*lock)(struct file *file);
	long (*write)(struct file *file);
};
int make_file(void *data, const struct file_operations *ops);

struct box {
	struct hv_device *hv;
};

struct box_file {
	struct box *box;
	int private;
};

#ifdef NEGATED
#define IS_PRIVATE(hv) (!(hv)->channel->co_external_memory)
#else
#define IS_PRIVATE(hv) ((hv)->channel->co_external_memory)
#endif

static void set_flag(struct box_file *bf)
{
	bf->private = IS_PRIVATE(bf->box->hv);
}

static int box_open(struct inode *inode, struct file *file)
{
	struct box *box = inode->i_private;
	struct box_file *bf;

#ifdef REFUSED
	if (IS_PRIVATE(box->hv))
		return -EOPNOTSUPP;
#endif
	bf = kzalloc(sizeof(*bf), GFP_KERNEL);
	if (!bf)
		return -ENOMEM;
	bf->box = box;
#ifndef LATER
	set_flag(bf);
#endif
	file->private_data = bf;
	return 0;
}

static int box_lock(struct file *file)
{
#ifdef LATER
	set_flag(file->private_data);
#endif
	return 0;
}

static long box_write(struct file *file)
{
	struct box_file *bf = file->private_data;

#ifndef REFUSED
	if (bf->private)
		return -EIO;
#endif
	dma_map_single(&bf->box->hv->device, bf, 64, DMA_TO_DEVICE);
	return 0;
}

static const struct file_operations ops = { .open = box_open, .lock = box_lock, .write = box_write };

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	return make_file(box, &ops);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);

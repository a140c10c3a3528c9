/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * One module has two drivers. What is shown of a file is handed out by what opens it, which only the table that the first
 * one gives away holds: it runs for the first driver's device, and is found there.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/leak.json
 * RUN: %json-check %t/leak.json --findings 1 --finding 'coco-bounce leak box_show drivers/two-drivers.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DGUARDED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/safe.json
 * RUN: %json-check %t/safe.json --findings 0
 *
 * The table lies in a variable, which is what the operation finds its device by.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DIN_VARIABLE %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/variable.json
 * RUN: %json-check %t/variable.json --findings 1 --finding 'coco-bounce leak users_write drivers/two-drivers.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DIN_VARIABLE --flag=-DGUARDED %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/safe.json
 * RUN: %json-check %t/safe.json --findings 0
 */
#include <linux/hyperv.h>

struct seq_file {
	void *private;
};
struct file_ops {
	int (*open)(void *data);
};
int make_file(void *data, const struct file_ops *ops);
int single_open(int (*show)(struct seq_file *seq), void *data);

struct box {
	struct hv_device *hv;
};

static int box_show(struct seq_file *seq)
{
	struct box *box = seq->private;

#ifdef GUARDED
	if (box->hv->channel->co_external_memory)
		return -EIO;
#endif
	dma_map_single(&box->hv->device, box, 64, DMA_TO_DEVICE);
	return 0;
}

static int open_it(void *data)
{
	return single_open(box_show, data);
}

static int box_open(void *data)
{
	return open_it(data);
}

static const struct file_ops ops = { .open = box_open };

struct user_ops {
	long (*write)(void *opened);
};
struct users {
	const struct user_ops *ops;
	struct device *parent;
};
int users_register(struct users *users);

static long users_write(void *opened)
{
	struct users *users = opened;
	struct box *box = dev_get_drvdata(users->parent);

#ifdef GUARDED
	if (box->hv->channel->co_external_memory)
		return -EIO;
#endif
	dma_map_single(&box->hv->device, box, 64, DMA_TO_DEVICE);
	return 0;
}

static const struct user_ops user_ops = { .write = users_write };
static struct users users = { .ops = &user_ops };

static int box_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
#ifdef IN_VARIABLE
	users.parent = &hv->device;
	return users_register(&users);
#else
	return make_file(box, &ops);
#endif
}

static int other_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	return 0;
}

static const struct hv_vmbus_device_id box_ids[] = { { HV_SCSI_GUID }, { }, };
static const struct hv_vmbus_device_id other_ids[] = { { HV_NIC_GUID }, { }, };

static struct hv_driver box_driver = {
	.name = "box", .id_table = box_ids, .probe = box_probe,
};
static struct hv_driver other_driver = {
	.name = "other", .id_table = other_ids, .probe = other_probe,
};

static int __init start(void)
{
	int ret = vmbus_driver_register(&box_driver);

	return ret ? ret : vmbus_driver_register(&other_driver);
}
module_init(start);

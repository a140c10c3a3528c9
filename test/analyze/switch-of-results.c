/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A switch over one of several results, most of which are constants: which case is taken is known exactly, so that what
 * happens in it is shown to go together with what happens later. Here a page is made host-visible where the host took a
 * message, and never taken back.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --finding 'coco-decrypted-free leak remove drivers/switch-of-results.c'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

u64 call_host(unsigned long message);

struct box {
	unsigned long page;
	bool shared;
};

static int send(unsigned long message, size_t length)
{
	if (length > 4096)
		return 90;
	if (length > 2048)
		return 5;
	if (!length)
		return 92;
	return call_host(message) & 0xffff;
}

static int offer(struct box *box, size_t length)
{
	for (int retries = 0; retries < 3; retries++) {
		switch (send(box->page, length)) {
		case 18:
		case 19:
			break;
		case 0:
			box->shared = true;
			return set_memory_decrypted(box->page, 1);
		default:
			return -EINVAL;
		}
	}
	return -EAGAIN;
}

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	int ret;

	if (!box)
		return -ENOMEM;
	hv_set_drvdata(hv, box);
	box->page = get_zeroed_page(GFP_KERNEL);
	if (!box->page)
		return -ENOMEM;
	ret = offer(box, hv->channel->offermsg.child_relid);
	return ret;
}

static void remove(struct hv_device *hv)
{
	struct box *box = hv_get_drvdata(hv);

	free_page(box->page);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };
static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe, .remove = remove,
};

static int __init box_init(void)
{
	return vmbus_driver_register(&driver);
}
module_init(box_init);

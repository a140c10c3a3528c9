/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A page that was made host-visible goes back to its allocator. Where that failed, or was not taken back, the next
 * owner's data is host-visible: whatever the channel is, and although the state is kept in a field in between.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/7.json
 * RUN: %json-check %t/7.json --finding 'coco-decrypted-free leak free_bad drivers/decrypted-free.c' \
 * RUN:   --finding 'coco-subpage-sharing leak share_small drivers/decrypted-free.c' \
 * RUN:   --site 'private free_ok' --no-site 'leak free_ok'
 */
#include <linux/hyperv.h>
#include <linux/minidisk.h>

struct box {
	struct hv_device *hv;
	unsigned long bad, ok;
	bool ok_shared;
	char mailbox[64];
};

/* The result is not looked at: half of the page may still be shared. */
static void free_bad(struct box *box)
{
	set_memory_encrypted(box->bad, 1);
	free_page(box->bad);
}

/* Lost on purpose unless it is known to be private. */
static void free_ok(struct box *box)
{
	if (box->ok_shared)
		box->ok_shared = set_memory_encrypted(box->ok, 1);
	if (!box->ok_shared)
		free_page(box->ok);
}

/* The pages of a slab object hold what belongs to others. */
static int share_small(struct box *box)
{
	return set_memory_decrypted((unsigned long)box->mailbox, 1);
}

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	box->bad = get_zeroed_page(GFP_KERNEL);
	box->ok = get_zeroed_page(GFP_KERNEL);
	if (!box->bad || !box->ok)
		return -ENOMEM;
	if (set_memory_decrypted(box->bad, 1))
		return -EIO;
	/* True from here on, even if it fails: the state is unknown then. */
	box->ok_shared = true;
	if (set_memory_decrypted(box->ok, 1))
		return -EIO;
	return share_small(box);
}

static void remove(struct hv_device *hv)
{
	struct box *box = hv_get_drvdata(hv);

	free_bad(box);
	free_ok(box);
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

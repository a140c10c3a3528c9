/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A work item, a timer and a device for users are set up by the probe always, and started for ordinary channels only: by
 * handing on the record that the code lies in. To stop it starts nothing.
 *
 * RUN: rm -rf %t && %tree %t --core 7 %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/work.json
 * RUN: %json-check %t/work.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DTIMER %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/timer.json
 * RUN: %json-check %t/timer.json --findings 0
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DUSERS %s
 * RUN: %status 0 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/users.json
 * RUN: %json-check %t/users.json --findings 0
 *
 * The same for confidential channels.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DNEGATED %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/work.json
 * RUN: %json-check %t/work.json --findings 1 --finding 'coco-bounce leak send drivers/started-if.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DNEGATED --flag=-DTIMER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/timer.json
 * RUN: %json-check %t/timer.json --findings 1 --finding 'coco-bounce leak send drivers/started-if.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DNEGATED --flag=-DUSERS %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/users.json
 * RUN: %json-check %t/users.json --findings 1 --finding 'coco-bounce leak send drivers/started-if.c'
 *
 * Started by an operation as well; handed on by what is kept elsewhere, or by a helper that knows the record only.
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DBY_OPERATION %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/operation.json
 * RUN: %json-check %t/operation.json --findings 1 --finding 'coco-bounce leak send drivers/started-if.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DKEPT_ELSEWHERE %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/elsewhere.json
 * RUN: %json-check %t/elsewhere.json --findings 1 --finding 'coco-bounce leak send drivers/started-if.c'
 * RUN: rm -rf %t && %tree %t --core 7 --flag=-DBY_HELPER %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %t/kernel --no-cache --format json -o %t/helper.json
 * RUN: %json-check %t/helper.json --findings 1 --finding 'coco-bounce leak send drivers/started-if.c'
 */
#include <linux/hyperv.h>
#include <linux/workqueue.h>

struct timer_list {
	void (*function)(struct timer_list *timer);
};
void timer_init_key(struct timer_list *timer, void (*function)(struct timer_list *timer));
int mod_timer(struct timer_list *timer, unsigned long when);

struct users;
struct users_ops {
	int (*write)(struct users *users);
};
struct users {
	const struct users_ops *ops;
};
int users_register(struct users *users);

struct box {
	struct hv_device *hv;
	struct work_struct work;
	struct timer_list timer;
	struct users users;
};

static struct work_struct *pending;

static void send(struct box *box)
{
	dma_map_single(&box->hv->device, box, 64, DMA_TO_DEVICE);
}

#ifdef NEGATED
#define IS_ORDINARY(hv) ((hv)->channel->co_external_memory)
#else
#define IS_ORDINARY(hv) (!(hv)->channel->co_external_memory)
#endif

#ifdef TIMER
static void expired(struct timer_list *timer)
{
	send(container_of(timer, struct box, timer));
}

static void set_up(struct box *box)
{
	timer_init_key(&box->timer, expired);
}

static void go(struct box *box)
{
	mod_timer(&box->timer, 1000);
}
#elif defined(USERS)
static int written(struct users *users)
{
	send(container_of(users, struct box, users));
	return 0;
}

static const struct users_ops ops = { .write = written };

static void set_up(struct box *box)
{
	box->users.ops = &ops;
}

static void go(struct box *box)
{
	users_register(&box->users);
}
#else
static void do_work(struct work_struct *work)
{
	send(container_of(work, struct box, work));
}

static void set_up(struct box *box)
{
	INIT_WORK(&box->work, do_work);
}

static void go(struct box *box)
{
	schedule_work(&box->work);
}
#endif

static void start_work(struct work_struct *work)
{
	schedule_work(work);
}

static int probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);

	if (!box)
		return -ENOMEM;
	box->hv = hv;
	hv_set_drvdata(hv, box);
	set_up(box);
	if (IS_ORDINARY(hv))
		go(box);
#ifdef KEPT_ELSEWHERE
	pending = &box->work;
#elif defined(BY_HELPER)
	start_work(&box->work);
#endif
	return 0;
}

static int resume(struct hv_device *hv)
{
#ifdef BY_OPERATION
	struct box *box = hv_get_drvdata(hv);

	schedule_work(&box->work);
#endif
	return 0;
}

static void remove(struct hv_device *hv)
{
	struct box *box = hv_get_drvdata(hv);

	cancel_work_sync(&box->work);
	kfree(box);
}

static const struct hv_vmbus_device_id ids[] = { { HV_SCSI_GUID }, { }, };

static struct hv_driver driver = {
	.name = "box", .id_table = ids, .probe = probe, .resume = resume, .remove = remove,
};

static int __init start(void)
{
	return vmbus_driver_register(&driver);
}
module_init(start);

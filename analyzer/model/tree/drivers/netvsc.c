/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A tree's netvsc, as it is: included, so that its private structs are at hand.
 * A packet is sent by netvsc_send(), as its transmit function does, with the
 * buffer as the data of the skb. The send buffer, which is shared by design and
 * takes small packets, has no room here, so the data is mapped.
 */
#include "drivers/net/hyperv/netvsc.c"

#include "drivers.h"

#define MOST_PAGES 16

/* A net device with the driver's part behind it, wherever a tree has it. */
struct bench_net {
	u8 memory[sizeof(struct net_device) + sizeof(struct net_device_context)
		  + 256] __aligned(64);
	struct netvsc_device own;
	struct netdev_queue queues[1 + TREE_SUB_CHANNELS];
	struct hv_ring_buffer ring;
};

static struct bench_net nets[TREE_DEVICES];

static void open_channel(struct bench_net *n, unsigned int index,
			 struct vmbus_channel *channel)
{
	n->own.num_chn = index + 1;
	n->own.chan_table[index].channel = channel;
	channel->outbound.ring_buffer = &n->ring;
	channel->outbound.ring_datasize = 1 << 20;
}

static int set_up(unsigned int number, struct hv_device *hv)
{
	struct bench_net *n = &nets[number];
	struct net_device *ndev = (struct net_device *)n->memory;
	struct net_device_context *context = netdev_priv(ndev);

	if ((u8 *)(context + 1) > n->memory + sizeof(n->memory))
		return -EINVAL;
	ndev->_tx = n->queues;
	ndev->num_tx_queues = 1;
	ndev->real_num_tx_queues = 1;
	context->device_ctx = hv;
	rcu_assign_pointer(context->nvdev, &n->own);
	open_channel(n, 0, hv->channel);
	hv_set_drvdata(hv, ndev);
	return 0;
}

static int add_channel(unsigned int number, unsigned int index)
{
	struct net_device *ndev = (struct net_device *)nets[number].memory;

	ndev->num_tx_queues = index + 1;
	ndev->real_num_tx_queues = index + 1;
	open_channel(&nets[number], index, tree_channel_of(number, index));
	return 0;
}

/* The pages of the data, as the transmit function lists them: how many. */
static unsigned int list_pages(struct hv_page_buffer *pages,
			       const struct kernel_operation *op)
{
	u64 at = virt_to_phys(op->address);
	unsigned long left = op->size;
	unsigned int count;

	for (count = 0; left && count < MOST_PAGES; count++) {
		u32 offset = at & ~HV_HYP_PAGE_MASK;
		u32 size = min(left, HV_HYP_PAGE_SIZE - offset);

		pages[count].pfn = at >> HV_HYP_PAGE_SHIFT;
		pages[count].offset = offset;
		pages[count].len = size;
		at += size;
		left -= size;
	}
	return left ? 0 : count;
}

static int transmit(unsigned int number, struct kernel_operation *op)
{
	static struct hv_page_buffer pages[MOST_PAGES];
	static struct sk_buff skb;
	struct net_device *ndev = (struct net_device *)nets[number].memory;
	struct hv_netvsc_packet packet = {};
	int ret;

	if (op->direction != DMA_TO_DEVICE)
		return -EOPNOTSUPP;
	if (!tree_channel_of(number, op->channel))
		return -ENODEV;
	packet.q_idx = op->channel;
	packet.page_buf_cnt = list_pages(pages, op);
	packet.total_data_buflen = op->size;
	packet.total_packets = 1;
	packet.total_bytes = op->size;
	if (!packet.page_buf_cnt)
		return -EMSGSIZE;
	ret = netvsc_send(ndev, &packet, NULL, pages, &skb, false);
	if (ret)
		return ret;
	/* The answer came: the driver's completion unmaps. */
	netvsc_dma_unmap(&tree_devices[number].hv, &packet);
	return tree_transfer_error;
}

const struct tree_driver tree_netvsc = {
	.name = "netvsc",
	.set_up = set_up,
	.request = transmit,
	.add_channel = add_channel,
};

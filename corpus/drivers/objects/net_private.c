/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A network device: the flag is kept in its private area, the mapping is in a helper. */
#include <linux/hyperv.h>
#include <linux/mininet.h>

struct npr {
	struct hv_device *hv;
	struct netif nif;
	bool private_data;
	bool private_ring;
};

struct npr_slot {
	u64 addr;
	bool mapped;
};

static int npr_map_Bad(struct npr *npr, struct sk_buff *skb, struct npr_slot *slot)
{
	struct device *dev = &npr->hv->device;

	slot->addr = dma_map_single(dev, skb->data, skb->len, DMA_TO_DEVICE);	/* expect: coco-bounce leak */
	if (dma_mapping_error(dev, slot->addr))
		return -ENOMEM;
	slot->mapped = true;
	return 0;
}

static int npr_xmit_Bad(struct sk_buff *skb, struct netif *nif)
{
	struct npr_slot slot = { .addr = virt_to_phys(skb->data) };
	struct npr *npr = netif_priv(nif);
	int ret;

	ret = npr->private_ring && !npr->private_data ? 0 : npr_map_Bad(npr, skb, &slot);
	if (!ret)
		ret = vmbus_transfer(npr->hv->channel, slot.addr, skb->len);
	if (slot.mapped)
		dma_unmap_single(&npr->hv->device, slot.addr, skb->len,
				 DMA_TO_DEVICE);
	kfree_skb(skb);
	return ret;
}

static int npr_map_Ok(struct npr *npr, struct sk_buff *skb, struct npr_slot *slot)
{
	struct device *dev = &npr->hv->device;

	slot->addr = dma_map_single(dev, skb->data, skb->len, DMA_TO_DEVICE);	/* expect: private|shared-by-design (guard) */
	if (dma_mapping_error(dev, slot->addr))
		return -ENOMEM;
	slot->mapped = true;
	return 0;
}

static int npr_xmit_Ok(struct sk_buff *skb, struct netif *nif)
{
	struct npr_slot slot = { .addr = virt_to_phys(skb->data) };
	struct npr *npr = netif_priv(nif);
	int ret;

	ret = npr->private_data ? 0 : npr_map_Ok(npr, skb, &slot);
	if (!ret)
		ret = vmbus_transfer(npr->hv->channel, slot.addr, skb->len);
	if (slot.mapped)
		dma_unmap_single(&npr->hv->device, slot.addr, skb->len,
				 DMA_TO_DEVICE);
	kfree_skb(skb);
	return ret;
}

static const struct netif_ops npr_ops = {
	.xmit = npr_xmit_Bad,
	.xmit_urgent = npr_xmit_Ok,
};

static int npr_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct npr *npr = kzalloc(sizeof(*npr), GFP_KERNEL);
	int ret;

	if (!npr)
		return -ENOMEM;
	npr->hv = hv;
	npr->private_data = hv->channel->co_external_memory;
	npr->private_ring = hv->channel->co_ring_buffer;
	hv_set_drvdata(hv, npr);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, npr);
	if (ret) {
		kfree(npr);
		return ret;
	}
	npr->nif.ops = &npr_ops;
	npr->nif.parent = &hv->device;
	npr->nif.priv = npr;
	return netif_register(&npr->nif);
}

static void npr_remove(struct hv_device *hv)
{
	struct npr *npr = hv_get_drvdata(hv);

	netif_unregister(&npr->nif);
	vmbus_close(hv->channel);
	kfree(npr);
}

static const struct hv_vmbus_device_id npr_ids[] = {
	{ HV_NIC_GUID }, { },
};

static struct hv_driver npr_drv = {
	.name = "npr",
	.id_table = npr_ids,
	.probe = npr_probe,
	.remove = npr_remove,
};

static int __init npr_init(void)
{
	return vmbus_driver_register(&npr_drv);
}
module_init(npr_init);

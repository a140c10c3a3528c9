/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* As the other witnesses, with packets. */
#include <linux/hyperv.h>
#include <linux/mininet.h>

struct wnt {
	struct hv_device *hv;
	struct netif nif;
};

static int wnt_send(struct wnt *wnt, dma_addr_t addr, u32 len)
{
	struct device *dev = &wnt->hv->device;
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = vmbus_transfer(wnt->hv->channel, addr, len);
	dma_unmap_page(dev, addr, len, DMA_TO_DEVICE);
	return ret;
}

static int wnt_xmit(struct sk_buff *skb, struct netif *nif)
{
	struct wnt *wnt = netif_priv(nif);
	struct device *dev = &wnt->hv->device;
	dma_addr_t addr;
	unsigned int i;
	int ret;

	addr = dma_map_single(dev, skb->data, skb_headlen(skb), DMA_TO_DEVICE);	/* expect(streaming=leak): coco-bounce leak */ /* expect(streaming=private): private */ /* expect(streaming=fails): fails-closed coco-fails-closed */ /* expect(streaming=unmarked): shared-by-design|unreachable */ /* expect(streaming=undecided): any */
	ret = wnt_send(wnt, addr, skb_headlen(skb));
	for (i = 0; !ret && i < skb->nr_frags; i++) {
		const skb_frag_t *frag = &skb->frags[i];

		addr = skb_frag_dma_map(dev, frag, 0, frag->size, DMA_TO_DEVICE);	/* expect(streaming=leak): coco-bounce leak */ /* expect(streaming=private): private */ /* expect(streaming=fails): fails-closed coco-fails-closed */ /* expect(streaming=unmarked): shared-by-design|unreachable */ /* expect(streaming=undecided): any */
		ret = wnt_send(wnt, addr, frag->size);
	}
	kfree_skb(skb);
	return ret;
}

static const struct netif_ops wnt_ops = {
	.xmit = wnt_xmit,
};

static int wnt_probe(struct hv_device *hv, const struct hv_vmbus_device_id *id)
{
	struct wnt *wnt = kzalloc(sizeof(*wnt), GFP_KERNEL);
	int ret;

	if (!wnt)
		return -ENOMEM;
	wnt->hv = hv;
	hv_set_drvdata(hv, wnt);
	ret = vmbus_open(hv->channel, VMBUS_RING, VMBUS_RING, NULL, 0, NULL, wnt);
	if (ret) {
		kfree(wnt);
		return ret;
	}
	wnt->nif.ops = &wnt_ops;
	wnt->nif.parent = &hv->device;
	wnt->nif.priv = wnt;
	return netif_register(&wnt->nif);
}

static void wnt_remove(struct hv_device *hv)
{
	struct wnt *wnt = hv_get_drvdata(hv);

	netif_unregister(&wnt->nif);
	vmbus_close(hv->channel);
	kfree(wnt);
}

static const struct hv_vmbus_device_id wnt_ids[] = {
	{ HV_NIC_GUID }, { },
};

static struct hv_driver wnt_drv = {
	.name = "wnt",
	.id_table = wnt_ids,
	.probe = wnt_probe,
	.remove = wnt_remove,
};

static int __init wnt_init(void)
{
	return vmbus_driver_register(&wnt_drv);
}
module_init(wnt_init);

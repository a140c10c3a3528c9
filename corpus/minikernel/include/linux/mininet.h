/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A network layer in miniature. */
#ifndef _LINUX_MININET_H
#define _LINUX_MININET_H

#include <linux/dma-mapping.h>
#include <linux/skbuff.h>

struct netif;

struct netif_ops {
	int (*open)(struct netif *nif);
	int (*xmit)(struct sk_buff *skb, struct netif *nif);
	int (*xmit_urgent)(struct sk_buff *skb, struct netif *nif);
	void (*timeout)(struct netif *nif);
};

struct netif {
	const struct netif_ops *ops;
	struct device *parent;
	void *priv;
};

/* Declared only: packets may arrive before it returns. */
int netif_register(struct netif *nif);
void netif_unregister(struct netif *nif);

static inline void *netif_priv(const struct netif *nif)
{
	return nif->priv;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Packets: a linear part and a few page fragments. */
#ifndef _LINUX_SKBUFF_H
#define _LINUX_SKBUFF_H

#include <linux/mm.h>

#define MAX_SKB_FRAGS 4

typedef struct skb_frag {
	struct page *page;
	unsigned int offset;
	unsigned int size;
} skb_frag_t;

struct sk_buff {
	struct sk_buff *next;
	void *data;
	unsigned int len;
	unsigned int data_len;
	unsigned int nr_frags;
	skb_frag_t frags[MAX_SKB_FRAGS];
	char cb[48];
};

#define skb_headlen(skb) ((skb)->len - (skb)->data_len)

void kfree_skb(struct sk_buff *skb);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* A device gets its pool by a function, not by an assignment. */
#include <linux/swiotlb.h>

void probe(struct device *dev);
void probe(struct device *dev)
{
	swiotlb_dev_init(dev);
}

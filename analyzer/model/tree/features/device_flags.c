/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Flags of a device are bits of one word. */
#include <linux/device.h>

unsigned long probe(const struct device *dev);
unsigned long probe(const struct device *dev)
{
	return dev->flags[0];
}

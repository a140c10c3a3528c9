// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception
// A driver or a bus must not replace the operations of all devices; a platform does so once, at boot.
// RUN: rm -rf %t && mkdir %t && %split-file %s %t/parts
// RUN: %tidycoco-global-dma-ops %t/parts/driver.c -- | %FileCheck %t/parts/driver.c --implicit-check-not=warning:
// RUN: %tidycoco-global-dma-ops %t/parts/platform.c -- | %FileCheck %t/parts/platform.c --implicit-check-not=warning:
// RUN: %tidycoco-global-dma-ops %t/parts/gart_Ok.c -- | %count 0
// RUN: %tidycoco-global-dma-ops --extra-arg=-DMODULE %t/parts/gart_Ok.c -- | %FileCheck %s --check-prefix=MODULE
// MODULE: gart_Ok.c:{{.*}}warning: 'dma_ops' serves the devices of every bus

//--- driver.c
#include <kernel.h>
// CHECK: :[[@LINE+8]]:{{.*}}'dma_ops' serves the devices of every bus{{.*}}[coco-global-dma-ops]
// CHECK: :[[@LINE+1]]:{{.*}}note: the operations are given here
static const struct dma_map_ops own_ops = { NULL };
static struct hv_driver driver = { { "driver" } };

static int __init probe_Bad(struct device *dev)
{
	if (dev->driver == &driver.driver)
		dma_ops = &own_ops;
	// CHECK: :[[@LINE+1]]:{{.*}}'dma_ops' serves
	WRITE_ONCE(dma_ops, NULL);
	set_dma_ops(dev, &own_ops);
	return dma_ops == &own_ops;
}

static int local_Ok(void)
{
	const struct dma_map_ops *dma_ops = &own_ops;

	dma_ops = NULL;
	return !dma_ops;
}

//--- platform.c
#include <kernel.h>
const struct dma_map_ops *dma_ops;

void __init choose_Ok(const struct dma_map_ops *ops)
{
	dma_ops = ops;
}

void choose_later_Bad(const struct dma_map_ops *ops)
{
	// CHECK: :[[@LINE+1]]:{{.*}}'dma_ops' serves
	dma_ops = ops;
}

//--- gart_Ok.c
#include <kernel.h>
static const struct dma_map_ops gart_ops = { NULL };

int __init gart_init(void)
{
	dma_ops = &gart_ops;
	return 0;
}

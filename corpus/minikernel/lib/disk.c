/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Generic help for disk drivers: it belongs to no bus and is no site. */
#include <linux/minidisk.h>

int disk_map_request(struct disk *d, struct disk_request *rq)
{
	return dma_map_sgtable(d->dma_dev, &rq->sgt, rq->dir, 0);
}

void disk_unmap_request(struct disk *d, struct disk_request *rq)
{
	dma_unmap_sgtable(d->dma_dev, &rq->sgt, rq->dir, 0);
}

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * A tree's storvsc, as it is: included, so that its private structs are at hand.
 * What its probe would set up and queueing a command needs is set up here.
 */
#include "drivers/scsi/storvsc_drv.c"

#include "drivers.h"

/* A command with the driver's part behind it, as the SCSI layer allocates it. */
struct bench_command {
	struct scsi_cmnd scsi;
	struct storvsc_cmd_request request;
	struct scatterlist list[KERNEL_MAX_SEGMENTS];
	u8 cdb[32];
};

/* A host with the driver's part behind it, and what hangs on it. */
struct bench_host {
	struct Scsi_Host scsi;
	struct hv_host_device own;
	struct scsi_device disk;
	struct storvsc_device stor;
	struct vmbus_channel *channels[8];
	struct hv_ring_buffer ring;
};

/* An empty ring with room for any packet. */
static void open_channel(struct bench_host *h, struct vmbus_channel *channel)
{
	channel->outbound.ring_buffer = &h->ring;
	channel->outbound.ring_datasize = 1 << 20;
}

static struct bench_host hosts[TREE_DEVICES];
static struct bench_command command;

static int set_up(unsigned int number, struct hv_device *hv)
{
	struct bench_host *h = &hosts[number];

	if (shost_priv(&h->scsi) != (void *)&h->own ||
	    scsi_cmd_priv(&command.scsi) != (void *)&command.request)
		return -EINVAL;
	h->own.dev = hv;
	h->own.host = &h->scsi;
	h->stor.device = hv;
	h->stor.host = &h->scsi;
	h->stor.stor_chns = h->channels;
	h->channels[0] = hv->channel;
	h->disk.host = &h->scsi;
	h->scsi.dma_dev = &hv->device;
	open_channel(h, hv->channel);
	hv_set_drvdata(hv, &h->stor);
	return 0;
}

static int add_channel(unsigned int number, unsigned int index)
{
	open_channel(&hosts[number], tree_channel_of(number, index));
	return 0;
}

/* The driver takes the channel that belongs to the only CPU. */
static int queue(unsigned int number, struct kernel_operation *op)
{
	struct bench_host *h = &hosts[number];
	unsigned int i;
	int ret;

	h->channels[0] = tree_channel_of(number, op->channel);
	if (!h->channels[0])
		return -ENODEV;
	memset(&command, 0, sizeof(command));
	sg_init_table(command.list, op->segment_count);
	for (i = 0; i < op->segment_count; i++)
		sg_set_buf(&command.list[i], op->segments[i].address,
			   op->segments[i].size);
	command.scsi.device = &h->disk;
	command.scsi.sc_data_direction = op->direction;
	command.scsi.sdb.table.sgl = command.list;
	command.scsi.sdb.table.nents = op->segment_count;
	command.scsi.sdb.length = op->size;
	command.scsi.cmd_len = 6;
	ret = storvsc_queuecommand(&h->scsi, &command.scsi);
	if (ret)
		return -EIO;
	/* The answer came: the driver's completion unmaps. */
	scsi_dma_unmap(&command.scsi);
	return tree_transfer_error;
}

const struct tree_driver tree_storvsc = {
	.name = "storvsc_drv",
	.set_up = set_up,
	.request = queue,
	.add_channel = add_channel,
};

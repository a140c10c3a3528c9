/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Between the glue of a tree and the drivers of the tree that it executes. */
#ifndef MODEL_TREE_DRIVERS_H
#define MODEL_TREE_DRIVERS_H

#include "tree.h"

/* A driver of the tree, whose requests run its own code. */
struct tree_driver {
  const char *name; /* its unit's, without the ending */
  /* Stands for its probe: 0 or a negative error. */
  int (*set_up)(unsigned int number, struct hv_device *hv);
  int (*request)(unsigned int number, struct kernel_operation *op);
  /* Stands for what it does about a sub-channel: 0 or a negative error. */
  int (*add_channel)(unsigned int number, unsigned int index);
};

extern const struct tree_driver tree_storvsc, tree_netvsc;
/* The scenario's driver of that device; NULL if none of these. */
const struct tree_driver *tree_driver_of(unsigned int number);

/* What became of the transfers of the last request: 0 or a negative error. */
extern int tree_transfer_error;

/* Registers with the tree's bus. The driver is bound when the bus adds it. */
int tree_register(unsigned int number, struct hv_device *hv);
/* The driver core calls back: the device is added. */
void tree_added(struct device *dev);
/* The driver is told of sub-channel `index`. */
int tree_add_channel(unsigned int number, unsigned int index);
/* A request for the scenario's driver, or KERNEL_NO_SUCH_OPERATION. */
int tree_request(struct kernel_operation *op);

#endif

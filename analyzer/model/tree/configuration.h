/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Included right after the tree's own configuration: takes away what patches
 * code at run time or needs a kernel's start-up code. None of it decides where
 * data goes.
 */
#undef CONFIG_JUMP_LABEL
#undef CONFIG_TRACEPOINTS
#undef CONFIG_STACKPROTECTOR
#undef CONFIG_STACKPROTECTOR_STRONG
#undef CONFIG_FORTIFY_SOURCE

/* DMA operations of a device or the platform, where a scenario's protection
 * needs them and the tree's configuration has none. */
#if defined(COCODMA_DMA_OPS) && !defined(CONFIG_ARCH_HAS_DMA_OPS)
#define CONFIG_ARCH_HAS_DMA_OPS 1
#endif

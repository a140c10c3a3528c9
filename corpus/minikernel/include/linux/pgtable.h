/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Page protections. pgprot_decrypted() makes a mapping that the host can read through. */
#ifndef _LINUX_PGTABLE_H
#define _LINUX_PGTABLE_H

#include <linux/types.h>

typedef struct {
	u64 pgprot;
} pgprot_t;

#define __pgprot(x) ((pgprot_t) { (x) })
#define pgprot_val(p) ((p).pgprot)
#define PAGE_KERNEL __pgprot(0x63)

u64 cc_mkenc(u64 val);
u64 cc_mkdec(u64 val);

#define pgprot_decrypted(prot) __pgprot(cc_mkdec(pgprot_val(prot)))
#define pgprot_encrypted(prot) __pgprot(cc_mkenc(pgprot_val(prot)))

#endif

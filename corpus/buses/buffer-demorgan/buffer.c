/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The same guard as the plain bus, as a negated conjunction. */
#include "hyperv_vmbus.h"

void *vmbus_alloc_buffer(struct vmbus_channel *channel, u32 size,
			 struct page ***chunks_out, u32 *chunk_cnt_out)
{
	u32 i, nr = PFN_UP(size);
	struct page **pages;
	void *addr;

	*chunks_out = NULL;
	*chunk_cnt_out = 0;
	if (!(hv_is_isolation_supported() && !channel->co_external_memory))
		return vzalloc((unsigned long)nr << PAGE_SHIFT);

	pages = kcalloc(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for (i = 0; i < nr; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i])
			goto undo;
		/* A page whose state is unknown is lost. */
		if (set_memory_decrypted((unsigned long)page_address(pages[i]), 1))	/* expect: private|shared-by-design (guard) */
			goto undo;
	}
	addr = vmap(pages, nr, VM_MAP, pgprot_decrypted(PAGE_KERNEL));	/* expect: private|shared-by-design (guard) */
	if (!addr)
		goto undo;
	memset(addr, 0, (unsigned long)nr << PAGE_SHIFT);
	*chunks_out = pages;
	*chunk_cnt_out = nr;
	return addr;

undo:
	vmbus_free_buffer(NULL, pages, i);
	return NULL;
}

void vmbus_free_buffer(void *addr, struct page **chunks, u32 chunk_cnt)
{
	u32 i;

	if (!chunks) {
		vfree(addr);
		return;
	}
	if (addr)
		vunmap(addr);
	for (i = 0; i < chunk_cnt; i++)
		if (!set_memory_encrypted((unsigned long)page_address(chunks[i]), 1))
			__free_page(chunks[i]);	/* expect: private|shared-by-design (guard) */
	kfree(chunks);
}

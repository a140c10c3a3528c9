/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The mini-kernel's floor: what its headers declare and nobody there defines. */
#include <linux/cc_platform.h>
#include <linux/dma-direct.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "mini.h"

static struct page mem_map[16384];

static struct page *frame_to_page(unsigned long frame)
{
	BUG_ON(frame >= ARRAY_SIZE(mem_map));
	return &mem_map[frame];
}

static unsigned long page_to_frame(const struct page *page)
{
	BUG_ON(page < mem_map || page >= mem_map + ARRAY_SIZE(mem_map));
	return page - mem_map;
}

void *page_address(const struct page *page)
{
	return model_frame_address(page_to_frame(page));
}

phys_addr_t page_to_phys(const struct page *page)
{
	return model_to_physical(page_address(page));
}

struct page *virt_to_page(const void *addr)
{
	return frame_to_page(model_frame_of(addr));
}

struct page *vmalloc_to_page(const void *addr)
{
	return frame_to_page(model_frame_of(addr));
}

phys_addr_t virt_to_phys(const volatile void *addr)
{
	return model_to_physical((const void *)addr);
}

void *phys_to_virt(phys_addr_t phys)
{
	return model_to_virtual(phys);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	void *addr = model_alloc_pages(1UL << order, !!(gfp & __GFP_ZERO));

	return addr ? virt_to_page(addr) : NULL;
}

void __free_pages(struct page *page, unsigned int order)
{
	if (page)
		model_free_pages(page_address(page), 1UL << order);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	return (unsigned long)model_alloc_pages(1UL << order,
						!!(gfp & __GFP_ZERO));
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		model_free_pages((void *)addr, 1UL << order);
}

void *kmalloc(size_t size, gfp_t gfp)
{
	return model_alloc_object(size);
}

void *kzalloc(size_t size, gfp_t gfp)
{
	return model_alloc_object(size);
}

void kfree(const void *p)
{
	model_free_object(p);
}

void kfree_sensitive(const void *p)
{
	model_free_object(p);
}

int set_memory_decrypted(unsigned long addr, int numpages)
{
	return model_share(addr, numpages);
}

int set_memory_encrypted(unsigned long addr, int numpages)
{
	return model_unshare(addr, numpages);
}

bool cc_platform_has(enum cc_attr attr)
{
	switch (attr) {
	case CC_ATTR_MEM_ENCRYPT:
		return model_is_guest() || model_host_encrypts();
	case CC_ATTR_HOST_MEM_ENCRYPT:
		return model_host_encrypts();
	case CC_ATTR_GUEST_MEM_ENCRYPT:
		return model_is_guest();
	case CC_ATTR_GUEST_STATE_ENCRYPT:
		return model_state_is_encrypted();
	}
	return false;
}

u64 cc_mkenc(u64 val)
{
	return model_mark_private(val);
}

u64 cc_mkdec(u64 val)
{
	return model_mark_shared(val);
}

u64 dma_addr_canonical(u64 addr)
{
	return model_canonical(addr);
}

u32 cpuid_eax(u32 leaf)
{
	if (leaf == HYPERV_CPUID_VIRT_STACK_PROPERTIES && model_has_paravisor())
		return HYPERV_VS_PROPERTIES_EAX_CONFIDENTIAL_VMBUS_AVAILABLE;
	return 0;
}

u32 cpuid_ebx(u32 leaf)
{
	if (leaf == HYPERV_CPUID_FEATURES)
		return model_isolation() ? HV_ISOLATION : 0;
	return leaf == HYPERV_CPUID_ISOLATION_CONFIG ? model_isolation() : 0;
}

/* Mappings: a protection that means shared memory makes a shared alias. */
void *vmap(struct page **pages, unsigned int count, unsigned long flags,
	   pgprot_t prot)
{
	static unsigned long frames[4096];
	bool shared = pgprot_val(prot) != pgprot_val(pgprot_encrypted(prot));
	unsigned int i;

	if (count > ARRAY_SIZE(frames))
		return NULL;
	for (i = 0; i < count; i++)
		frames[i] = page_to_frame(pages[i]);
	return model_map_frames(frames, count, shared);
}

void vunmap(const void *addr)
{
	BUG_ON(addr && model_unmap_frames(addr));
}

void *memremap(phys_addr_t offset, size_t size, unsigned long flags)
{
	unsigned long frames[256], i;
	unsigned long first = model_frame_of(phys_to_virt(offset & PAGE_MASK));
	unsigned long count = PFN_UP(offset_in_page(offset) + size);
	char *area;

	if (count > ARRAY_SIZE(frames))
		return NULL;
	for (i = 0; i < count; i++)
		frames[i] = first + i;
	area = model_map_frames(frames, count, !!(flags & MEMREMAP_DEC));
	return area ? area + offset_in_page(offset) : NULL;
}

void memunmap(void *addr)
{
	model_unmap_frames((void *)((unsigned long)addr & PAGE_MASK));
}

/* Virtually contiguous memory is an alias of pages that lie apart. */
void *vzalloc(unsigned long size)
{
	unsigned long frames[1024], i, count = PFN_UP(size);
	void *area;

	if (!count || count > ARRAY_SIZE(frames))
		return NULL;
	for (i = 0; i < count; i++) {
		void *page = model_alloc_pages(1, 1);

		if (!page)
			goto undo;
		frames[i] = model_frame_of(page);
	}
	area = model_map_frames(frames, count, false);
	if (area) {
		frame_to_page(frames[0])->order = count;
		return area;
	}
undo:
	while (i--)
		model_free_pages(model_frame_address(frames[i]), 1);
	return NULL;
}

void *vmalloc(unsigned long size)
{
	return vzalloc(size);
}

void vfree(const void *addr)
{
	unsigned long frames[1024], i, count;

	if (!addr)
		return;
	count = vmalloc_to_page(addr)->order;
	for (i = 0; i < count; i++)
		frames[i] = model_frame_of((const char *)addr + i * PAGE_SIZE);
	BUG_ON(model_unmap_frames(addr));
	for (i = 0; i < count; i++)
		model_free_pages(model_frame_address(frames[i]), 1);
}

/*
 * The kernel's own memcpy() and memset(), which the host may watch. Compiled
 * with -Dmemcpy=kernel_memcpy, so that these are not the library's.
 */
void *memcpy(void *to, const void *from, size_t n)
{
	__builtin_memmove(to, from, n);
	model_stored(to, n);
	return to;
}

void *memset(void *p, int c, size_t n)
{
	volatile char *at = p;

	while (n--)
		*at++ = c;
	return p;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

int printk(const char *fmt, ...)
{
	model_log(fmt);	/* the text is enough; values are not ours to format */
	return 0;
}

void panic(const char *fmt, ...)
{
	model_bug(fmt);
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	work->func(work);	/* it may run at once */
	return true;
}

bool schedule_work(struct work_struct *work)
{
	work->func(work);
	return true;
}

bool cancel_work_sync(struct work_struct *work)
{
	return false;
}

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags,
					 int max_active)
{
	return model_alloc_object(64);
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	model_free_object(wq);
}

void init_completion(struct completion *c)
{
	c->done = 0;
}

void complete(struct completion *c)
{
	c->done++;
}

void kfree_skb(struct sk_buff *skb)
{
}

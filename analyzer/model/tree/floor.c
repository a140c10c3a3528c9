/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* The floor of a tree under test: memory, conversions and facts of the platform. */
#include <linux/cc_platform.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/coco.h>

#include "tree.h"

/* --- where things are ------------------------------------------------------ */

unsigned long tree_page_offset TREE_SYMBOL(page_offset_base);
unsigned long tree_vmemmap TREE_SYMBOL(vmemmap_base);
unsigned long tree_vmalloc TREE_SYMBOL(vmalloc_base);
unsigned long tree_phys_base TREE_SYMBOL(phys_base);
unsigned long tree_max_pfn TREE_SYMBOL(max_pfn);
unsigned long tree_max_possible_pfn TREE_SYMBOL(max_possible_pfn);
void *tree_high_memory TREE_SYMBOL(high_memory);
u64 tree_sme_mask TREE_SYMBOL(sme_me_mask);
int tree_cc_vendor TREE_SYMBOL(cc_vendor);

/* The page structures lie outside of what devices or the host can see. */
static struct page pages[16384];

void tree_place_memory(void)
{
	unsigned long count = model_frames();
	char *first = model_frame_address(0);
	u64 base = model_to_physical(first);

	if (count > ARRAY_SIZE(pages))
		model_bug("the guest has more memory than the glue has pages");
	tree_page_offset = (unsigned long)first - base;
	tree_vmemmap = (unsigned long)pages - PFN_DOWN(base) * sizeof(struct page);
	tree_max_pfn = PFN_DOWN(base) + count;
	tree_max_possible_pfn = tree_max_pfn;
	tree_high_memory = first + count * PAGE_SIZE;
	/* The mark of private memory is the C-bit, where there is one. */
	tree_sme_mask = model_mark_private(0);
}

static bool in_linear_map(const void *addr)
{
	const char *first = model_frame_address(0);

	return (const char *)addr >= first &&
	       (const char *)addr < first + model_frames() * PAGE_SIZE;
}

bool tree_is_vmalloc(const void *addr) TREE_SYMBOL(is_vmalloc_addr);
bool tree_is_vmalloc(const void *addr)
{
	return !in_linear_map(addr);
}

bool tree_is_vmalloc_or_module(const void *addr)
	TREE_SYMBOL(is_vmalloc_or_module_addr);
bool tree_is_vmalloc_or_module(const void *addr)
{
	return !in_linear_map(addr);
}

struct page *tree_vmalloc_to_page(const void *addr) TREE_SYMBOL(vmalloc_to_page);
struct page *tree_vmalloc_to_page(const void *addr)
{
	return virt_to_page(model_frame_address(model_frame_of(addr)));
}

bool tree_virt_addr_valid(unsigned long addr) TREE_SYMBOL(__virt_addr_valid);
bool tree_virt_addr_valid(unsigned long addr)
{
	return in_linear_map((void *)addr);
}

/* --- allocation ------------------------------------------------------------- */

static struct page *alloc_run(gfp_t gfp, unsigned int order)
{
	void *addr = model_alloc_pages(1UL << order, !!(gfp & __GFP_ZERO));

	return addr ? virt_to_page(addr) : NULL;
}

struct page *tree_alloc(gfp_t gfp, unsigned int order)
	TREE_SYMBOL(alloc_pages_noprof);
struct page *tree_alloc(gfp_t gfp, unsigned int order)
{
	return alloc_run(gfp, order);
}

struct page *tree_alloc_node(int node, gfp_t gfp, unsigned int order)
	TREE_SYMBOL(alloc_pages_node_noprof);
struct page *tree_alloc_node(int node, gfp_t gfp, unsigned int order)
{
	return alloc_run(gfp, order);
}

struct page *tree_alloc_mask(gfp_t gfp, unsigned int order, int node,
			     const void *mask) TREE_SYMBOL(__alloc_pages_noprof);
struct page *tree_alloc_mask(gfp_t gfp, unsigned int order, int node,
			     const void *mask)
{
	return alloc_run(gfp, order);
}

struct page *tree_alloc_old(gfp_t gfp, unsigned int order, int node,
			    const void *mask) TREE_SYMBOL(__alloc_pages);
struct page *tree_alloc_old(gfp_t gfp, unsigned int order, int node,
			    const void *mask)
{
	return alloc_run(gfp, order);
}

unsigned long tree_get_free_pages(gfp_t gfp, unsigned int order)
	TREE_SYMBOL(get_free_pages_noprof);
unsigned long tree_get_free_pages(gfp_t gfp, unsigned int order)
{
	return (unsigned long)model_alloc_pages(1UL << order,
						!!(gfp & __GFP_ZERO));
}

void tree_free_pages(struct page *page, unsigned int order)
	TREE_SYMBOL(__free_pages);
void tree_free_pages(struct page *page, unsigned int order)
{
	if (page)
		model_free_pages(page_address(page), 1UL << order);
}

void tree_free_address(unsigned long addr, unsigned int order)
	TREE_SYMBOL(free_pages);
void tree_free_address(unsigned long addr, unsigned int order)
{
	if (addr)
		model_free_pages((void *)addr, 1UL << order);
}

void *tree_kmalloc(size_t size) TREE_SYMBOL(__kmalloc_noprof);
void *tree_kmalloc(size_t size)
{
	return model_alloc_object(size);
}

void *tree_kmalloc_cache(void *cache, gfp_t gfp, size_t size)
	TREE_SYMBOL(__kmalloc_cache_noprof);
void *tree_kmalloc_cache(void *cache, gfp_t gfp, size_t size)
{
	return model_alloc_object(size);
}

void *tree_kmalloc_trace(void *cache, gfp_t gfp, size_t size)
	TREE_SYMBOL(kmalloc_trace);
void *tree_kmalloc_trace(void *cache, gfp_t gfp, size_t size)
{
	return model_alloc_object(size);
}

void *tree_kmalloc_old(size_t size, gfp_t gfp) TREE_SYMBOL(__kmalloc);
void *tree_kmalloc_old(size_t size, gfp_t gfp)
{
	return model_alloc_object(size);
}

void tree_kfree(const void *object) TREE_SYMBOL(kfree);
void tree_kfree(const void *object)
{
	model_free_object(object);
}

/* Which cache is asked for does not matter; there is room for any layout. */
void *tree_kmalloc_caches[1024] TREE_SYMBOL(kmalloc_caches);

void *tree_memblock_alloc(phys_addr_t size, phys_addr_t align, phys_addr_t min,
			  phys_addr_t max, int node)
	TREE_SYMBOL(memblock_alloc_try_nid);
void *tree_memblock_alloc(phys_addr_t size, phys_addr_t align, phys_addr_t min,
			  phys_addr_t max, int node)
{
	return model_alloc_pages(PFN_UP(size), 1);
}

void tree_memblock_free(void *addr, size_t size) TREE_SYMBOL(memblock_free);
void tree_memblock_free(void *addr, size_t size)
{
	model_free_pages(addr, PFN_UP(size));
}

phys_addr_t tree_memblock_size(void) TREE_SYMBOL(memblock_phys_mem_size);
phys_addr_t tree_memblock_size(void)
{
	return PFN_PHYS(model_frames());
}

/* --- mappings --------------------------------------------------------------- */

/* A protection that means shared memory makes a shared alias. */
void *tree_vmap(struct page **list, unsigned int count, unsigned long flags,
		pgprot_t prot) TREE_SYMBOL(vmap);
void *tree_vmap(struct page **list, unsigned int count, unsigned long flags,
		pgprot_t prot)
{
	static unsigned long frames[4096];
	u64 mark = model_mark_shared(0) | model_mark_private(0);
	bool shared = mark && (pgprot_val(prot) & mark) == model_mark_shared(0);
	unsigned int i;

	if (count > ARRAY_SIZE(frames))
		return NULL;
	for (i = 0; i < count; i++)
		frames[i] = model_frame_of(page_address(list[i]));
	return model_map_frames(frames, count, shared);
}

void tree_vunmap(const void *addr) TREE_SYMBOL(vunmap);
void tree_vunmap(const void *addr)
{
	if (addr && model_unmap_frames(addr))
		model_bug("vunmap() of what is not mapped");
}

/* --- the platform ----------------------------------------------------------- */

int tree_share(unsigned long addr, int count) TREE_SYMBOL(set_memory_decrypted);
int tree_share(unsigned long addr, int count)
{
	return model_share(addr, count);
}

int tree_unshare(unsigned long addr, int count)
	TREE_SYMBOL(set_memory_encrypted);
int tree_unshare(unsigned long addr, int count)
{
	return model_unshare(addr, count);
}

bool tree_platform_has(enum cc_attr attr) TREE_SYMBOL(cc_platform_has);
bool tree_platform_has(enum cc_attr attr)
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
	default:
		return false;
	}
}

u64 tree_mkenc(u64 value) TREE_SYMBOL(cc_mkenc);
u64 tree_mkenc(u64 value)
{
	return model_mark_private(value);
}

u64 tree_mkdec(u64 value) TREE_SYMBOL(cc_mkdec);
u64 tree_mkdec(u64 value)
{
	return model_mark_shared(value);
}

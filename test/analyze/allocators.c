/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Whoever takes memory back: the contiguous memory allocator, pools, and wrappers around either of them.
 *
 * RUN: rm -rf %t && %tree %t %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %S --no-cache --format json -o %t/r.json
 * RUN: %json-check %t/r.json --findings 4 \
 * RUN:   --finding 'coco-decrypted-free leak area_bad allocators.c' \
 * RUN:   --finding 'coco-decrypted-free leak pool_bad allocators.c' \
 * RUN:   --finding 'coco-decrypted-free leak give_back allocators.c' \
 * RUN:   --finding 'coco-decrypted-free leak virtual_bad allocators.c' \
 * RUN:   --site 'private area_ok' --site 'private pool_ok'
 */
#define NULL ((void *)0)
typedef unsigned long size_t;
typedef unsigned int gfp_t;
typedef _Bool bool;
struct page;
struct cma;
struct gen_pool;

struct page *cma_alloc(struct cma *area, unsigned long count, unsigned int align, bool no_warn);
bool cma_release(struct cma *area, const struct page *pages, unsigned long count);
void *page_address(const struct page *page);
unsigned long gen_pool_alloc_algo_owner(struct gen_pool *pool, size_t size, void *algo, void *data, void **owner);
void gen_pool_free_owner(struct gen_pool *pool, unsigned long address, size_t size, void **owner);
void *vmalloc(size_t size);
void kvfree(const void *memory);
int set_memory_decrypted(unsigned long address, int pages);
int set_memory_encrypted(unsigned long address, int pages);

extern struct cma *area;
extern struct gen_pool *pool;

void area_bad(void)
{
	struct page *pages = cma_alloc(area, 4, 0, 0);

	if (!pages)
		return;
	set_memory_decrypted((unsigned long)page_address(pages), 4);
	cma_release(area, pages, 4);
}

void area_ok(void)
{
	struct page *pages = cma_alloc(area, 4, 0, 0);
	unsigned long address;

	if (!pages)
		return;
	address = (unsigned long)page_address(pages);
	if (set_memory_decrypted(address, 4) && set_memory_encrypted(address, 4))
		return;
	if (!set_memory_encrypted(address, 4))
		cma_release(area, pages, 4);
}

void pool_bad(void)
{
	unsigned long slot = gen_pool_alloc_algo_owner(pool, 4096, NULL, NULL, NULL);

	if (slot && set_memory_decrypted(slot, 1))
		gen_pool_free_owner(pool, slot, 4096, NULL);
}

void pool_ok(void)
{
	unsigned long slot = gen_pool_alloc_algo_owner(pool, 4096, NULL, NULL, NULL);

	if (!slot || set_memory_decrypted(slot, 1))
		return;
	if (!set_memory_encrypted(slot, 1))
		gen_pool_free_owner(pool, slot, 4096, NULL);
}

/* What the area does not own goes to another allocator. */
static void give_back(struct page *pages, void *other)
{
	if (!cma_release(area, pages, 1))
		kvfree(other);
}

void wrapped_bad(void)
{
	struct page *pages = cma_alloc(area, 1, 0, 0);

	if (!pages)
		return;
	set_memory_encrypted((unsigned long)page_address(pages), 1);
	give_back(pages, NULL);
}

void virtual_bad(void)
{
	void *memory = vmalloc(4096);

	if (memory && set_memory_decrypted((unsigned long)memory, 1))
		kvfree(memory);
}

unsigned long __get_free_pages(gfp_t flags, unsigned int order);

/* The pool did not get its memory from another allocator's hands: it is the pool's own, shared on purpose. */
void pool_of_shared_pages(void)
{
	unsigned long address = __get_free_pages(0, 0);

	if (!address || set_memory_decrypted(address, 1))
		return;
	gen_pool_free_owner(pool, address, 4096, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * What krealloc() moves goes back to the allocator: it must not be shared then.
 *
 * RUN: rm -rf %t && %tree %t %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %S --no-cache --format json -o %t/r.json
 * RUN: %json-check %t/r.json --findings 1 --finding 'coco-decrypted-free leak grow_bad reallocated.c' \
 * RUN:   --site 'private grow_ok'
 */
#define NULL ((void *)0)
typedef unsigned long size_t;
typedef unsigned int gfp_t;

void *kmalloc(size_t size, gfp_t flags);
void *krealloc(const void *memory, size_t size, gfp_t flags);
int set_memory_decrypted(unsigned long address, int pages);
int set_memory_encrypted(unsigned long address, int pages);

void *grow_bad(void)
{
	void *memory = kmalloc(4096, 0);

	if (!memory || set_memory_decrypted((unsigned long)memory, 1))
		return NULL;
	return krealloc(memory, 8192, 0);
}

void *grow_ok(void)
{
	void *memory = kmalloc(4096, 0);

	if (!memory || set_memory_decrypted((unsigned long)memory, 1) || set_memory_encrypted((unsigned long)memory, 1))
		return NULL;
	return krealloc(memory, 8192, 0);
}

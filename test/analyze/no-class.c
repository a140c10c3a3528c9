/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/*
 * Code that has to do with no channel: memory that it frees must be private all the same, also where one function
 * shares it and another one, that nobody calls here, frees it.
 *
 * RUN: rm -rf %t && %tree %t %s
 * RUN: %status 1 %cocodma analyze -p %t --kernel %S --no-cache --format json -o %t/r.json
 * RUN: %json-check %t/r.json --findings 5 \
 * RUN:   --finding 'coco-decrypted-free leak guest_open no-class.c' \
 * RUN:   --finding 'coco-decrypted-free leak guest_close_bad no-class.c' \
 * RUN:   --finding 'coco-decrypted-free leak late_bad no-class.c' \
 * RUN:   --finding 'coco-subpage-sharing leak part_bad no-class.c' \
 * RUN:   --finding 'coco-subpage-sharing leak beyond_bad no-class.c' \
 * RUN:   --site 'private guest_close_ok' --no-site 'leak whole_ok' --no-site 'leak guest_close_ok'
 */
#define PAGE_SIZE 4096UL
#define NULL ((void *)0)
#define __init __attribute__((section(".init.text")))
typedef unsigned long size_t;
typedef unsigned int gfp_t;

unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
void free_pages(unsigned long address, unsigned int order);
void *kmalloc(size_t size, gfp_t gfp);
void kfree(const void *memory);
int set_memory_decrypted(unsigned long address, int pages);
int set_memory_encrypted(unsigned long address, int pages);

struct guest {
	unsigned long mailbox, log;
};

/* The mailbox may be shared although its conversion failed. */
int guest_open(struct guest *guest)
{
	guest->mailbox = __get_free_pages(0, 0);
	guest->log = __get_free_pages(0, 0);
	if (!guest->mailbox || !guest->log)
		return -12;
	if (set_memory_decrypted(guest->mailbox, 1)) {
		free_pages(guest->mailbox, 0);
		return -5;
	}
	return set_memory_decrypted(guest->log, 1);
}

void guest_close_bad(struct guest *guest)
{
	set_memory_encrypted(guest->mailbox, 1);
	free_pages(guest->mailbox, 0);
}

/* After a guest_open() that failed nobody comes here. */
void guest_close_ok(struct guest *guest)
{
	if (!set_memory_encrypted(guest->log, 1))
		free_pages(guest->log, 0);
}

static unsigned long shared_page;

int __init late_init(void)
{
	shared_page = __get_free_pages(0, 0);
	return shared_page ? set_memory_decrypted(shared_page, 1) : -12;
}

/* What boot code shared. */
void late_bad(void)
{
	if (shared_page)
		free_pages(shared_page, 0);
}

int part_bad(size_t size)
{
	void *memory = kmalloc(size, 0);

	return memory ? set_memory_decrypted((unsigned long)memory, 1) : -12;
}

/* One page more than there is. */
int beyond_bad(void)
{
	unsigned long memory = __get_free_pages(0, 1);

	return memory ? set_memory_decrypted(memory, 3) : -12;
}

/* Whole pages, whoever allocates them. */
int whole_ok(size_t pages)
{
	void *memory = kmalloc(pages * PAGE_SIZE, 0);

	return memory ? set_memory_decrypted((unsigned long)memory, pages) : -12;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// REQUIRES: plugin
// The life of pages, judged from one unit: what a predicate of another unit says is not guessed, so that two calls of it
// do not get two answers. What it decides is a remark; what does not hang on it is a finding.
// RUN: %tidycoco-decrypted-free %s -- -D__KERNEL__ 2>/dev/null | %FileCheck %s --implicit-check-not=warning:
typedef _Bool bool;
int set_memory_decrypted(unsigned long Address, int Pages);
int set_memory_encrypted(unsigned long Address, int Pages);
unsigned long get_zeroed_page(unsigned int Flags);
void free_pages(unsigned long Address, unsigned int Order);
bool is_of_the_platform(void);

static unsigned long guarded_page, page;

int start_Ok(void)
{
	guarded_page = get_zeroed_page(0);
	if (!guarded_page)
		return -12;
	if (is_of_the_platform() && set_memory_decrypted(guarded_page, 1))
		return -5;
	return 0;
}

void stop_Ok(void)
{
	if (is_of_the_platform() && set_memory_encrypted(guarded_page, 1))
		return;
	// CHECK: :[[@LINE+1]]:{{.*}} remark: from this unit alone it cannot be told what free_pages() does
	free_pages(guarded_page, 0);
}

int start_Bad(void)
{
	page = get_zeroed_page(0);
	if (!page)
		return -12;
	return set_memory_decrypted(page, 1);
}

void stop_Bad(void)
{
	// CHECK: :[[@LINE+1]]:{{.*}} warning: memory that is or may be host-visible goes back to its allocator by free_pages()
	free_pages(page, 0);
}

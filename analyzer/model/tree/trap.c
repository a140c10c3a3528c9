/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* Traps of the processor that a kernel lives with, and symbols that are missing. */
#include <linux/bug.h>

#include "tree.h"

extern struct bug_entry bugs[] __asm__("__start___bug_table") __weak;
extern struct bug_entry bugs_end[] __asm__("__stop___bug_table") __weak;

/* Made when the program is linked: names, and where their symbols stand. */
extern const unsigned long tree_missing_first, tree_missing_step;
extern const unsigned int tree_missing_count;
extern const char *const tree_missing_names[];

static const char *missing_at(unsigned long address)
{
	unsigned long number = (address - tree_missing_first) / tree_missing_step;

	if (address < tree_missing_first || number >= tree_missing_count)
		return NULL;
	return tree_missing_names[number];
}

/* Interrupts are neither taken nor held back here. */
static bool is_interrupt_flag(const u8 *code)
{
	return code[0] == 0xfa || code[0] == 0xfb;
}

int kernel_trap(unsigned long instruction, unsigned long address,
		const char **what)
{
	const u8 *code = (const u8 *)instruction;
	struct bug_entry *bug;

	*what = missing_at(instruction);
	if (!*what)
		*what = missing_at(address);
	if (*what)
		return KERNEL_TRAP_MISSING;
	if (is_interrupt_flag(code))
		return 1;
	for (bug = bugs; bug < bugs_end; bug++) {
		unsigned long at = (unsigned long)&bug->bug_addr_disp +
				   bug->bug_addr_disp;

		if (at == instruction && bug->flags & BUGFLAG_WARNING)
			return 2;	/* ud2 */
		if (at == instruction)
			*what = "BUG";
	}
	return KERNEL_TRAP_CRASH;
}

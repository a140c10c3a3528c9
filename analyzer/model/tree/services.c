/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* What a kernel offers its DMA layer beside memory: one CPU, nobody else runs. */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "tree.h"

/* --- per-CPU data: %gs is 0, so the symbol itself is the only CPU's copy ---- */

static u8 task[65536] __aligned(64);
void *tree_current[64] TREE_SYMBOL(pcpu_hot) __aligned(64) = { task };
void *tree_current_task TREE_SYMBOL(current_task) = task;
void *tree_const_current TREE_SYMBOL(const_current_task) = task;
int tree_preempt_count TREE_SYMBOL(__preempt_count) = 1;
int tree_cpu_number TREE_SYMBOL(cpu_number);
unsigned long tree_jiffies TREE_SYMBOL(jiffies);
unsigned long tree_cpu_offset TREE_SYMBOL(this_cpu_off);
unsigned long tree_cpu_offsets[64] TREE_SYMBOL(__per_cpu_offset);
int tree_numa_node TREE_SYMBOL(numa_node);
unsigned long tree_cpu_mask[128] TREE_SYMBOL(__cpu_possible_mask) = { 1 };
unsigned long tree_node_cpus[1024] TREE_SYMBOL(node_to_cpumask_map) = { 1 };
unsigned long tree_node_states[1024] TREE_SYMBOL(node_states) = { 1, 1, 1, 1 };
unsigned int tree_cpu_ids TREE_SYMBOL(nr_cpu_ids) = 1;
unsigned int tree_possible_cpus TREE_SYMBOL(__num_possible_cpus) = 1;
/* A processor with no features that its name would give: the platform's facts
 * come from cc_platform_has(). */
unsigned long tree_processor[512] TREE_SYMBOL(boot_cpu_data);
atomic_long_t tree_total_pages TREE_SYMBOL(_totalram_pages);

/* --- what has no effect where one CPU runs one thing ------------------------ */

#define TREE_NOTHING(name)                                                     \
	unsigned long tree_nothing_##name(void) TREE_SYMBOL(name);             \
	unsigned long tree_nothing_##name(void)                                \
	{                                                                      \
		return 0;                                                      \
	}

TREE_NOTHING(__SCT__might_resched)
TREE_NOTHING(__SCT__preempt_schedule)
TREE_NOTHING(__SCT__WARN_trap)
TREE_NOTHING(__rcu_read_lock)
TREE_NOTHING(__rcu_read_unlock)
TREE_NOTHING(_raw_spin_lock)
TREE_NOTHING(_raw_spin_lock_irqsave)
TREE_NOTHING(_raw_spin_unlock)
TREE_NOTHING(_raw_spin_unlock_irqrestore)
TREE_NOTHING(__warn_printk)
TREE_NOTHING(dump_stack)
TREE_NOTHING(___ratelimit)
TREE_NOTHING(___migrate_enable)
TREE_NOTHING(migrate_disable)
TREE_NOTHING(migrate_enable)
/* No hardware IOMMU is found while booting; nobody reports to users. */
TREE_NOTHING(amd_iommu_detect)
TREE_NOTHING(detect_intel_iommu)
TREE_NOTHING(sev_show_status)
TREE_NOTHING(snp_secure_tsc_prepare)
TREE_NOTHING(debugfs_create_dir)
TREE_NOTHING(virtio_require_restricted_mem_acc)
void *tree_virtio_check TREE_SYMBOL(virtio_check_mem_acc_cb);

/* Objects wait for their end until the scenario is over. */
TREE_NOTHING(call_rcu)
TREE_NOTHING(queue_rcu_work)

void *tree_wq TREE_SYMBOL(system_wq);
void *tree_percpu_wq TREE_SYMBOL(system_percpu_wq);

static struct work_struct *queue[64];
static unsigned int queued;

bool tree_queue_work(int cpu, void *wq, struct work_struct *work)
	TREE_SYMBOL(queue_work_on);
bool tree_queue_work(int cpu, void *wq, struct work_struct *work)
{
	unsigned int i;

	for (i = 0; i < queued; i++)
		if (queue[i] == work)
			return false;
	if (queued == ARRAY_SIZE(queue))
		model_bug("more work is queued than the glue has room for");
	queue[queued++] = work;
	return true;
}

void tree_run_work(void)
{
	unsigned int i;

	/* Work may queue more; what is running may be queued again. */
	for (i = 0; i < queued; i++) {
		struct work_struct *work = queue[i];

		queue[i] = NULL;
		work->func(work);
	}
	queued = 0;
}

/* --- messages ---------------------------------------------------------------- */

/* Without the level that a message starts with. */
static void say(const char *format)
{
	if (format[0] == '\001' && format[1])
		format += 2;
	model_log(format);
}

int tree_printk(const char *format) TREE_SYMBOL(_printk);
int tree_printk(const char *format)
{
	say(format);
	return 0;
}

#define TREE_MESSAGE(name)                                                     \
	void tree_say##name(const struct device *dev, const char *format)      \
		TREE_SYMBOL(name);                                             \
	void tree_say##name(const struct device *dev, const char *format)      \
	{                                                                      \
		say(format);                                                   \
	}

TREE_MESSAGE(_dev_info)
TREE_MESSAGE(_dev_warn)
TREE_MESSAGE(_dev_err)

const char *tree_driver_string(const struct device *dev)
	TREE_SYMBOL(dev_driver_string);
const char *tree_driver_string(const struct device *dev)
{
	return "bench";
}

/* --- strings ------------------------------------------------------------------ */

static void *copy(void *to, const void *from, size_t size)
{
	void *at = to;

	asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size) : : "memory");
	return to;
}

/* The host may watch what the kernel writes to shared memory. */
void *tree_memcpy(void *to, const void *from, size_t size) TREE_SYMBOL(memcpy);
void *tree_memcpy(void *to, const void *from, size_t size)
{
	copy(to, from, size);
	model_stored(to, size);
	return to;
}

void *tree_memcpy_inner(void *to, const void *from, size_t size)
	TREE_SYMBOL(__memcpy);
void *tree_memcpy_inner(void *to, const void *from, size_t size)
{
	return tree_memcpy(to, from, size);
}

void *tree_memset(void *at, int value, size_t size) TREE_SYMBOL(memset);
void *tree_memset(void *at, int value, size_t size)
{
	void *first = at;

	if (!value && size >= 4 * PAGE_SIZE) {
		model_zero(at, size);
		return at;
	}
	asm volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(value) : "memory");
	return first;
}

int tree_strcmp(const char *left, const char *right) TREE_SYMBOL(strcmp);
int tree_strcmp(const char *left, const char *right)
{
	while (*left && *left == *right) {
		left++;
		right++;
	}
	return (u8)*left - (u8)*right;
}

/* --- bits -------------------------------------------------------------------- */

/* These keep all registers but the result's: callers rely on that. */
asm(".pushsection .text\n"
    ".globl __sw_hweight32, __sw_hweight64\n"
    "__sw_hweight32: popcntl %edi, %eax; ret\n"
    "__sw_hweight64: popcntq %rdi, %rax; ret\n"
    ".popsection");

unsigned int tree_bitmap_weight(const unsigned long *bits, unsigned int count)
	TREE_SYMBOL(__bitmap_weight);
unsigned int tree_bitmap_weight(const unsigned long *bits, unsigned int count)
{
	unsigned int i, weight = 0;

	for (i = 0; i < count; i++)
		weight += bits[i / 64] >> i % 64 & 1;
	return weight;
}

unsigned long tree_find_next_bit(const unsigned long *bits, unsigned long count,
				 unsigned long from) TREE_SYMBOL(_find_next_bit);
unsigned long tree_find_next_bit(const unsigned long *bits, unsigned long count,
				 unsigned long from)
{
	while (from < count && !(bits[from / 64] >> from % 64 & 1))
		from++;
	return min(from, count);
}

unsigned long tree_find_first_bit(const unsigned long *bits,
				  unsigned long count)
	TREE_SYMBOL(_find_first_bit);
unsigned long tree_find_first_bit(const unsigned long *bits,
				  unsigned long count)
{
	return tree_find_next_bit(bits, count, 0);
}

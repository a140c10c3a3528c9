/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* What the hypervisor says about itself. */
#ifndef _LINUX_MSHYPERV_H
#define _LINUX_MSHYPERV_H

#include <linux/kernel.h>

#define HYPERV_CPUID_FEATURES 0x40000003
#define HYPERV_CPUID_ISOLATION_CONFIG 0x4000000c
#define HYPERV_CPUID_VIRT_STACK_PROPERTIES 0x40000082
#define HYPERV_VS_PROPERTIES_EAX_CONFIDENTIAL_VMBUS_AVAILABLE BIT(3)

#define HV_ISOLATION BIT(22)
#define HV_ISOLATION_TYPE 0xf

enum hv_isolation_type {
	HV_ISOLATION_TYPE_NONE = 0,
	HV_ISOLATION_TYPE_VBS = 1,
	HV_ISOLATION_TYPE_SNP = 2,
	HV_ISOLATION_TYPE_TDX = 3,
};

struct ms_hyperv_info {
	u32 priv_high;
	u32 isolation_config_b;
	bool confidential_vmbus_available;
};

extern struct ms_hyperv_info ms_hyperv;

/* Declared only: they belong to the platform. */
u32 cpuid_eax(u32 leaf);
u32 cpuid_ebx(u32 leaf);

void ms_hyperv_init_platform(void);
enum hv_isolation_type hv_get_isolation_type(void);
bool hv_is_isolation_supported(void);

#endif

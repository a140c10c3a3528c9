/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* This architecture can be isolated: the strong bodies. */
#include <linux/mshyperv.h>

struct ms_hyperv_info ms_hyperv;

void __init ms_hyperv_init_platform(void)
{
	ms_hyperv.priv_high = cpuid_ebx(HYPERV_CPUID_FEATURES);
	if (ms_hyperv.priv_high & HV_ISOLATION)
		ms_hyperv.isolation_config_b =
			cpuid_ebx(HYPERV_CPUID_ISOLATION_CONFIG);
	ms_hyperv.confidential_vmbus_available =
		cpuid_eax(HYPERV_CPUID_VIRT_STACK_PROPERTIES) &
		HYPERV_VS_PROPERTIES_EAX_CONFIDENTIAL_VMBUS_AVAILABLE;
}

enum hv_isolation_type hv_get_isolation_type(void)
{
	if (!(ms_hyperv.priv_high & HV_ISOLATION))
		return HV_ISOLATION_TYPE_NONE;
	return ms_hyperv.isolation_config_b & HV_ISOLATION_TYPE;
}

bool hv_is_isolation_supported(void)
{
	return hv_get_isolation_type() != HV_ISOLATION_TYPE_NONE;
}

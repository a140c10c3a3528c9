/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 WITH LLVM-exception */
/* What every architecture has: a platform without isolation, unless it says otherwise. */
#include <linux/mshyperv.h>

bool __weak hv_is_isolation_supported(void)
{
	return false;
}

enum hv_isolation_type __weak hv_get_isolation_type(void)
{
	return HV_ISOLATION_TYPE_NONE;
}

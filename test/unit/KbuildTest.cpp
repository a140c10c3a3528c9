// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Kbuild.h"

#include "gtest/gtest.h"

using namespace cocodma;

namespace {

const char *const Makefile = R"(# a-y += comment.o
obj-$(CONFIG_HYPERV)	+= hv_vmbus.o
obj-$(CONFIG_HYPERV_UTILS)+=hv-utils.o single.o
hv_vmbus-y := vmbus_drv.o \
	hv.o connection.o	\
	 channel.o
hv_vmbus-$(CONFIG_X) += sub/extra.o # why
hv-utils-objs = hv_util.o
ccflags-y += -Ifoo.o
CFLAGS_hv.o = -Dx=hv_none.o
obj-y += last.o)";

TEST(Kbuild, ThePartsOfAModule) {
  EXPECT_EQ(moduleOfObject(Makefile, "hv.o"), "hv_vmbus");
  EXPECT_EQ(moduleOfObject(Makefile, "channel.o"), "hv_vmbus");
  EXPECT_EQ(moduleOfObject(Makefile, "sub/extra.o"), "hv_vmbus");
  EXPECT_EQ(moduleOfObject(Makefile, "hv_util.o"), "hv_utils");
}

TEST(Kbuild, WhatIsAModuleByItself) {
  EXPECT_EQ(moduleOfObject(Makefile, "single.o"), "single");
  EXPECT_EQ(moduleOfObject(Makefile, "hv-utils.o"), "hv_utils");
  EXPECT_EQ(moduleOfObject(Makefile, "last.o"), "last");
}

TEST(Kbuild, WhatIsNotBuilt) {
  for (const char *Name : {"comment.o", "other.o", "hv_none.o", "foo.o", ""})
    EXPECT_EQ(moduleOfObject(Makefile, Name), std::nullopt) << Name;
  EXPECT_EQ(moduleOfObject("", "a.o"), std::nullopt);
  EXPECT_EQ(moduleOfObject("\\", "a.o"), std::nullopt);
}

} // namespace

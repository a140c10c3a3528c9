// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `cocodma validate` reads off a driver, and what it plans to run.
#include "validate/DriverFacts.h"
#include "validate/PlannedRuns.h"

#include <gtest/gtest.h>

using namespace cocodma;

namespace {

TEST(DriverFacts, OfAVmbusDriver) {
  auto Facts =
      readDriverFacts("static const struct x ids[] = { HV_NIC_GUID };\n"
                      "static const struct ops o = {\n"
                      "\t.xmit = send,\n\t.open = open,\n};\n"
                      "static struct hv_driver drv = {\n"
                      "\t.name = \"net\",\n\t.resume = back,\n};\n");
  ASSERT_TRUE(Facts);
  EXPECT_EQ(Facts->Name, "net");
  EXPECT_EQ(Facts->Class, "nic");
  EXPECT_FALSE(Facts->Pci);
  EXPECT_EQ(Facts->Entries, (std::vector<std::string>{"open", "xmit"}));
  EXPECT_EQ(Facts->Events, (std::vector<std::string>{"resume", "rescind"}));
}

TEST(DriverFacts, OfAPciDriver) {
  auto Facts = readDriverFacts("static const struct pci_device_id ids[] = {\n"
                               "\t{ 0x1af4, 0x1042 },\n};\n"
                               "static struct pci_driver drv = { .name = "
                               "\"blk\" };\n");
  ASSERT_TRUE(Facts);
  EXPECT_TRUE(Facts->Pci);
  EXPECT_EQ(Facts->Vendor, "0x1af4");
  EXPECT_EQ(Facts->Function, "0x1042");
  EXPECT_TRUE(Facts->Events.empty());
}

TEST(DriverFacts, NoneWithoutARegistration) {
  EXPECT_FALSE(readDriverFacts("int f(void) { return 0; }\n"));
}

TEST(PlannedRuns, FaultsOnceForTheDeviceAlone) {
  DriverFacts Driver;
  Driver.Name = "d";
  Driver.Entries = {"queue"};
  auto Runs = planDriverRuns(Driver, {"snp-vtom", "snp", "no-such-profile"});
  unsigned Faulty = 0, Ordinary = 0;
  for (const PlannedRun &Run : Runs) {
    EXPECT_NE(Run.Profile, "no-such-profile");
    Faulty += Run.Faulty;
    Ordinary += !Run.Secret;
    if (Run.Faulty) {
      EXPECT_EQ(Run.Profile, "snp-vtom");
      EXPECT_EQ(Run.Scenario["devices"].size(), 1U);
    }
  }
  EXPECT_GT(Faulty, 0U);
  EXPECT_GT(Ordinary, 0U);
}

TEST(PlannedRuns, GuestsAreProtectedHostsAreNot) {
  EXPECT_TRUE(protectsGuests("snp-vtom"));
  EXPECT_FALSE(protectsGuests("sme-host"));
  EXPECT_FALSE(protectsGuests("none"));
}

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The platform of the runtime model: each test states a property and where it
// is from.
#include "model/Platform.h"

#include "gtest/gtest.h"

#include <cstring>

using namespace cocodma::model;

namespace {

constexpr std::uint64_t Base = 0x10000000;

std::unique_ptr<Platform> makePlatform(const char *Name) {
  std::string Error;
  auto Result = Platform::create(*findProfile(Name), 512, Base, Error);
  EXPECT_TRUE(Result) << Error;
  return Result;
}

/// A page with a canary in it.
struct Page {
  explicit Page(Platform &P)
      : At(static_cast<std::uint8_t *>(P.allocatePages(1, true))),
        Address(P.memory().toPhysical(At)),
        Id(P.newCanary(CanaryKind::Buffer, "page", 64)) {
    fillCanary({At, 64}, Id);
  }
  std::uint8_t *At;
  std::uint64_t Address;
  CanaryId Id;
};

std::vector<std::string> guests() {
  return {"snp-vtom", "tdx-paravisor", "snp", "tdx", "cca"};
}

class GuestProfile : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, GuestProfile, testing::ValuesIn(guests()),
                         [](const auto &Info) {
                           std::string Name = Info.param;
                           std::replace(Name.begin(), Name.end(), '-', '_');
                           return Name;
                         });

// APM volume 2, 15.34: on SEV a set C-bit means private. TDX module
// specification: a set bit GPAW-1 means shared. RMM specification: the upper
// half of the IPA space is unprotected. vTOM (APM volume 2, 15.36.8): addresses
// below it are private.
TEST(ModelProfile, MarksFollowTheEncoding) {
  for (const char *Name : {"snp", "sme-host"}) {
    Profile P = *findProfile(Name);
    EXPECT_GT(P.markPrivate(Base), Base) << Name;
    EXPECT_EQ(P.markShared(Base), Base) << Name;
    EXPECT_TRUE(P.meansShared(Base)) << Name;
  }
  for (const char *Name : {"snp-vtom", "tdx", "tdx-paravisor", "cca"}) {
    Profile P = *findProfile(Name);
    EXPECT_EQ(P.markPrivate(Base), Base) << Name;
    EXPECT_GT(P.markShared(Base), Base) << Name;
    EXPECT_FALSE(P.meansShared(Base)) << Name;
  }
  Profile None = *findProfile("none");
  EXPECT_EQ(None.markPrivate(Base), Base);
  EXPECT_EQ(None.markShared(Base), Base);
}

TEST(ModelProfile, MarksCanBeTakenOff) {
  for (const std::string &Name : profileNames()) {
    Profile P = *findProfile(Name);
    EXPECT_EQ(P.canonical(P.markShared(Base)), Base) << Name;
    EXPECT_EQ(P.canonical(P.markPrivate(Base)), Base) << Name;
  }
}

// arch/x86/kernel/cpu/mshyperv.c: confidential VMBus needs a paravisor.
TEST(ModelProfile, OnlyTwoProfilesHaveAParavisor) {
  for (const std::string &Name : profileNames())
    EXPECT_EQ(findProfile(Name)->Paravisor,
              Name == "snp-vtom" || Name == "tdx-paravisor")
        << Name;
  EXPECT_FALSE(findProfile("sgx"));
}

// What a confidential guest is for: all memory is private until it is shared.
TEST_P(GuestProfile, HostReadsExactlyWhatIsShared) {
  auto P = makePlatform(GetParam().c_str());
  Page Data(*P);
  std::uint8_t Byte[64];
  EXPECT_FALSE(P->host().read(Data.Address, Byte));
  P->host().look();
  EXPECT_TRUE(P->host().sightings().empty());
  ASSERT_EQ(P->convert(Data.At, 1, PageState::Shared), 0);
  ASSERT_TRUE(P->host().read(Data.Address, Byte));
  EXPECT_EQ(std::memcmp(Byte, Data.At, sizeof(Byte)), 0);
  EXPECT_FALSE(P->host().read(Data.Address + PageSize - 8, Byte));
  ASSERT_EQ(P->host().sightings().size(), 1U);
  EXPECT_EQ(P->host().sightings()[0].Id, Data.Id);
  EXPECT_EQ(P->host().sightings()[0].Address, Data.Address);
  EXPECT_EQ(P->host().sightings()[0].Size, 64U);
}

TEST_P(GuestProfile, HostWritesExactlyWhatIsShared) {
  auto P = makePlatform(GetParam().c_str());
  Page Data(*P);
  const std::uint8_t Text[] = {1, 2, 3, 4};
  EXPECT_FALSE(P->host().write(Data.Address, Text));
  EXPECT_NE(Data.At[0], 1);
  ASSERT_EQ(P->convert(Data.At, 1, PageState::Shared), 0);
  ASSERT_TRUE(P->host().write(Data.Address, Text));
  EXPECT_EQ(Data.At[0], 1);
}

// What follows a canary is not counted to it, though it may look alike.
TEST(ModelHost, CountsNoMoreThanTheBuffer) {
  auto P = makePlatform("snp");
  Page Data(*P);
  CanaryId Other = P->newCanary(CanaryKind::Buffer, "other", 128);
  std::vector<std::uint8_t> Whole(128);
  fillCanary(Whole, Other);
  std::memcpy(Data.At + 64, &Whole[64], 64);
  ASSERT_EQ(P->convert(Data.At, 1, PageState::Shared), 0);
  ASSERT_EQ(P->host().sightings().size(), 2U);
  EXPECT_EQ(P->host().sightings()[0].Size, 64U);
  EXPECT_EQ(P->host().sightings()[1].Offset, 64U);
}

// A host can look at any time; what was shared for a moment was seen.
TEST_P(GuestProfile, WhatWasSharedForAMomentIsSeen) {
  auto P = makePlatform(GetParam().c_str());
  Page Data(*P);
  std::memset(Data.At, 0, 64);
  ASSERT_EQ(P->convert(Data.At, 1, PageState::Shared), 0);
  fillCanary({Data.At, 64}, Data.Id);
  ASSERT_EQ(P->convert(Data.At, 1, PageState::Private), 0);
  EXPECT_EQ(P->host().sightings().size(), 1U);
  EXPECT_EQ(Data.At[0], canaryByte(Data.Id, 0)); // The guest keeps its data.
}

// hv_ringbuffer_init() (drivers/hv/ring_buffer.c) makes a ring visible by
// pgprot_decrypted(): a store through such an alias is seen although no page
// was converted; one through an encrypted alias is not.
TEST_P(GuestProfile, StoresThroughASharedAliasAreSeen) {
  auto P = makePlatform(GetParam().c_str());
  Page Data(*P);
  Frame F = (Data.Address - Base) / PageSize;
  auto *Private = static_cast<std::uint8_t *>(
      P->memory().mapAlias({F}, PageState::Private));
  auto *Shared =
      static_cast<std::uint8_t *>(P->memory().mapAlias({F}, PageState::Shared));
  ASSERT_TRUE(Private && Shared);
  EXPECT_EQ(Private[0], Data.At[0]);
  fillCanary({Private + 128, 64}, Data.Id);
  P->stored(Private + 128, 64);
  EXPECT_TRUE(P->host().sightings().empty());
  fillCanary({Shared + 128, 64}, Data.Id);
  P->stored(Shared + 128, 64);
  ASSERT_EQ(P->host().sightings().size(), 1U);
  EXPECT_EQ(P->host().sightings()[0].Address, Data.Address + 128);
  EXPECT_TRUE(P->memory().unmapAlias(Shared));
  EXPECT_FALSE(P->memory().unmapAlias(Shared));
}

// An untrusted device sees shared pages only: SNP's RMP, TDX's shared EPT,
// CCA's granule protection table block the rest.
TEST_P(GuestProfile, UntrustedDevicesDoNotReachPrivateMemory) {
  auto P = makePlatform(GetParam().c_str());
  const Profile &Facts = P->profile();
  Page Data(*P);
  std::uint8_t Into[64] = {};
  for (std::uint64_t Address :
       {Facts.markPrivate(Data.Address), Facts.markShared(Data.Address)}) {
    EXPECT_EQ(P->dma().read(Requester::Host, 0, Address, Into),
              DmaStatus::Fault);
    EXPECT_EQ(P->dma().write(Requester::Host, 0, Address, Into),
              DmaStatus::Fault);
  }
  EXPECT_EQ(Into[0], 0);
  ASSERT_EQ(P->convert(Data.At, 1, PageState::Shared), 0);
  EXPECT_EQ(
      P->dma().read(Requester::Host, 0, Facts.markShared(Data.Address), Into),
      DmaStatus::Ok);
  EXPECT_EQ(std::memcmp(Into, Data.At, sizeof(Into)), 0);
}

// Confidential VMBus: guest and paravisor use private memory between them. An
// accepted function may as well (TDISP). The address must say which memory is
// meant.
TEST_P(GuestProfile, TrustedDevicesReachWhatTheAddressMeans) {
  auto P = makePlatform(GetParam().c_str());
  const Profile &Facts = P->profile();
  Page Data(*P);
  std::uint8_t Into[64] = {};
  for (Requester By : {Requester::Paravisor, Requester::Accepted}) {
    EXPECT_EQ(P->dma().read(By, 0, Facts.markPrivate(Data.Address), Into),
              DmaStatus::Ok);
    EXPECT_EQ(std::memcmp(Into, Data.At, sizeof(Into)), 0);
  }
  // TDISP: the address' mark is checked. A VMBus frame number has none.
  EXPECT_EQ(P->dma().read(Requester::Accepted, 0,
                          Facts.markShared(Data.Address), Into),
            DmaStatus::Fault);
  P->host().look();
  EXPECT_TRUE(P->host().sightings().empty());
}

// AMD's white paper on memory encryption: on an SME host there is no hypervisor
// outside, and a device without the C-bit reads ciphertext.
TEST(ModelPlatform, SmeHostHasNoObserverButDevicesNeedTheBit) {
  auto P = makePlatform("sme-host");
  Page Data(*P);
  std::uint8_t Into[64] = {};
  EXPECT_EQ(P->dma().read(Requester::Host, 0, Data.Address, Into),
            DmaStatus::Ciphertext);
  EXPECT_NE(std::memcmp(Into, Data.At, sizeof(Into)), 0);
  EXPECT_EQ(P->dma().read(Requester::Host, 0,
                          P->profile().markPrivate(Data.Address), Into),
            DmaStatus::Ok);
  ASSERT_EQ(P->convert(Data.At, 1, PageState::Shared), 0);
  P->host().look();
  EXPECT_TRUE(P->host().sightings().empty());
}

TEST(ModelPlatform, WithoutEncryptionTheHostSeesAll) {
  auto P = makePlatform("none");
  Page Data(*P);
  P->host().look();
  ASSERT_EQ(P->host().sightings().size(), 1U);
  EXPECT_EQ(P->convert(Data.At, 1, PageState::Shared), 0);
  EXPECT_TRUE(P->memory().sharedFrames().empty());
}

// A device behind an IOMMU reaches what was mapped for it, no more.
TEST(ModelDmaBus, IommuGivesWhatIsMapped) {
  auto P = makePlatform("none");
  Page Data(*P);
  std::uint8_t Into[64] = {};
  P->dma().enableIommu(3);
  EXPECT_EQ(P->dma().read(Requester::Host, 3, Data.Address, Into),
            DmaStatus::NotMapped);
  std::uint64_t Address = P->dma().map(3, Data.Address + 16, 64);
  EXPECT_EQ(Address % PageSize, 16U);
  EXPECT_EQ(P->dma().read(Requester::Host, 3, Address, Into), DmaStatus::Ok);
  EXPECT_EQ(Into[0], canaryByte(Data.Id, 16));
  EXPECT_EQ(P->dma().read(Requester::Host, 3, Address + PageSize, Into),
            DmaStatus::NotMapped);
  EXPECT_TRUE(P->dma().unmap(3, Address, 64));
  EXPECT_FALSE(P->dma().unmap(3, Address, 64));
  EXPECT_EQ(P->dma().read(Requester::Host, 4, Address, Into),
            DmaStatus::NoMemory);
}

// arch/x86/mm/pat/set_memory.c: set_memory_*() can fail half-way; addresses are
// rounded down to pages.
TEST(ModelPlatform, ConversionsFailAsFarAsAsked) {
  const std::pair<FaultHow, unsigned> Cases[] = {
      {FaultHow::Before, 0}, {FaultHow::HalfWay, 2}, {FaultHow::After, 4}};
  for (auto [How, Converted] : Cases) {
    auto P = makePlatform("snp");
    auto *At = static_cast<std::uint8_t *>(P->allocatePages(4, true));
    P->faults().add({FaultPoint::Decrypt, 1, How});
    EXPECT_LT(P->convert(At + 100, 4, PageState::Shared), 0);
    EXPECT_EQ(P->memory().sharedFrames().size(), Converted);
    EXPECT_EQ(P->convert(At, 4, PageState::Shared), 0);
    EXPECT_EQ(P->memory().sharedFrames().size(), 4U);
  }
}

// vmbus_free_ring() (drivers/hv/channel.c) leaks what may be decrypted, since
// the next owner of such a page would be the victim.
TEST(ModelPlatform, NextOwnerOfASharedPageIsSeen) {
  auto P = makePlatform("tdx");
  void *Shared = P->allocatePages(1, true);
  void *Private = P->allocatePages(1, true);
  ASSERT_EQ(P->convert(Shared, 1, PageState::Shared), 0);
  EXPECT_TRUE(P->freePages(Private, 1));
  EXPECT_TRUE(P->host().sightings().empty());
  EXPECT_TRUE(P->freePages(Shared, 1));
  ASSERT_FALSE(P->host().sightings().empty());
  EXPECT_EQ(P->owner(P->host().sightings()[0].Id)->Kind, CanaryKind::NextOwner);
  EXPECT_EQ(P->freedShared(), 1U);
  EXPECT_FALSE(P->freePages(Shared, 1));
}

// Sub-page sharing: a page of small objects holds other data as well.
TEST(ModelPlatform, NeighboursInASharedPageAreSeen) {
  auto P = makePlatform("snp");
  void *Object = P->allocateObject(512);
  ASSERT_EQ(P->convert(Object, 1, PageState::Shared), 0);
  ASSERT_FALSE(P->host().sightings().empty());
  EXPECT_EQ(P->owner(P->host().sightings()[0].Id)->Kind, CanaryKind::Neighbour);
  EXPECT_TRUE(P->freeObject(Object));
  EXPECT_FALSE(P->freeObject(Object));
}

// What memset() would do, whatever was written before and is shared; memory
// that was never written is not written.
TEST_P(GuestProfile, ZeroedMemoryIsZero) {
  auto P = makePlatform(GetParam().c_str());
  auto *At = static_cast<std::uint8_t *>(P->allocatePages(16, false));
  At[3 * PageSize + 5] = 1;
  At[6 * PageSize] = 2;
  ASSERT_EQ(P->convert(At + 4 * PageSize, 4, PageState::Shared), 0);
  At[5 * PageSize + 7] = 3;
  At[10 * PageSize + 100] = 4;
  P->memory().zero(At + 10, 10 * PageSize + 50);
  std::vector<std::uint8_t> Zeros(10 * PageSize + 50, 0);
  EXPECT_EQ(std::memcmp(At + 10, Zeros.data(), Zeros.size()), 0);
  EXPECT_EQ(At[10 * PageSize + 100], 4);
}

TEST(ModelPageAllocator, PlacesTheBounceBuffer) {
  auto P = makePlatform("snp");
  P->allocator().placeLarge(64, Base + 256 * PageSize);
  Frame First = 0;
  ASSERT_TRUE(P->allocator().allocate(64, First));
  EXPECT_EQ(First, 256U);
  ASSERT_TRUE(P->allocator().allocate(63, First));
  EXPECT_EQ(First, 0U);
  EXPECT_FALSE(P->allocator().allocate(512, First));
}

TEST(ModelFaults, EqualSeedsGiveEqualFaults) {
  auto Draw = [](std::uint64_t Seed) {
    FaultInjector Faults;
    Faults.setRandom(Seed, 30);
    std::string Result;
    for (int I = 0; I < 100; ++I)
      Result += Faults.fails(FaultPoint::Allocation) ? 'x' : '.';
    return Result;
  };
  EXPECT_EQ(Draw(7), Draw(7));
  EXPECT_NE(Draw(7), Draw(8));
  EXPECT_NE(Draw(7).find('x'), std::string::npos);
  EXPECT_NE(Draw(7).find('.'), std::string::npos);
}

TEST(ModelFaults, CountsCallsOfEachKind) {
  FaultInjector Faults;
  Faults.add({FaultPoint::Encrypt, 2, FaultHow::After});
  Faults.enable(false);
  EXPECT_FALSE(Faults.fails(FaultPoint::Encrypt));
  Faults.enable(true);
  FaultHow How = FaultHow::Before;
  EXPECT_FALSE(Faults.fails(FaultPoint::Encrypt, How));
  EXPECT_FALSE(Faults.fails(FaultPoint::Decrypt, How));
  EXPECT_TRUE(Faults.fails(FaultPoint::Encrypt, How));
  EXPECT_EQ(How, FaultHow::After);
  EXPECT_FALSE(Faults.fails(FaultPoint::Encrypt, How));
  EXPECT_EQ(Faults.injected(), 1U);
}

TEST(ModelCanary, RunsAreFoundWhereverTheyStart) {
  std::vector<std::uint8_t> Whole(256);
  fillCanary(Whole, 5);
  for (std::size_t Skip : {0, 1, 7, 15, 16}) {
    std::vector<std::uint8_t> Memory(512, 0xee);
    std::memcpy(&Memory[33], &Whole[Skip], 100);
    auto Runs = findCanaries(Memory);
    ASSERT_EQ(Runs.size(), 1U) << Skip;
    EXPECT_EQ(Runs[0].Id, 5);
    EXPECT_EQ(Runs[0].At, 33U);
    EXPECT_EQ(Runs[0].Offset, Skip);
    EXPECT_EQ(Runs[0].Size, 100U);
  }
  EXPECT_TRUE(findCanaries(std::vector<std::uint8_t>(64, 0xc9)).empty());
}

} // namespace

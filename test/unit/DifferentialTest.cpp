// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the analyzer says of mapping functions against what a run tells: cases
// can be made again, values are put into guards, and what does not fit is told.
#include "differential/Differential.h"
#include "model/Scenario.h"
#include "spec/SpecReader.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

#include <nlohmann/json.hpp>

using namespace cocodma;
using nlohmann::json;

namespace {

/// A DMA layer: bounces where the pool says so, fails above the mask.
const char *const Layer = R"(
typedef unsigned long long u64;
enum dma_data_direction { DMA_BIDIRECTIONAL, DMA_TO_DEVICE };
struct page { u64 words[8]; };
struct io_tlb_mem { int force_bounce; };
struct device { u64 *dma_mask; struct io_tlb_mem *dma_io_tlb_mem; };
u64 find_slot(void);
void swiotlb_bounce(struct device *dev, u64 slot, u64 size,
                    enum dma_data_direction dir) {}
u64 dma_map_phys(struct device *dev, u64 phys, u64 size,
                 enum dma_data_direction dir, unsigned long attrs)
{
        if (dev->dma_io_tlb_mem && dev->dma_io_tlb_mem->force_bounce) {
                u64 slot = find_slot();
                if (slot == -1ULL)
                        return -1ULL;
                swiotlb_bounce(dev, slot, size, DMA_TO_DEVICE);
                return slot;
        }
        return phys > *dev->dma_mask ? -1ULL : 0x1000;
}
extern unsigned long first;
int dma_map_sg_attrs(struct device *dev, unsigned long link)
{
        return (struct page *)link - (struct page *)first == 3 ? 0 : 1;
}
)";

/// A layer that takes mappings back, and one that makes coherent memory.
const char *const Undoing = R"(
typedef unsigned long long u64;
enum dma_data_direction { DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE };
struct dma_map_ops { u64 (*map_phys)(u64 phys); };
struct io_tlb_mem { u64 start; };
struct device {
        struct io_tlb_mem *dma_io_tlb_mem;
        const struct dma_map_ops *dma_ops;
        int decrypts;
};
void swiotlb_bounce(struct device *dev, u64 slot, u64 size,
                    enum dma_data_direction dir) {}
void swiotlb_release_slots(struct device *dev, u64 slot) {}
void dma_unmap_page_attrs(struct device *dev, u64 addr, u64 size,
                          enum dma_data_direction dir, unsigned long attrs)
{
        if (addr < dev->dma_io_tlb_mem->start)
                return;
        if (dir != DMA_TO_DEVICE)
                swiotlb_bounce(dev, addr, size, DMA_FROM_DEVICE);
        swiotlb_release_slots(dev, addr);
}
int set_memory_decrypted(unsigned long at, int pages);
int set_memory_encrypted(unsigned long at, int pages);
char room[4096];
void *dma_alloc_attrs(struct device *dev, u64 size, u64 *handle,
                      unsigned int flag, unsigned long attrs)
{
        if (size > sizeof(room))
                return 0;
        if (dev->decrypts && set_memory_decrypted((unsigned long)room, 1))
                return 0;
        return room;
}
void dma_free_attrs(struct device *dev, u64 size, void *at, u64 handle,
                    unsigned long attrs)
{
        if (dev->decrypts)
                set_memory_encrypted((unsigned long)at, 1);
}
static u64 never(u64 phys) { return -1ULL; }
const struct dma_map_ops dummy = { .map_phys = never };
u64 dma_map_phys(struct device *dev, u64 phys, u64 size,
                 enum dma_data_direction dir, unsigned long attrs)
{
        return dev->dma_ops ? dev->dma_ops->map_phys(phys) : phys;
}
)";

class DifferentialTest : public testing::Test {
protected:
  void SetUp() override { load(Layer); }
  void load(const char *Text) {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("differential", Folder));
    llvm::SmallString<128> File(Folder);
    llvm::sys::path::append(File, "layer.c");
    std::error_code Problem;
    llvm::raw_fd_ostream(File, Problem) << Text;
    ASSERT_FALSE(Problem);
    CompileJob Job;
    Job.File = File.str().str();
    Job.Directory = Folder.str().str();
    Job.Arguments = {"clang", "-fsyntax-only", Job.File};
    auto Read = loadSpec({});
    ASSERT_TRUE(bool(Read));
    Vocabulary = std::move(*Read);
    auto Loaded = LayerGuards::load({Job}, Vocabulary, "");
    ASSERT_TRUE(bool(Loaded)) << llvm::toString(Loaded.takeError());
    Guarded = std::move(*Loaded);
  }
  void TearDown() override { (void)llvm::sys::fs::remove_directories(Folder); }

  /// What the guards say of \p Operation, or of what takes it back.
  Prediction say(llvm::StringRef Operation, bool Undoes,
                 const ToldState &Told) {
    LayerCall Call;
    for (const LayerOperation &Known : Vocabulary.Layer.Operations)
      if (Known.Operation == Operation)
        Call = {&Known, Undoes};
    const CallGuards *Of = Guarded->of(Call);
    EXPECT_NE(Of, nullptr);
    Valuation Values(Guarded->terms(), Guarded->conditions(), Guarded->facts(),
                     *Vocabulary.profile("snp"), Told);
    return predict(*Of, Values, Guarded->conditions(), Guarded->terms());
  }

  llvm::SmallString<128> Folder;
  Spec Vocabulary;
  std::unique_ptr<LayerGuards> Guarded;
};

const ToldState Device = {{"dev->dma_mask", 0x1000},
                          {"*dev->dma_mask", 0xffff},
                          {"dev->dma_io_tlb_mem", 0}};

ToldState with(ToldState To, const ToldState &More) {
  for (const auto &[Name, Value] : More)
    To[Name] = Value;
  return To;
}

TEST_F(DifferentialTest, ValuesDecide) {
  std::set<Outcome> Direct = {{false, false}}, Fails = {{true, false}};
  EXPECT_EQ(say("map_phys", false, with(Device, {{"phys", 0x1234}})).Possible,
            Direct);
  EXPECT_EQ(say("map_phys", false, with(Device, {{"phys", 0x12345}})).Possible,
            Fails);
}

TEST_F(DifferentialTest, WhatIsNotToldStaysOpen) {
  Prediction Said =
      say("map_phys", false,
          with(Device, {{"phys", 0x1234},
                        {"dev->dma_io_tlb_mem", 0x2000},
                        {"dev->dma_io_tlb_mem->force_bounce", 1}}));
  std::set<Outcome> Either = {{true, false}, {false, true}};
  EXPECT_EQ(Said.Possible, Either);
  EXPECT_EQ(Said.Acts, Answer::Open);
  EXPECT_TRUE(Said.Open.count("result of find_slot() == -1"));
}

// An unsigned number is above no mask of all ones, whatever it is.
TEST_F(DifferentialTest, NothingIsAboveAFullMask) {
  std::set<Outcome> Direct = {{false, false}};
  EXPECT_EQ(say("map_phys", false, with(Device, {{"*dev->dma_mask", ~0ULL}}))
                .Possible,
            Direct);
}

TEST_F(DifferentialTest, PointersDifferByElements) {
  std::set<Outcome> Equal = {{true, false}}, Other = {{false, false}};
  EXPECT_EQ(
      say("map_sg", false, {{"link", 0x10c0}, {"first", 0x1000}}).Possible,
      Equal);
  EXPECT_EQ(
      say("map_sg", false, {{"link", 0x1080}, {"first", 0x1000}}).Possible,
      Other);
}

class UndoingTest : public DifferentialTest {
protected:
  void SetUp() override { load(Undoing); }
};

// Whether it was mapped to a slot tells the address.
TEST_F(UndoingTest, WhatIsUnmappedIsCopiedBack) {
  const ToldState Pool = {{"dev->dma_io_tlb_mem->start", 0x8000}};
  auto Says = [&](uint64_t Address, uint64_t Direction) {
    return say("map_phys", true,
               with(Pool, {{"addr", Address}, {"dir", Direction}}))
        .Possible;
  };
  std::set<Outcome> Nothing = {{false, false, false}};
  std::set<Outcome> Released = {{false, false, true}};
  std::set<Outcome> CopiedAndReleased = {{false, true, true}};
  EXPECT_EQ(Says(0x1000, 2), Nothing);
  EXPECT_EQ(Says(0x9000, 1), Released);
  EXPECT_EQ(Says(0x9000, 2), CopiedAndReleased);
}

TEST_F(UndoingTest, CoherentMemoryIsSharedOrFails) {
  std::set<Outcome> Private = {{false, false}}, Fails = {{true, false}};
  std::set<Outcome> SharedOrFails = {{false, true}, {true, true}};
  auto Says = [&](uint64_t Size, uint64_t Decrypts) {
    return say("alloc_coherent", false,
               {{"size", Size}, {"dev->decrypts", Decrypts}})
        .Possible;
  };
  EXPECT_EQ(Says(100, 0), Private);
  EXPECT_EQ(Says(100, 1), SharedOrFails);
  EXPECT_EQ(Says(5000, 1), Fails);
}

TEST_F(UndoingTest, FreedMemoryIsMadePrivateAgain) {
  std::set<Outcome> Stays = {{false, false}}, MadePrivate = {{false, true}};
  EXPECT_EQ(say("alloc_coherent", true, {{"dev->decrypts", 0}}).Possible,
            Stays);
  EXPECT_EQ(say("alloc_coherent", true, {{"dev->decrypts", 1}}).Possible,
            MadePrivate);
}

// The layer's units hold one table; a device may have another one.
TEST_F(UndoingTest, OperationsOfADeviceMayDoAnything) {
  std::set<Outcome> Either = {{false, false}, {true, false}};
  Prediction Said =
      say("map_phys", false, {{"dev->dma_ops", 0x2000}, {"phys", 0x1000}});
  EXPECT_EQ(Said.Possible, Either);
  EXPECT_EQ(Said.Fails, Answer::Lost);
}

/// What a run of the layer would tell.
std::string result(bool Ok, uint64_t Copied, const ToldState &Told,
                   bool Seen = false) {
  json Operation = {{"result", Ok ? "ok" : "error"}, {"copied", Copied}};
  for (const auto &[Name, Value] : Told)
    Operation["told"][Name] = "0x" + llvm::utohexstr(Value);
  json Sightings = json::array();
  if (Seen)
    Sightings.push_back({{"data", "buffer"}});
  return json({{"end", "completed"},
               {"reason", ""},
               {"operations", {Operation}},
               {"sightings", Sightings}})
      .dump();
}

/// Compares cases of which each is said to have ended like this.
Comparison compareWith(LayerGuards &Guarded, const Spec &Vocabulary,
                       const std::string &Each) {
  Differential Compare(Guarded, Vocabulary,
                       [&](const std::vector<std::string> &Texts)
                           -> llvm::Expected<std::vector<std::string>> {
                         return std::vector<std::string>(Texts.size(), Each);
                       });
  EXPECT_FALSE(bool(Compare.prepare()));
  Comparison Result;
  EXPECT_FALSE(bool(Compare.compare(1, 20, Result)));
  return Result;
}

const ToldState Plain =
    with(Device, {{"phys", 0x1234}, {"link", 0}, {"first", 0x1000}});

TEST_F(DifferentialTest, WhatFitsIsCounted) {
  Comparison Got = compareWith(*Guarded, Vocabulary, result(true, 0, Plain));
  EXPECT_TRUE(Got.Differences.empty()) << Got.Differences.front().What;
  const FunctionTally &Mapping = Got.ByFunction["dma_map_phys"];
  EXPECT_GT(Mapping.Cases, 0u);
  EXPECT_EQ(Mapping.Asked.at(Question::Acts).Said.Decided, Mapping.Cases);
  EXPECT_EQ(Mapping.Asked.at(Question::Acts).Happened, 0u);
}

TEST_F(DifferentialTest, WhatDoesNotFitIsADifference) {
  Comparison Got =
      compareWith(*Guarded, Vocabulary, result(true, 4096, Plain, true));
  EXPECT_EQ(Got.Differences.size(), 20u);
  EXPECT_NE(Got.Differences.front().What.find(
                "it copies to a slot, but the guards say it copies "
                "nothing"),
            std::string::npos);
}

TEST_F(DifferentialTest, TheHostSeesCopiesOnly) {
  Comparison Got =
      compareWith(*Guarded, Vocabulary, result(true, 0, Plain, true));
  EXPECT_FALSE(Got.Differences.empty());
  for (const Difference &D : Got.Differences)
    EXPECT_EQ(D.What, "the host saw data that was not copied to a slot");
}

TEST_F(DifferentialTest, FactsOfSpecAndPlatformAgree) {
  Comparison Got = compareWith(
      *Guarded, Vocabulary,
      result(true, 0,
             with(Plain, {{"cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)", 7}})));
  for (const Difference &D : Got.Differences)
    EXPECT_EQ(D.What, "the spec says cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)"
                      " is 0, the platform 7");
  EXPECT_FALSE(Got.Differences.empty());
}

/// What the built-in spec knows of the layer.
const DmaLayer &builtinLayer() {
  static const Spec Vocabulary = llvm::cantFail(loadSpec({}));
  return Vocabulary.Layer;
}

// What was not made cannot be taken back: no case is wasted on it.
TEST_F(UndoingTest, CasesWithNothingToTakeBackAreNone) {
  const std::string Failed = result(false, 0, {{"size", 5000}});
  Differential Compare(*Guarded, Vocabulary,
                       [&](const std::vector<std::string> &Texts)
                           -> llvm::Expected<std::vector<std::string>> {
                         std::vector<std::string> Results;
                         for (const std::string &Text : Texts) {
                           json R = json::parse(Failed);
                           if (json::parse(Text)["operations"].size() > 1)
                             R["operations"].push_back({{"result", "error"}});
                           Results.push_back(R.dump());
                         }
                         return Results;
                       });
  ASSERT_FALSE(bool(Compare.prepare()));
  Comparison Got;
  ASSERT_FALSE(bool(Compare.compare(1, 50, Got)));
  EXPECT_EQ(Got.Cases, 50u);
  EXPECT_GT(Got.Nothing, 0u);
}

Abilities everything() {
  Abilities Result;
  for (const LayerOperation &Operation : builtinLayer().Operations)
    for (bool Undoes : {false, true})
      Result.Calls.push_back({&Operation, Undoes});
  Result.Attributes = {"skip_cpu_sync", "mmio"};
  Result.Pools = {"default", "none", "forced", "private"};
  Result.Iommu = true;
  return Result;
}

TEST(Cases, AreScenarios) {
  std::set<std::string> Profiles;
  for (uint64_t I = 0; I < 2000; ++I) {
    Case C = makeCase(3, I, everything());
    model::Scenario What;
    std::string Error;
    ASSERT_TRUE(model::readScenario(C.Scenario, What, Error)) << Error;
    EXPECT_EQ(What.Profile, C.Profile);
    EXPECT_EQ(What.Operations.size(), C.operation() + 1);
    Profiles.insert(C.Profile);
  }
  EXPECT_EQ(Profiles.size(), 7u);
}

TEST(Cases, ASeedMakesThemAgain) {
  for (uint64_t I = 0; I < 100; ++I)
    EXPECT_EQ(makeCase(5, I, everything()).Scenario,
              makeCase(5, I, everything()).Scenario);
  EXPECT_NE(makeCase(5, 1, everything()).Scenario,
            makeCase(6, 1, everything()).Scenario);
}

} // namespace

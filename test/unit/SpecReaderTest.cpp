//===- SpecReaderTest.cpp - Tests of reading specs ------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "spec/SpecReader.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include "llvm/ADT/STLExtras.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace cocodma;

namespace {

/// The built-in spec.
Spec builtin() {
  Spec Result;
  for (const SpecError &Error :
       readSpecText("default", builtinSpecText(), Result))
    ADD_FAILURE() << Error.text();
  return Result;
}

/// The messages about `{"spec_version": 1, BODY}` on top of the built-in spec.
std::string complaints(llvm::StringRef Body, Spec *Into = nullptr) {
  Spec Result = builtin();
  std::vector<std::string> Lines;
  for (const SpecError &Error : readSpecText(
           "my.json", "{\"spec_version\": 1, " + Body.str() + "}", Result))
    Lines.push_back(Error.text());
  if (Into)
    *Into = Result;
  return llvm::join(Lines, "\n");
}

std::string wholeFile(llvm::StringRef Text) {
  Spec Result;
  std::vector<std::string> Lines;
  for (const SpecError &Error : readSpecText("my.json", Text, Result))
    Lines.push_back(Error.text());
  return llvm::join(Lines, "\n");
}

//===----------------------------------------------------------------------===//
// The built-in spec
//===----------------------------------------------------------------------===//

const Fact *findFact(const Profile &P, llvm::StringRef Name,
                     llvm::StringRef Detail) {
  for (const Fact &F : P.Facts)
    if (F.Name == Name && (F.Path == Detail ||
                           (!F.Arguments.empty() && F.Arguments[0] == Detail)))
      return &F;
  return nullptr;
}

TEST(BuiltinSpec, HasAllProfiles) {
  Spec S = builtin();
  EXPECT_EQ(S.Profiles.size(), 7u);
  for (const char *Name : {"snp-vtom", "tdx-paravisor", "snp", "tdx", "cca"}) {
    ASSERT_TRUE(S.profile(Name)) << Name;
    EXPECT_TRUE(S.profile(Name)->Guest) << Name;
  }
  EXPECT_FALSE(S.profile("sme-host")->Guest);
  EXPECT_FALSE(S.profile("none")->Guest);
  EXPECT_EQ(S.profile("cca")->Kind, Encryption::Cca);
  EXPECT_FALSE(S.profile("nothing"));
}

TEST(BuiltinSpec, AttributesAreThoseOfTheKernel) {
  Spec S = builtin();
  auto Has = [&](const char *Name, const char *Attribute) {
    const Fact *F = findFact(*S.profile(Name), "cc_platform_has", Attribute);
    return F && std::get<bool>(F->Is);
  };
  EXPECT_TRUE(Has("snp-vtom", "CC_ATTR_GUEST_MEM_ENCRYPT"));
  EXPECT_FALSE(Has("snp-vtom", "CC_ATTR_GUEST_SEV_SNP"));
  EXPECT_TRUE(Has("snp", "CC_ATTR_GUEST_SEV_SNP"));
  EXPECT_FALSE(Has("snp", "CC_ATTR_GUEST_UNROLL_STRING_IO"));
  EXPECT_TRUE(Has("tdx", "CC_ATTR_GUEST_UNROLL_STRING_IO"));
  EXPECT_TRUE(Has("sme-host", "CC_ATTR_HOST_MEM_ENCRYPT"));
  EXPECT_FALSE(Has("sme-host", "CC_ATTR_GUEST_MEM_ENCRYPT"));
  EXPECT_TRUE(Has("cca", "CC_ATTR_MEM_ENCRYPT"));
  EXPECT_FALSE(Has("none", "CC_ATTR_MEM_ENCRYPT"));
}

TEST(BuiltinSpec, OnlyAParavisorOffersConfidentialVmbus) {
  Spec S = builtin();
  for (const Profile &P : S.Profiles) {
    const Fact *F = findFact(P, "ms_hyperv", "confidential_vmbus_available");
    ASSERT_TRUE(F) << P.Name;
    EXPECT_EQ(std::get<bool>(F->Is), P.Paravisor) << P.Name;
  }
}

TEST(BuiltinSpec, Primitives) {
  Spec S = builtin();
  const Primitive *Share = S.primitive("set_memory_decrypted");
  ASSERT_TRUE(Share);
  EXPECT_EQ(Share->Effect, Effect::Share);
  EXPECT_EQ(Share->position(Role::Pages), 1u);
  EXPECT_EQ(Share->Success, Result::ZeroOnSuccess);
  const Primitive *Bounce = S.primitive("swiotlb_bounce");
  ASSERT_TRUE(Bounce);
  EXPECT_EQ(Bounce->ToDevice, "DMA_TO_DEVICE");
  const Primitive *Allocate = S.primitive("__kmalloc_cache_noprof");
  ASSERT_TRUE(Allocate);
  EXPECT_EQ(Allocate->position(Role::Size), 2u);
  EXPECT_EQ(Allocate->Zeroed, Zeroed::ByAllocationFlags);
  EXPECT_EQ(std::get<std::string>(*Allocate->argument(Role::AllocationFlags)),
            "gfp_t");
  EXPECT_FALSE(Allocate->position(Role::AllocationFlags));
  EXPECT_EQ(S.primitive("__free_pages")->By, Handle::Page);
  EXPECT_EQ(S.primitive("memremap")->Flag, "MEMREMAP_DEC");
  EXPECT_EQ(S.primitive("device_add")->Effect, Effect::RegisterDevice);
  EXPECT_FALSE(S.primitive("dma_map_page_attrs"));
}

TEST(BuiltinSpec, VmbusClass) {
  Spec S = builtin();
  const DeviceClass *Vmbus = S.deviceClass("vmbus");
  ASSERT_TRUE(Vmbus);
  EXPECT_EQ(Vmbus->Channel->FromDevice, "channel");
  ASSERT_TRUE(Vmbus->marker("external"));
  EXPECT_EQ(Vmbus->marker("external")->Field, "co_external_memory");
  EXPECT_EQ(Vmbus->marker("external")->From->MaskValue, 4);
  EXPECT_EQ(Vmbus->marker("control")->Function, "vmbus_is_confidential");
  EXPECT_EQ(S.classOfStruct("vmbus_channel"), Vmbus);
  EXPECT_EQ(S.classOfStruct("hv_driver"), Vmbus);
  EXPECT_FALSE(S.classOfStruct("pci_dev"));
  EXPECT_EQ(S.Core.Configure, "dma_configure");
  EXPECT_TRUE(llvm::is_contained(S.Core.Last, "remove"));
  EXPECT_EQ(S.Core.Unbind, "device_release_driver");
  EXPECT_TRUE(llvm::is_contained(S.Core.Unbound, "dma_cleanup"));
  EXPECT_TRUE(S.assumption("pool-is-shared")->Default);
  EXPECT_TRUE(S.mayBounce("dma_map_page_attrs"));
}

//===----------------------------------------------------------------------===//
// Merging
//===----------------------------------------------------------------------===//

TEST(SpecMerge, PrimitivesAreReplacedAddedAndTakenOut) {
  Spec S;
  EXPECT_EQ(complaints(R"("primitives": [
    {"function": "kfree", "effect": "free", "address": 2},
    {"function": "my_share", "effect": "share", "address": 1, "bytes": 2,
     "result": "always"},
    {"function": "vfree", "effect": "none"}])",
                       &S),
            "");
  EXPECT_EQ(S.primitive("kfree")->position(Role::Address), 2u);
  EXPECT_EQ(S.primitive("my_share")->Success, Result::Always);
  EXPECT_FALSE(S.primitive("vfree"));
  EXPECT_EQ(S.primitive("kvfree")->Function, "kvfree");
}

TEST(SpecMerge, ProfilesKeepWhatIsNotMentioned) {
  Spec S;
  EXPECT_EQ(complaints(R"("profiles": {
    "snp": {"facts": [{"static_key": "isolation_type_snp", "value": false},
                      {"static_key": "other", "value": true}]},
    "mine": {"guest": true, "encryption": "tdx"}})",
                       &S),
            "");
  const Profile *Snp = S.profile("snp");
  EXPECT_TRUE(Snp->Guest);
  EXPECT_EQ(Snp->Facts.size(), builtin().profile("snp")->Facts.size() + 1);
  EXPECT_FALSE(std::get<bool>(findFact(*Snp, "isolation_type_snp", "")->Is));
  EXPECT_EQ(S.profile("mine")->Kind, Encryption::Tdx);
  EXPECT_EQ(S.Profiles.size(), 8u);
}

TEST(SpecMerge, ClassesTakeMoreMarkers) {
  Spec S;
  EXPECT_EQ(complaints(R"("classes": [
    {"name": "vmbus", "markers": [{"data_class": "ring", "field": "other"}]},
    {"name": "tdisp", "device": {"struct": "pci_dev", "member": "dev"},
     "driver": {"struct": "pci_driver", "member": "driver"},
     "markers": [{"data_class": "external", "field": "trusted"}]}])",
                       &S),
            "");
  EXPECT_EQ(S.deviceClass("vmbus")->Markers.size(), 3u);
  EXPECT_EQ(S.deviceClass("vmbus")->marker("ring")->Field, "other");
  EXPECT_EQ(S.deviceClass("vmbus")->RingMemory, "ringbuffer_page");
  EXPECT_FALSE(S.deviceClass("tdisp")->Channel);
  EXPECT_EQ(S.classOfStruct("pci_dev")->Name, "tdisp");
}

TEST(SpecMerge, AssumptionsCanBeSwitchedOff) {
  Spec S;
  EXPECT_EQ(complaints(R"("assumptions": [
    {"id": "pool-is-shared", "default": false}])",
                       &S),
            "");
  EXPECT_FALSE(S.assumption("pool-is-shared")->Default);
  EXPECT_NE(S.assumption("pool-is-shared")->Text, "");
}

TEST(SpecMerge, AMistakeLeavesTheSpecAsItWas) {
  Spec S = builtin();
  size_t Before = S.Primitives.size();
  EXPECT_FALSE(readSpecText("my.json", R"({"spec_version": 1, "primitives": [
      {"function": "good", "effect": "free", "address": 0},
      {"function": "bad", "effect": "fre", "address": 0}]})",
                            S)
                   .empty());
  EXPECT_EQ(S.Primitives.size(), Before);
  EXPECT_FALSE(S.primitive("good"));
}

//===----------------------------------------------------------------------===//
// Mistakes: one row for each kind
//===----------------------------------------------------------------------===//

struct Mistake {
  const char *Name;
  const char *Body;
  const char *Message;
};

class SpecMistake : public testing::TestWithParam<Mistake> {};

TEST_P(SpecMistake, IsExplained) {
  EXPECT_EQ(complaints(GetParam().Body), GetParam().Message);
}

const Mistake Mistakes[] = {
    {"UnknownEffect",
     R"("primitives": [{"function": "f", "effect": "shar", "address": 0}])",
     "my.json: /primitives/0/effect: unknown effect 'shar'; did you mean "
     "'share'? (one of share, unshare, bounce, decrypted-protection, "
     "encrypted-protection, alias, unalias, allocate, free, copy, "
     "register-device, wait, wake, set-bit, clear-bit, change-bit, compare, "
     "fill, enable-key, disable-key, set-target, fill-in, put-in, "
     "look-up, take-out, set-up, stop, take-reference)"},
    {"UnknownTopKey", R"("primitive": [])",
     "my.json: /primitive: unknown key 'primitive'; did you mean "
     "'primitives'? (one of $schema, spec_version, profiles, primitives, "
     "classes, device, boot_parameter, assumptions, fallback, dma_layer, "
     "design, page_size, page_struct, dma_address, zeroing_flag, static_call)"},
    {"OperationThatUndoes",
     R"("dma_layer": {"operations": [{"operation": "unmap", "kind": "unmap",
          "called": ["f"], "function": "f", "error": 0, "undone_by": "g"}]})",
     "my.json: /dma_layer/operations/0/kind: an operation that takes something "
     "back has no place of its own; name its function as 'undone_by' of what "
     "it undoes"},
    {"OperationWithoutError",
     R"("dma_layer": {"operations": [{"operation": "map", "kind": "map",
          "called": ["f"], "function": "f", "undone_by": "g"}]})",
     "my.json: /dma_layer/operations/0: 'error' is missing; add it"},
    {"IdsWithoutOffer", R"("classes": [{"name": "vmbus", "ids": {
       "table": "t", "id": {"struct": "s", "member": "m"}}}])",
     "my.json: /classes/0/ids: 'offered' is missing; add it"},
    {"PageSize", R"("page_size": 4095)",
     "my.json: /page_size: a page of 4095 bytes is impossible; give a power of "
     "two, such as 4096"},
    {"DmaAddressWithoutType", R"("dma_address": {"error": -1})",
     "my.json: /dma_address: 'type' is missing; add it"},
    {"BitOfZeroingFlag",
     R"("zeroing_flag": {"bit": "ZERO_BIT", "otherwise": 64})",
     "my.json: /zeroing_flag/otherwise: a word of flags has no bit 64; give a "
     "number from 0 to 62"},
    {"KeyOfAnotherEffect",
     R"("primitives": [{"function": "f", "effect": "free", "address": 0,
                        "zeroed": true}])",
     "my.json: /primitives/0/zeroed: unknown key 'zeroed'; one of function, "
     "effect, address, by, result, unit"},
    {"KeyThatNeedsEscaping", R"("assumptions": [{"id": "external-results",
                                                "a/b~": 1}])",
     "my.json: /assumptions/0/a~1b~0: unknown key 'a/b~'; one of id, text, "
     "default"},
    {"MissingFunction", R"("primitives": [{"effect": "free", "address": 0}])",
     "my.json: /primitives/0: 'function' is missing; add it"},
    {"MissingEffect", R"("primitives": [{"function": "f"}])",
     "my.json: /primitives/0: 'effect' is missing; add it"},
    {"MissingArgument", R"("primitives": [{"function": "f",
                                           "effect": "free"}])",
     "my.json: /primitives/0: 'address' is missing; add it"},
    {"MissingAmount", R"("primitives": [{"function": "f", "effect": "share",
                                         "address": 0}])",
     "my.json: /primitives/0: no argument says how much or what memory; give "
     "exactly one of pages, bytes"},
    {"TwoAmounts", R"("primitives": [{"function": "f", "effect": "share",
                        "address": 0, "pages": 1, "bytes": 2}])",
     "my.json: /primitives/0: more than one argument says how much or what "
     "memory; give exactly one of pages, bytes"},
    {"NegativePosition", R"("primitives": [{"function": "f", "effect": "free",
                                            "address": -1}])",
     "my.json: /primitives/0/address: this is a number; write the 0-based "
     "position of an argument, or the type of a parameter here"},
    {"MemberOfNothing",
     R"("primitives": [{"function": "f", "effect": "set-up", "address": 0,
          "source": 1, "member": "function"}])",
     "my.json: /primitives/0/member: this names no member of a record; write "
     "it as \"record.field\""},
    {"FlagsWithoutFlag", R"("primitives": [{"function": "f", "effect": "alias",
                              "physical": 0, "flags": 2}])",
     "my.json: /primitives/0: 'flags' and 'flag' belong together; give the "
     "argument and the flag that it has to hold, or neither"},
    {"UnknownUnit", R"("primitives": [{"function": "f", "effect": "allocate",
                                       "unit": "page"}])",
     "my.json: /primitives/0/unit: unknown unit 'page'; did you mean "
     "'pages'? (one of slab, pages, vmalloc, percpu, fragment, area, pool)"},
    {"BadZeroed", R"("primitives": [{"function": "f", "effect": "allocate",
                       "unit": "slab", "zeroed": "perhaps"}])",
     "my.json: /primitives/0/zeroed: this does not say whether the memory is "
     "zeroed; write true, false or \"by-gfp\" here"},
    {"NothingToTakeOut",
     R"("primitives": [{"function": "f", "effect": "none"}])",
     "my.json: /primitives/0: there is no primitive 'f' to take out; check "
     "the name, or leave the item out"},
    {"ListExpected", R"("primitives": {})",
     "my.json: /primitives: this is an object; write a list here"},
    {"ObjectExpected", R"("primitives": ["kfree"])",
     "my.json: /primitives/0: this is a string; write an object here"},
    {"ProfilesAsList", R"("profiles": [])",
     "my.json: /profiles: this is a list; write an object here"},
    {"NewProfileWithoutGuest", R"("profiles": {"x": {"encryption": "tdx"}})",
     "my.json: /profiles/x: 'guest' is missing; add it"},
    {"UnknownEncryption", R"("profiles": {"snp": {"encryption": "sevsnp"}})",
     "my.json: /profiles/snp/encryption: unknown encryption 'sevsnp'; did "
     "you mean 'sev-snp'? (one of none, sev-snp, tdx, cca, sme)"},
    {"GuestIsNoBoolean", R"("profiles": {"snp": {"guest": "yes"}})",
     "my.json: /profiles/snp/guest: this is a string; write true or false "
     "here"},
    {"FactWithoutSubject", R"("profiles": {"snp": {"facts": [{"value": 1}]}})",
     "my.json: /profiles/snp/facts/0: this is no fact; write an object with "
     "call, global, static_key or cpu_feature, and a value"},
    {"FactWithoutValue", R"("profiles": {"snp": {"facts": [{"call": "f"}]}})",
     "my.json: /profiles/snp/facts/0: 'value' is missing; add it"},
    {"FactOfTheWrongType",
     R"("profiles": {"snp": {"facts": [{"static_key": "k", "value": 3}]}})",
     "my.json: /profiles/snp/facts/0/value: this is no value of a fact; write "
     "true or false here"},
    {"MarkerWithBoth", R"("classes": [{"name": "vmbus", "markers": [
                            {"data_class": "ring", "field": "a",
                             "function": "b"}]}])",
     "my.json: /classes/0/markers/0: a marker is one field or one function; "
     "give exactly one of field, function"},
    {"ClassWithoutDevice", R"("classes": [{"name": "other"}])",
     "my.json: /classes/0: 'device' is missing; add it"},
    {"StructWithoutMember",
     R"("classes": [{"name": "vmbus", "device": {"struct": "x"}}])",
     "my.json: /classes/0/device: 'member' is missing; add it"},
    {"EmptyName", R"("classes": [{"name": ""}])",
     "my.json: /classes/0/name: this is an empty string; write a string that "
     "is not empty here"},
    {"AssumptionWithoutText", R"("assumptions": [{"id": "new"}])",
     "my.json: /assumptions/0: 'text' is missing; add it"},
    {"PoolMadeAndTaken", R"("fallback": {"pools": [
       {"function": "f", "device": 0, "pool": 1}]})",
     "my.json: /fallback/pools/0: such a function makes a pool or takes from "
     "one; give exactly one of device, pool\n"
     "my.json: /fallback/pools/0: 'calls' is missing; add it\n"
     "my.json: /fallback/pools/0: 'for_device' is missing; add it"},
    {"FallbackPosition", R"("fallback": {"may_bounce": [
                              {"function": "f", "device": 0.5, "buffer": 1}]})",
     "my.json: /fallback/may_bounce/0/device: this is a fraction; write the "
     "0-based position of an argument here"},
    {"KeyTwice", R"("assumptions": [{"id": "a", "id": "b"}])",
     "my.json: /assumptions/0/id: the key occurs twice; keep one of the two"},
};

INSTANTIATE_TEST_SUITE_P(Rows, SpecMistake, testing::ValuesIn(Mistakes),
                         [](const testing::TestParamInfo<Mistake> &Info) {
                           return std::string(Info.param.Name);
                         });

TEST(SpecMistakes, SyntaxIsTold) {
  EXPECT_EQ(wholeFile("{\"spec_version\": 1,\n  \"classes\": [,]\n}"),
            "my.json: /classes/0: line 2, column 15: not JSON at '\"classes\": "
            "[,'; check "
            "commas, quotes and brackets there; JSON has no comments and no "
            "trailing commas");
  EXPECT_NE(wholeFile("").find("line 1, column 1: not JSON"),
            std::string::npos);
  EXPECT_NE(wholeFile("{").find("not JSON"), std::string::npos);
}

TEST(SpecMistakes, Versions) {
  EXPECT_EQ(wholeFile("{}"), "my.json: 'spec_version' is missing; add it");
  EXPECT_EQ(wholeFile("{\"spec_version\": 2}"),
            "my.json: /spec_version: version 2 is not known; this program "
            "reads version 1");
  EXPECT_EQ(wholeFile("[]"), "my.json: this is a list; write an object here");
}

TEST(SpecMistakes, FirstOperationWithoutTable) {
  EXPECT_EQ(complaints(R"("device": {"struct": "s", "driver": "d", "bus": "b",
        "driver_struct": "ds", "bus_struct": "bs", "configure": "c",
        "probe": "p", "first": ["open"]})"),
            "my.json: /device/first: 'open' names no operation; write it as "
            "\"table.member\"");
}

TEST(SpecMistakes, AllAreTold) {
  EXPECT_EQ(complaints(R"("device": {"x": 1}, "fallback": {"y": 2})"),
            "my.json: /device/x: unknown key 'x'; one of struct, driver, bus, "
            "driver_struct, bus_struct, configure, probe, last, undone, first, "
            "match, unbind, unbound\n"
            "my.json: /fallback/y: unknown key 'y'; one of may_bounce, pools");
}

TEST(SpecMistakes, HostileInputIsSurvived) {
  EXPECT_NE(wholeFile(std::string(200, '[')).find("not JSON"),
            std::string::npos);
  EXPECT_NE(wholeFile("\xff\xfe{").find("not JSON"), std::string::npos);
  EXPECT_NE(complaints(R"("primitives": [{"function": "f", "effect": "free",
                            "address": 99999999999999999999}])"),
            "");
}

TEST(SpecFiles, LoadPutsFilesOnTop) {
  llvm::SmallString<128> Path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("spec", "json", Path));
  {
    std::error_code Error;
    llvm::raw_fd_ostream Out(Path, Error);
    Out << R"({"spec_version": 1, "assumptions": [
                {"id": "mine", "text": "t"}]})";
  }
  llvm::Expected<Spec> Loaded = loadSpec({Path.str().str()});
  ASSERT_TRUE(static_cast<bool>(Loaded));
  EXPECT_TRUE(Loaded->assumption("mine"));
  EXPECT_TRUE(Loaded->primitive("kfree"));
  (void)llvm::sys::fs::remove(Path);
  llvm::Expected<Spec> Missing = loadSpec({Path.str().str()});
  ASSERT_FALSE(static_cast<bool>(Missing));
  std::string Text = llvm::toString(Missing.takeError());
  EXPECT_EQ(Text, Path.str().str() + ": cannot be read: No such file or "
                                     "directory; check the path given with "
                                     "--spec");
}

//===----------------------------------------------------------------------===//
// The design rules
//===----------------------------------------------------------------------===//

TEST(SpecDesign, BuiltinHasTheVocabulary) {
  DesignVocabulary Design = builtin().Design;
  EXPECT_EQ(Design.Operations.Struct, "dma_map_ops");
  EXPECT_TRUE(matchesAny("dma_direct_map_sg", Design.InternalFunctions));
  EXPECT_FALSE(matchesAny("dma_map_sg", Design.InternalFunctions));
  EXPECT_TRUE(Design.isCoreField("device", "dma_io_tlb_mem"));
  EXPECT_FALSE(Design.isCoreField("device", "driver_data"));
  EXPECT_TRUE(Design.isCoreField("io_tlb_mem", "whatever"));
  const AttributedFunction *Map = Design.attributed("dma_map_page_attrs");
  ASSERT_TRUE(Map);
  EXPECT_EQ(Map->Attributes, 5u);
}

TEST(SpecDesign, ListsReplaceAndItemsOverride) {
  Spec Result;
  EXPECT_EQ(complaints(R"("design": {"physical_types": ["pa_t"],
    "attributed": [{"function": "dma_map_phys", "kind": "unmap",
                    "memory": 0, "attributes": 2}]})",
                       &Result),
            "");
  EXPECT_EQ(Result.Design.PhysicalTypes, std::vector<std::string>{"pa_t"});
  EXPECT_EQ(Result.Design.attributed("dma_map_phys")->Attributes, 2u);
  EXPECT_TRUE(Result.Design.attributed("dma_map_sg_attrs"));
}

TEST(SpecDesign, MistakesAreNamed) {
  EXPECT_THAT(complaints(R"("design": {"physical_type": []})"),
              testing::HasSubstr("unknown key 'physical_type'"));
  EXPECT_THAT(complaints(R"("design": {"operations": {"required": ["a"]}})"),
              testing::HasSubstr("/design/operations/required/0"));
  EXPECT_THAT(complaints(R"("design": {"attributed": [{"function": "f",
                            "kind": "mop", "memory": 0, "attributes": 1}]})"),
              testing::HasSubstr("mop"));
}

} // namespace

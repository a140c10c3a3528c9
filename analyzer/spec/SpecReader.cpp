//===- SpecReader.cpp - Reads specs from JSON -----------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SpecReader.h"

#include "SpecNode.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace cocodma;
using llvm::StringRef;

namespace {

/// Puts an item into a list: in the place of the one that is the same thing by
/// \p IsSame, or at the end. Gives the item in the list.
template <typename Item, typename Predicate>
Item &place(std::vector<Item> &List, Item New, Predicate IsSame) {
  for (Item &Old : List)
    if (IsSame(Old)) {
      Old = std::move(New);
      return Old;
    }
  List.push_back(std::move(New));
  return List.back();
}

template <typename Item>
Item &placeByName(std::vector<Item> &List, Item New, std::string Item::*Name) {
  std::string Wanted = New.*Name;
  return place(List, std::move(New),
               [&](const Item &Old) { return Old.*Name == Wanted; });
}

//===----------------------------------------------------------------------===//
// Profiles
//===----------------------------------------------------------------------===//

struct FactForm {
  const char *Key;
  Fact::Kind Kind;
  llvm::SmallVector<StringRef, 3> Keys;
};

const std::vector<FactForm> &factForms() {
  static const std::vector<FactForm> Forms = {
      {"call", Fact::Kind::Call, {"call", "arguments", "value"}},
      {"global", Fact::Kind::Global, {"global", "path", "value"}},
      {"static_key", Fact::Kind::StaticKey, {"static_key", "value"}},
      {"cpu_feature",
       Fact::Kind::CpuFeature,
       {"cpu_feature", "number", "value"}},
  };
  return Forms;
}

void readFactValue(const SpecNode &Item, Fact &Into) {
  if (!Item.hasRequired("value"))
    return;
  SpecNode Value = Item.at("value");
  const nlohmann::json &Json = Value.raw();
  bool IsState = Into.FactKind == Fact::Kind::StaticKey ||
                 Into.FactKind == Fact::Kind::CpuFeature;
  if (Json.is_boolean())
    Into.Is = Json.get<bool>();
  else if (Json.is_number_integer() && !IsState)
    Into.Is = Json.get<int64_t>();
  else if (Json.is_string() && !IsState)
    Into.Is = Json.get<std::string>();
  else
    Value.error("this is no value of a fact",
                IsState ? "write true or false here"
                        : "write true, false, a whole number or the name of "
                          "an enumerator here");
}

void readFact(const SpecNode &Item, std::vector<Fact> &Facts) {
  for (const FactForm &Form : factForms()) {
    if (!Item.has(Form.Key))
      continue;
    if (!Item.isObjectOf(Form.Keys))
      return;
    Fact New;
    New.FactKind = Form.Kind;
    New.Name = Item.requiredString(Form.Key);
    Item.read("path", New.Path);
    New.Arguments = Item.strings("arguments");
    Item.read("number", New.Number);
    readFactValue(Item, New);
    place(Facts, New, [&](const Fact &Old) { return Old.sameSubject(New); });
    return;
  }
  Item.error("this is no fact",
             "write an object with call, global, static_key or cpu_feature, "
             "and a value");
}

void readProfile(StringRef Name, const SpecNode &Item, Spec &Into) {
  if (!Item.isObjectOf({"description", "guest", "paravisor", "encryption",
                        "option", "facts"}))
    return;
  const Profile *Known = Into.profile(Name);
  Profile New = Known ? *Known : Profile();
  New.Name = Name.str();
  if (!Known) {
    Item.hasRequired("guest");
    Item.hasRequired("encryption");
  }
  Item.read("description", New.Description);
  Item.read("guest", New.Guest);
  Item.read("paravisor", New.Paravisor);
  Item.read("option", New.Option);
  if (Item.has("encryption"))
    New.Kind = Item.at("encryption")
                   .named("encryption", EncryptionNames)
                   .value_or(Encryption::None);
  Item.forEach("facts",
               [&](const SpecNode &Entry) { readFact(Entry, New.Facts); });
  placeByName(Into.Profiles, New, &Profile::Name);
}

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

void readStructMember(const SpecNode &Parent, StringRef Key,
                      StructMember &Into) {
  if (!Parent.has(Key))
    return;
  SpecNode Item = Parent.at(Key);
  if (Item.isObjectOf({"struct", "member"}))
    Into = {Item.requiredString("struct"), Item.requiredString("member")};
}

std::optional<Offer> readOffer(const SpecNode &Item) {
  if (!Item.isObjectOf({"struct", "field", "mask", "mask_value"}))
    return std::nullopt;
  Offer Result{Item.requiredString("struct"), Item.requiredString("field"),
               Item.requiredString("mask"), std::nullopt};
  Item.read("mask_value", Result.MaskValue);
  return Result;
}

void readMarker(const SpecNode &Item, std::vector<Marker> &Markers) {
  if (!Item.isObjectOf({"data_class", "field", "function", "offer"}))
    return;
  Marker New;
  New.DataClass = Item.requiredString("data_class");
  Item.read("field", New.Field);
  Item.read("function", New.Function);
  if (Item.has("field") == Item.has("function"))
    Item.error("a marker is one field or one function",
               "give exactly one of field, function");
  if (Item.has("offer"))
    New.From = readOffer(Item.at("offer"));
  placeByName(Markers, New, &Marker::DataClass);
}

std::optional<DeviceIds> readIds(const SpecNode &Item) {
  if (!Item.isObjectOf({"table", "id", "offered", "by_hand"}) ||
      !Item.hasRequired("id") || !Item.hasRequired("offered"))
    return std::nullopt;
  DeviceIds Result;
  Result.Table = Item.requiredString("table");
  readStructMember(Item, "id", Result.Id);
  readStructMember(Item, "offered", Result.Offered);
  Result.ByHand = Item.strings("by_hand");
  return Result;
}

void readClass(const SpecNode &Item, Spec &Into) {
  if (!Item.isObjectOf({"name", "device", "driver", "ids", "channel",
                        "ring_memory", "markers"}))
    return;
  std::string Name = Item.requiredString("name");
  if (Name.empty())
    return;
  const DeviceClass *Known = Into.deviceClass(Name);
  DeviceClass New = Known ? *Known : DeviceClass();
  New.Name = Name;
  if (!Known)
    Item.hasRequired("device");
  readStructMember(Item, "device", New.Device);
  readStructMember(Item, "driver", New.Driver);
  if (Item.has("ids"))
    New.Ids = readIds(Item.at("ids"));
  if (Item.has("channel")) {
    SpecNode Node = Item.at("channel");
    if (Node.isObjectOf({"struct", "from_device"}))
      New.Channel = {Node.requiredString("struct"),
                     Node.requiredString("from_device")};
  }
  Item.read("ring_memory", New.RingMemory);
  Item.forEach("markers",
               [&](const SpecNode &Entry) { readMarker(Entry, New.Markers); });
  placeByName(Into.Classes, New, &DeviceClass::Name);
}

//===----------------------------------------------------------------------===//
// The rest
//===----------------------------------------------------------------------===//

void addPrimitive(const SpecNode &Item, Spec &Into) {
  Primitive New;
  bool Removed = false;
  if (!readPrimitive(Item, New, Removed))
    return;
  if (!Removed) {
    place(Into.Primitives, New,
          [&](const Primitive &Old) { return Old.Function == New.Function; });
    return;
  }
  size_t Gone = std::erase_if(Into.Primitives, [&](const Primitive &Old) {
    return Old.Function == New.Function;
  });
  if (!Gone)
    Item.error("there is no primitive '" + New.Function + "' to take out",
               "check the name, or leave the item out");
}

void readCore(const SpecNode &Item, DriverCore &Into) {
  const std::pair<const char *, std::string *> Members[] = {
      {"struct", &Into.Struct},
      {"driver", &Into.Driver},
      {"bus", &Into.Bus},
      {"driver_struct", &Into.DriverStruct},
      {"bus_struct", &Into.BusStruct},
      {"configure", &Into.Configure},
      {"probe", &Into.Probe},
  };
  llvm::SmallVector<StringRef> Keys;
  for (const auto &[Key, Member] : Members)
    Keys.push_back(Key);
  Keys.push_back("last");
  Keys.push_back("undone");
  Keys.push_back("first");
  Keys.push_back("match");
  Keys.push_back("unbind");
  Keys.push_back("unbound");
  if (!Item.isObjectOf(Keys))
    return;
  for (const auto &[Key, Member] : Members) {
    Item.read(Key, *Member);
    if (Member->empty())
      Item.hasRequired(Key);
  }
  Item.read("match", Into.Match);
  Item.read("unbind", Into.Unbind);
  if (Item.has("unbound"))
    Into.Unbound = Item.strings("unbound");
  if (Item.has("last"))
    Into.Last = Item.strings("last");
  if (Item.has("first"))
    Into.First = Item.strings("first");
  for (StringRef Name : Into.First)
    if (!Name.contains('.'))
      Item.at("first").error(("'" + Name + "' names no operation").str(),
                             "write it as \"table.member\"");
  if (Item.has("undone"))
    Into.Undone.clear();
  Item.forEachMember("undone", [&](StringRef First, const SpecNode &) {
    Into.Undone[First.str()] = Item.at("undone").requiredString(First);
  });
}

void readAssumption(const SpecNode &Item, Spec &Into) {
  if (!Item.isObjectOf({"id", "text", "default"}))
    return;
  Assumption New;
  New.Id = Item.requiredString("id");
  const Assumption *Known = Into.assumption(New.Id);
  if (Known)
    New = *Known;
  else
    Item.hasRequired("text");
  Item.read("text", New.Text);
  Item.read("default", New.Default);
  placeByName(Into.Assumptions, New, &Assumption::Id);
}

void readMayBounce(const SpecNode &Item, Spec &Into) {
  if (!Item.isObjectOf({"function", "device", "buffer"}))
    return;
  MayBounce New{Item.requiredString("function"),
                Item.requiredPosition("device"),
                Item.requiredPosition("buffer")};
  placeByName(Into.MayBounce, New, &MayBounce::Function);
}

void readLayerOperation(const SpecNode &Item, DmaLayer &Into) {
  if (!Item.isObjectOf(
          {"operation", "kind", "called", "function", "error", "undone_by"}))
    return;
  LayerOperation New;
  New.Operation = Item.requiredString("operation");
  if (Item.hasRequired("kind"))
    New.Kind = Item.at("kind")
                   .named("kind", AttributedKindNames)
                   .value_or(AttributedKind::Map);
  if (unmapsMemory(New.Kind))
    Item.at("kind").error("an operation that takes something back has no place "
                          "of its own",
                          "name its function as 'undone_by' of what it undoes");
  if (Item.hasRequired("called"))
    New.Called = Item.strings("called");
  New.Function = Item.requiredString("function");
  if (Item.hasRequired("error"))
    Item.read("error", New.Error);
  New.UndoneBy = Item.requiredString("undone_by");
  placeByName(Into.Operations, New, &LayerOperation::Operation);
}

void readLayer(const SpecNode &Item, DmaLayer &Into) {
  if (!Item.isObjectOf({"slot_release", "operations"}))
    return;
  if (Item.has("slot_release"))
    Into.SlotRelease = Item.strings("slot_release");
  Item.forEach("operations", [&](const SpecNode &Operation) {
    readLayerOperation(Operation, Into);
  });
}

void readPool(const SpecNode &Item, Spec &Into) {
  if (!Item.isObjectOf(
          {"function", "device", "pool", "calls", "arguments", "for_device"}))
    return;
  PoolFunction New;
  New.Function = Item.requiredString("function");
  if (Item.has("device") == Item.has("pool"))
    Item.error("such a function makes a pool or takes from one",
               "give exactly one of device, pool");
  if (Item.has("device"))
    New.Device = Item.requiredPosition("device");
  if (Item.has("pool")) {
    New.Pool = Item.requiredPosition("pool");
    New.Calls = Item.requiredString("calls");
    New.DeviceThere = Item.requiredPosition("for_device");
    Item.forEach("arguments", [&](const SpecNode &Pair) {
      if (!Pair.isObjectOf({"there", "here", "is"}))
        return;
      unsigned There = Pair.requiredPosition("there");
      if (Pair.has("is"))
        Pair.read("is", New.Constants[There]);
      else
        New.Arguments[There] = Pair.requiredPosition("here");
    });
  }
  placeByName(Into.Pools, New, &PoolFunction::Function);
}

bool hasVersion(const SpecNode &Root) {
  if (!Root.hasRequired("spec_version"))
    return false;
  int64_t Version = -1;
  Root.read("spec_version", Version);
  if (Version == SpecVersion)
    return true;
  if (Version != -1)
    Root.at("spec_version")
        .error("version " + std::to_string(Version) + " is not known",
               "this program reads version " + std::to_string(SpecVersion));
  return false;
}

void readPageSize(const SpecNode &Root, Spec &Into) {
  int64_t Size = 0;
  Root.read("page_size", Size);
  if (Size > 0 && llvm::isPowerOf2_64(Size))
    Into.PageSize = Size;
  else
    Root.at("page_size")
        .error("a page of " + std::to_string(Size) + " bytes is impossible",
               "give a power of two, such as 4096");
}

void readAddresses(const SpecNode &Item, DmaAddresses &Into) {
  if (!Item.isObjectOf({"type", "error"}))
    return;
  Into.Type = Item.requiredString("type");
  Item.read("error", Into.Error);
}

void readFlagBit(const SpecNode &Item, FlagBit &Into) {
  constexpr int64_t Bits = 63;
  if (!Item.isObjectOf({"bit", "otherwise"}))
    return;
  Into.Constant = Item.requiredString("bit");
  Item.read("otherwise", Into.Otherwise);
  if (Into.Otherwise < 0 || Into.Otherwise >= Bits)
    Item.at("otherwise")
        .error("a word of flags has no bit " + std::to_string(Into.Otherwise),
               "give a number from 0 to 62");
}

void readStaticCalls(const SpecNode &Item, StaticCalls &Into) {
  if (!Item.isObjectOf({"trampoline", "key", "target"}))
    return;
  for (StringRef Key : {"trampoline", "key", "target"})
    Item.hasRequired(Key);
  Item.read("trampoline", Into.Trampoline);
  Item.read("key", Into.Key);
  Item.read("target", Into.Target);
}

void readRoot(const SpecNode &Root, Spec &Into) {
  if (!Root.isObjectOf({"$schema", "spec_version", "profiles", "primitives",
                        "classes", "device", "boot_parameter", "assumptions",
                        "fallback", "dma_layer", "design", "page_size",
                        "page_struct", "dma_address", "zeroing_flag",
                        "static_call"}) ||
      !hasVersion(Root))
    return;
  Root.forEachMember("profiles", [&](StringRef Name, const SpecNode &Item) {
    readProfile(Name, Item, Into);
  });
  Root.forEach("primitives",
               [&](const SpecNode &Item) { addPrimitive(Item, Into); });
  Root.forEach("classes", [&](const SpecNode &Item) { readClass(Item, Into); });
  if (Root.has("device"))
    readCore(Root.at("device"), Into.Core);
  Root.read("boot_parameter", Into.BootParameter);
  Root.read("page_struct", Into.PageStruct);
  Root.forEach("assumptions",
               [&](const SpecNode &Item) { readAssumption(Item, Into); });
  if (Root.has("dma_layer"))
    readLayer(Root.at("dma_layer"), Into.Layer);
  if (Root.has("design"))
    readDesign(Root.at("design"), Into.Design);
  if (Root.has("page_size"))
    readPageSize(Root, Into);
  if (Root.has("dma_address"))
    readAddresses(Root.at("dma_address"), Into.Addresses);
  if (Root.has("static_call"))
    readStaticCalls(Root.at("static_call"), Into.StaticCalls);
  if (Root.has("zeroing_flag"))
    readFlagBit(Root.at("zeroing_flag"), Into.ZeroingFlag);
  if (!Root.has("fallback"))
    return;
  SpecNode Fallback = Root.at("fallback");
  if (!Fallback.isObjectOf({"may_bounce", "pools"}))
    return;
  Fallback.forEach("may_bounce",
                   [&](const SpecNode &Item) { readMayBounce(Item, Into); });
  Fallback.forEach("pools",
                   [&](const SpecNode &Item) { readPool(Item, Into); });
}

} // namespace

std::vector<SpecError> cocodma::readSpecText(StringRef File, StringRef Text,
                                             Spec &Into) {
  std::vector<SpecError> Errors;
  std::optional<nlohmann::json> Document = parseJson(File, Text, Errors);
  if (!Document)
    return Errors;
  Spec Result = Into;
  readRoot(SpecNode(*Document, File, Errors), Result);
  if (Errors.empty()) {
    Result.index();
    Into = std::move(Result);
  }
  return Errors;
}

std::vector<SpecError> cocodma::readSpecFile(StringRef Path, Spec &Into) {
  // A spec is read more than once, to know what rests on it; a device has no
  // end, and a pipe has nothing the second time.
  llvm::sys::fs::file_status Status;
  if (!llvm::sys::fs::status(Path, Status) &&
      !llvm::sys::fs::is_regular_file(Status))
    return {{Path.str(), "", "is no regular file",
             "check the path given with --spec"}};
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer)
    return {{Path.str(), "", "cannot be read: " + Buffer.getError().message(),
             "check the path given with --spec"}};
  return readSpecText(Path, (*Buffer)->getBuffer(), Into);
}

llvm::Expected<Spec> cocodma::loadSpec(llvm::ArrayRef<std::string> Files) {
  Spec Result;
  std::vector<SpecError> Errors =
      readSpecText("built-in spec", builtinSpecText(), Result);
  for (const std::string &File : Files)
    if (Errors.empty())
      Errors = readSpecFile(File, Result);
  if (Errors.empty())
    return Result;
  std::string Text;
  for (const SpecError &Error : Errors)
    Text += (Text.empty() ? "" : "\n") + Error.text();
  return llvm::createStringError(llvm::inconvertibleErrorCode(), Text);
}

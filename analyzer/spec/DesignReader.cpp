//===- DesignReader.cpp - Reads the vocabulary of the design rules --------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SpecNode.h"

using namespace cocodma;
using llvm::StringRef;

namespace {

using Names = std::vector<std::string>;

void readNames(const SpecNode &Item, StringRef Key, Names &Into) {
  if (Item.has(Key))
    Into = Item.strings(Key);
}

void readRequired(const SpecNode &Item, std::vector<Names> &Into) {
  if (!Item.has("required"))
    return;
  Into.clear();
  Item.forEach("required", [&](const SpecNode &Group) {
    if (!Group.raw().is_array() || Group.raw().empty()) {
      Group.error("this is no group of callbacks",
                  "write a list of names, of which a table must set one");
      return;
    }
    Names Alternatives;
    for (const nlohmann::json &Name : Group.raw()) {
      if (Name.is_string())
        Alternatives.push_back(Name.get<std::string>());
      else
        Group.error("a callback's name must be a string");
    }
    Into.push_back(Alternatives);
  });
}

void readOperations(const SpecNode &Item, OperationTable &Into) {
  if (!Item.isObjectOf(
          {"struct", "globals", "required", "synchronization", "support"}))
    return;
  Item.read("struct", Into.Struct);
  readNames(Item, "globals", Into.Globals);
  readRequired(Item, Into.Required);
  readNames(Item, "synchronization", Into.Synchronization);
  Item.read("support", Into.Support);
}

void readCoreFields(const SpecNode &Item, std::vector<FieldGroup> &Into) {
  if (!Item.isObjectOf({"struct", "members"}))
    return;
  FieldGroup New{Item.requiredString("struct"), {}};
  if (Item.hasRequired("members"))
    New.Members = Item.strings("members");
  std::erase_if(
      Into, [&](const FieldGroup &Old) { return Old.Struct == New.Struct; });
  Into.push_back(New);
}

void readAttributed(const SpecNode &Item,
                    std::vector<AttributedFunction> &Into) {
  if (!Item.isObjectOf({"function", "kind", "memory", "attributes"}))
    return;
  AttributedFunction New;
  New.Function = Item.requiredString("function");
  if (Item.hasRequired("kind"))
    New.Kind = Item.at("kind")
                   .named("kind", AttributedKindNames)
                   .value_or(AttributedKind::Map);
  New.Memory = Item.requiredPosition("memory");
  New.Attributes = Item.requiredPosition("attributes");
  std::erase_if(Into, [&](const AttributedFunction &Old) {
    return Old.Function == New.Function;
  });
  Into.push_back(New);
}

} // namespace

void cocodma::readDesign(const SpecNode &Root, DesignVocabulary &Into) {
  const std::pair<const char *, Names *> Lists[] = {
      {"physical_types", &Into.PhysicalTypes},
      {"address_types", &Into.AddressTypes},
      {"physical_functions", &Into.PhysicalFunctions},
      {"translations", &Into.Translations},
      {"raw_by_agreement", &Into.RawByAgreement},
      {"layer_structs", &Into.LayerStructs},
      {"internal_functions", &Into.InternalFunctions},
      {"layer_functions", &Into.LayerFunctions},
      {"bouncing_functions", &Into.BouncingFunctions},
      {"any_device_functions", &Into.AnyDeviceFunctions},
  };
  llvm::SmallVector<StringRef, 16> Keys = {"operations", "core_fields",
                                           "shared_attribute", "mmio_attribute",
                                           "attributed"};
  for (const auto &[Key, Into] : Lists)
    Keys.push_back(Key);
  if (!Root.isObjectOf(Keys))
    return;
  for (const auto &[Key, List] : Lists)
    readNames(Root, Key, *List);
  if (Root.has("operations"))
    readOperations(Root.at("operations"), Into.Operations);
  Root.forEach("core_fields", [&](const SpecNode &Item) {
    readCoreFields(Item, Into.CoreFields);
  });
  Root.read("shared_attribute", Into.SharedAttribute);
  Root.read("mmio_attribute", Into.MmioAttribute);
  Root.forEach("attributed", [&](const SpecNode &Item) {
    readAttributed(Item, Into.Attributed);
  });
}

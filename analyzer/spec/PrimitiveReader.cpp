//===- PrimitiveReader.cpp - Reads the primitives of a spec ---------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SpecNode.h"

using namespace cocodma;
using llvm::StringRef;

namespace {

/// What an item with a certain effect may and must say.
struct EffectRule {
  cocodma::Effect Effect;
  llvm::SmallVector<Role, 4> Required;
  /// Exactly one of these, if there are any.
  llvm::SmallVector<Role, 4> OneOf;
  llvm::SmallVector<Role, 8> Optional;
  /// Keys that are no arguments.
  llvm::SmallVector<StringRef, 3> Options;
  llvm::SmallVector<StringRef, 1> RequiredOptions;
};

const std::vector<EffectRule> &rules() {
  static const std::vector<EffectRule> Rules = {
      {Effect::Share,
       {Role::Address},
       {Role::Pages, Role::Bytes},
       {},
       {"result"},
       {}},
      {Effect::Unshare,
       {Role::Address},
       {Role::Pages, Role::Bytes},
       {},
       {"result"},
       {}},
      {Effect::Bounce,
       {Role::Device, Role::Direction},
       {},
       {Role::Slot, Role::Size},
       {"to_device"},
       {"to_device"}},
      {Effect::DecryptedProtection, {Role::Protection}, {}, {}, {}, {}},
      {Effect::EncryptedProtection, {Role::Protection}, {}, {}, {}, {}},
      {Effect::Alias,
       {},
       {Role::PageArray, Role::FrameArray, Role::Frame, Role::Physical},
       {Role::Address, Role::Count, Role::Size, Role::Protection, Role::Flags},
       {"flag"},
       {}},
      {Effect::Unalias, {Role::Address}, {}, {}, {}, {}},
      {Effect::Allocate,
       {},
       {},
       {Role::Size, Role::Count, Role::Order, Role::AllocationFlags,
        Role::Cache, Role::Source, Role::Address},
       {"zeroed", "unit", "by", "failure"},
       {"unit"}},
      {Effect::Free, {Role::Address}, {}, {}, {"by", "result", "unit"}, {}},
      {Effect::Copy,
       {Role::Destination, Role::Source},
       {},
       {Role::Size},
       {},
       {}},
      {Effect::RegisterDevice, {Role::Device}, {}, {}, {"until"}, {}},
      {Effect::Wait, {Role::Address}, {}, {}, {}, {}},
      {Effect::Wake, {Role::Address}, {}, {}, {}, {}},
      {Effect::SetBit, {Role::Bit, Role::Address}, {}, {}, {}, {}},
      {Effect::ClearBit, {Role::Bit, Role::Address}, {}, {}, {}, {}},
      {Effect::ChangeBit, {Role::Bit, Role::Address}, {}, {}, {}, {}},
      {Effect::EnableKey, {Role::Address}, {}, {}, {}, {}},
      {Effect::DisableKey, {Role::Address}, {}, {}, {}, {}},
      {Effect::SetTarget, {Role::Address, Role::Source}, {}, {}, {}, {}},
      {Effect::FillIn, {Role::Address}, {}, {Role::Flags}, {"flag"}, {}},
      {Effect::PutIn, {Role::Address, Role::Source}, {}, {Role::Key}, {}, {}},
      {Effect::LookUp, {Role::Address, Role::Key}, {}, {}, {}, {}},
      {Effect::TakeOut, {Role::Address, Role::Key}, {}, {}, {}, {}},
      {Effect::SetUp,
       {Role::Address, Role::Source},
       {},
       {},
       {"member"},
       {"member"}},
      {Effect::Stop, {Role::Address}, {}, {}, {}, {}},
      {Effect::TakeReference, {Role::Address}, {}, {}, {}, {}},
      {Effect::Compare, {Role::Address, Role::Other}, {}, {Role::Size}, {}, {}},
      {Effect::Fill, {Role::Address, Role::Byte}, {}, {Role::Size}, {}, {}},
  };
  return Rules;
}

const EffectRule &ruleOf(Effect Value) {
  for (const EffectRule &Rule : rules())
    if (Rule.Effect == Value)
      return Rule;
  llvm_unreachable("every effect has a rule");
}

/// The keys that an item of this effect may have.
llvm::SmallVector<StringRef> keysOf(const EffectRule &Rule) {
  llvm::SmallVector<StringRef> Keys = {"function", "effect"};
  for (Role Which : Rule.Required)
    Keys.push_back(nameOf(Which));
  for (Role Which : Rule.OneOf)
    Keys.push_back(nameOf(Which));
  for (Role Which : Rule.Optional)
    Keys.push_back(nameOf(Which));
  Keys.append(Rule.Options.begin(), Rule.Options.end());
  return Keys;
}

void readArguments(const SpecNode &Item, Primitive &Into) {
  for (const NamedValue<Role> &Entry : RoleNames) {
    if (!Item.has(Entry.Name))
      continue;
    if (std::optional<Argument> Read = Item.at(Entry.Name).argument())
      Into.Arguments[Entry.Value] = *Read;
  }
}

/// Reports arguments and options that the effect cannot do without.
void checkComplete(const SpecNode &Item, const EffectRule &Rule) {
  for (Role Which : Rule.Required)
    Item.hasRequired(nameOf(Which));
  for (StringRef Option : Rule.RequiredOptions)
    Item.hasRequired(Option);
  std::string Choices;
  unsigned Found = 0;
  for (Role Which : Rule.OneOf) {
    Found += Item.has(nameOf(Which));
    Choices += (Choices.empty() ? "" : ", ") + nameOf(Which).str();
  }
  if (!Rule.OneOf.empty() && Found != 1)
    Item.error(Found ? "more than one argument says how much or what memory"
                     : "no argument says how much or what memory",
               "give exactly one of " + Choices);
  if (Item.has("flags") != Item.has("flag"))
    Item.error("'flags' and 'flag' belong together",
               "give the argument and the flag that it has to hold, or "
               "neither");
}

void readZeroed(const SpecNode &Value, Zeroed &Into) {
  if (Value.raw().is_boolean())
    Into = Value.raw().get<bool>() ? Zeroed::Always : Zeroed::Never;
  else if (Value.raw() == "by-gfp")
    Into = Zeroed::ByAllocationFlags;
  else
    Value.error("this does not say whether the memory is zeroed",
                "write true, false or \"by-gfp\" here");
}

template <typename Enum, size_t Size>
void readNamed(const SpecNode &Item, StringRef Key,
               const NamedValue<Enum> (&Table)[Size], Enum &Into) {
  if (Item.has(Key))
    if (std::optional<Enum> Value = Item.at(Key).named(Key, Table))
      Into = *Value;
}

void readOptions(const SpecNode &Item, Primitive &Into) {
  readNamed(Item, "result", ResultNames, Into.Success);
  readNamed(Item, "unit", UnitNames, Into.Unit);
  if (Into.Effect == Effect::Free && Item.has("unit"))
    Into.TakesBack = Into.Unit;
  readNamed(Item, "by", HandleNames, Into.By);
  readNamed(Item, "failure", FailureNames, Into.Failure);
  if (Item.has("zeroed"))
    readZeroed(Item.at("zeroed"), Into.Zeroed);
  Item.read("flag", Into.Flag);
  Item.read("until", Into.Until);
  Item.read("member", Into.Member);
  if (Item.has("member") && !StringRef(Into.Member).contains('.'))
    Item.at("member").error("this names no member of a record",
                            "write it as \"record.field\"");
  Item.read("to_device", Into.ToDevice);
}

} // namespace

bool cocodma::readPrimitive(const SpecNode &Item, Primitive &Into,
                            bool &Removed) {
  Removed = false;
  if (!Item.raw().is_object()) {
    Item.isObjectOf({});
    return false;
  }
  Into.Function = Item.requiredString("function");
  if (Into.Function.empty() || !Item.hasRequired("effect"))
    return false;
  SpecNode EffectNode = Item.at("effect");
  if (EffectNode.raw() == NoEffectName) {
    Removed = true;
    return Item.isObjectOf({"function", "effect"});
  }
  std::optional<Effect> Found = EffectNode.named("effect", EffectNames);
  if (!Found)
    return false;
  Into.Effect = *Found;
  const EffectRule &Rule = ruleOf(*Found);
  Item.isObjectOf(keysOf(Rule));
  checkComplete(Item, Rule);
  readArguments(Item, Into);
  readOptions(Item, Into);
  return true;
}

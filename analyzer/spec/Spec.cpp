//===- Spec.cpp - The vocabulary of the analysis --------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Spec.h"

#include "SpecNames.h"

#include "llvm/ADT/STLExtras.h"

using namespace cocodma;
using llvm::StringRef;

namespace {

/// The first item whose member is the given name; null if there is none.
template <typename Item>
const Item *find(const std::vector<Item> &Items, std::string Item::*Member,
                 StringRef Name) {
  for (const Item &Candidate : Items)
    if (Candidate.*Member == Name)
      return &Candidate;
  return nullptr;
}

template <typename Enum, size_t Size>
StringRef lookUp(const NamedValue<Enum> (&Table)[Size], Enum Value) {
  for (const NamedValue<Enum> &Entry : Table)
    if (Entry.Value == Value)
      return Entry.Name;
  return "?";
}

} // namespace

std::optional<Argument> Primitive::argument(Role Which) const {
  auto Found = Arguments.find(Which);
  if (Found == Arguments.end())
    return std::nullopt;
  return Found->second;
}

std::optional<unsigned> Primitive::position(Role Which) const {
  auto Found = Arguments.find(Which);
  if (Found == Arguments.end())
    return std::nullopt;
  if (const unsigned *Position = std::get_if<unsigned>(&Found->second))
    return *Position;
  return std::nullopt;
}

const Marker *DeviceClass::marker(StringRef DataClass) const {
  return find(Markers, &Marker::DataClass, DataClass);
}

const Profile *Spec::profile(StringRef Name) const {
  return find(Profiles, &Profile::Name, Name);
}

const Primitive *Spec::primitive(StringRef Function) const {
  auto Found = PrimitiveIndex.find(Function);
  return Found == PrimitiveIndex.end() ? nullptr : &Primitives[Found->second];
}

const DeviceClass *Spec::deviceClass(StringRef Name) const {
  return find(Classes, &DeviceClass::Name, Name);
}

const DeviceClass *Spec::classOfStruct(StringRef Struct) const {
  for (const DeviceClass &Class : Classes)
    if (Class.Device.Struct == Struct || Class.Driver.Struct == Struct ||
        (Class.Channel && Class.Channel->Struct == Struct))
      return &Class;
  return nullptr;
}

const Assumption *Spec::assumption(StringRef Id) const {
  return find(Assumptions, &Assumption::Id, Id);
}

const LayerOperation *DmaLayer::calledBy(StringRef Function) const {
  for (const LayerOperation &Operation : Operations)
    if (matchesAny(Function, Operation.Called))
      return &Operation;
  return nullptr;
}

const cocodma::MayBounce *Spec::mayBounce(StringRef Function) const {
  return find(MayBounce, &cocodma::MayBounce::Function, Function);
}

const PoolFunction *Spec::poolFunction(StringRef Function) const {
  return find(Pools, &PoolFunction::Function, Function);
}

const AttributedFunction *
DesignVocabulary::attributed(StringRef Function) const {
  return find(Attributed, &AttributedFunction::Function, Function);
}

bool DesignVocabulary::isCoreField(StringRef Struct, StringRef Member) const {
  const FieldGroup *Group = find(CoreFields, &FieldGroup::Struct, Struct);
  return Group && (llvm::is_contained(Group->Members, "*") ||
                   llvm::is_contained(Group->Members, Member));
}

bool cocodma::matchesAny(StringRef Name, llvm::ArrayRef<std::string> Patterns) {
  return llvm::any_of(Patterns, [&](StringRef Pattern) {
    return Pattern.consume_back("*") ? Name.starts_with(Pattern)
                                     : Name == Pattern;
  });
}

void Spec::index() {
  PrimitiveIndex.clear();
  for (unsigned Index = 0; Index < Primitives.size(); ++Index)
    PrimitiveIndex[Primitives[Index].Function] = Index;
}

StringRef cocodma::nameOf(Encryption Value) {
  return lookUp(EncryptionNames, Value);
}
StringRef cocodma::nameOf(Effect Value) { return lookUp(EffectNames, Value); }
StringRef cocodma::nameOf(Role Value) { return lookUp(RoleNames, Value); }
StringRef cocodma::nameOf(Result Value) { return lookUp(ResultNames, Value); }
StringRef cocodma::nameOf(Zeroed Value) { return lookUp(ZeroedNames, Value); }
StringRef cocodma::nameOf(Unit Value) { return lookUp(UnitNames, Value); }
StringRef cocodma::nameOf(Handle Value) { return lookUp(HandleNames, Value); }
StringRef cocodma::nameOf(Failure Value) { return lookUp(FailureNames, Value); }

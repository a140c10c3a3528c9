// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/Bindings.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

void Bindings::clear() {
  Instances.clear();
  Given.clear();
  Handed.clear();
  Bound.clear();
}

void Bindings::forget(TermId First) {
  auto IsNew = [&](TermId Id) { return Id >= First; };
  for (auto &[Code, Context] : Handed)
    for (Value &V : Context)
      V = V.size() == 1 && !IsNew(V[0].What)
              ? always(Engine.conditions(), V[0].What)
              : Value();
  std::erase_if(Bound, [&](const auto &Entry) {
    return Entry.second && IsNew(*Entry.second);
  });
  for (auto *Known : {&Instances, &Given})
    for (auto &[Record, Pointers] : *Known)
      llvm::erase_if(Pointers, IsNew);
}

void Bindings::collect(
    ObjectId First, llvm::function_ref<bool(llvm::StringRef Record)> IsKnown) {
  TermTable &Terms = Engine.terms();
  StringIndex Base = Linked.find(Vocabulary.Core.Struct);
  for (ObjectId Id = First; Id < Terms.objectCount(); ++Id) {
    const Object &O = Terms.object(Id);
    bool Made = O.Kind == ObjectKind::Heap || O.Made;
    StringIndex Record =
        Made && O.Type != None ? Linked.recordOf(O.Type) : None;
    if (Record == None || IsKnown(Linked.text(Record)))
      continue;
    if (Linked.isPrivate(Record) ||
        (Base != None && Linked.embeds(Record, Base)))
      Instances[Record].push_back(Terms.pointer(Id, 0));
  }
}

void Bindings::give(StringIndex Record, TermId Pointer) {
  std::vector<TermId> &List = Given[Record];
  if (!llvm::is_contained(List, Pointer))
    List.push_back(Pointer);
}

void Bindings::handOut(FunctionId Code, llvm::ArrayRef<Value> Context) {
  if (!wasHandedOut(Code))
    Handed.push_back({Code, Context.vec()});
}

void Bindings::bind(FunctionId Code, StringIndex Record, TermId Pointer) {
  auto [Entry, New] = Bound.try_emplace({Code, Record}, Pointer);
  if (!New && Entry->second != Pointer)
    Entry->second = std::nullopt;
}

bool Bindings::isBoundTo(FunctionId Code, TermId Pointer) const {
  return llvm::any_of(Bound, [&](const auto &Entry) {
    return Entry.first.first == Code && Entry.second == Pointer;
  });
}

bool Bindings::wasHandedOut(FunctionId Code) const {
  return llvm::any_of(Handed,
                      [&](const auto &Entry) { return Entry.first == Code; });
}

std::vector<TermId> Bindings::candidates(StringIndex Record,
                                         bool IsParameter) const {
  constexpr size_t Most = 3;
  auto Found = Instances.find(Record);
  if (Found != Instances.end() && !Found->second.empty() &&
      Found->second.size() <= Most)
    return Found->second;
  auto Known = Given.find(Record);
  if (IsParameter && Known != Given.end() && Known->second.size() <= Most)
    return Known->second;
  return {};
}

std::vector<Value> Bindings::arguments(FunctionId Entry, uint32_t Chosen,
                                       TermId Is) {
  std::vector<Value> Result;
  const FunctionSummary &Body = *Linked.function(Entry).Body;
  std::vector<Value> Context;
  for (auto &[Code, Values] : Handed)
    if (Code == Entry)
      Context = Values;
  for (uint32_t I = 0; I < Body.ParameterCount; ++I) {
    if (I == Chosen) {
      Result.push_back(always(Engine.conditions(), Is));
      continue;
    }
    TypeIndex Type = Body.Locals[I].Type;
    bool Untyped = Linked.isPointer(Type) &&
                   (Linked.pointee(Type) == None ||
                    Linked.type(Linked.pointee(Type)).Kind == TypeKind::Void);
    Value Argument;
    if (Untyped)
      for (const Value &V : Context)
        if (Argument.empty() && V.size() == 1 &&
            Engine.terms().term(V[0].What).Kind == TermKind::Pointer)
          Argument = V;
    StringIndex Record = Untyped ? StringIndex(None) : Linked.recordOf(Type);
    if (auto Is = Bound.find({Entry, Record});
        Record != None && Is != Bound.end() && Is->second)
      Argument = always(Engine.conditions(), *Is->second);
    if (Argument.empty())
      Argument = Engine.input(Type, Linked.text(Body.Locals[I].Name).str(),
                              None, Body.Locals[I].Name);
    Result.push_back(std::move(Argument));
  }
  return Result;
}

} // namespace cocodma

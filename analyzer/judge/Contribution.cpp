// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "judge/Contribution.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {
namespace {

void add(Tally &To, Tally &&Later) {
  To.Leak |= Later.Leak;
  To.Crashes |= Later.Crashes;
  To.Unbound |= Later.Unbound;
  To.Meant |= Later.Meant;
  To.Reached |= Later.Reached;
  To.Fails |= Later.Fails;
  To.Succeeds |= Later.Succeeds;
  if (To.Lost == 0)
    To.Reasons = std::move(Later.Reasons);
  To.Lost += Later.Lost;
}

void add(Place &To, Place &&Later) {
  if (!To.Executed && Later.Executed)
    To.DataClass = Later.DataClass;
  To.Executed |= Later.Executed;
  if (!To.Barrier)
    To.Barrier = std::move(Later.Barrier);
  To.NullTables.merge(Later.NullTables);
  for (size_t P = 0; P < To.ByProfile.size(); ++P)
    add(To.ByProfile[P], std::move(Later.ByProfile[P]));
  if (!To.Leak)
    To.Leak = std::move(Later.Leak);
  if (!To.FailsClosed)
    To.FailsClosed = std::move(Later.FailsClosed);
}

} // namespace

std::string placeKey(const SourceLocation &Where, llvm::StringRef Kind) {
  return Where.File + ":" + std::to_string(Where.Line) + ":" +
         std::to_string(Where.Column) + ":" + Kind.str();
}

void Contribution::add(Contribution Later) {
  Places.merge(Later.Places);
  for (auto &[Key, New] : Later.Places)
    cocodma::add(Places.at(Key), std::move(New));
  llvm::move(Later.Undecided, std::back_inserter(Undecided));
  CopyTargets.merge(Later.CopyTargets);
  for (LooseFinding &New : Later.Loose)
    if (auto Known = Ineffective.find({New.Function, New.At});
        Known == Ineffective.end() || !Known->second.count(New.What.Message))
      Loose.push_back(std::move(New));
  for (auto &[Where, Why] : Later.Ineffective)
    Ineffective[Where].merge(Why);
  for (auto &[Class, Texts] : Later.Problems)
    for (std::string &Text : Texts)
      if (auto &Known = Problems[Class]; !llvm::is_contained(Known, Text))
        Known.push_back(std::move(Text));
  for (auto &[Class, Operations] : Later.CutOff)
    for (auto &[Operation, Functions] : Operations)
      CutOff[Class][Operation].merge(Functions);
  Mappings.add(std::move(Later.Mappings));
}

} // namespace cocodma

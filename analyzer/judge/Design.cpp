// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What was found in the units by their design: the front end had them looked at
// while their AST was there. Here the findings of all units become those of the
// tree.
#include "judge/Judge.h"

namespace cocodma {

SourceLocation Judge::locationOf(const DesignPlace &At) const {
  return {Traces.relative(At.File), At.Line, At.Column, At.Function};
}

void Judge::addDesign(Report &Into) {
  using Key = std::tuple<std::string, unsigned, unsigned, std::string,
                         std::string, std::string>;
  // What stands in a header is found in each unit that includes it. The order
  // numbers fingerprints: it must not depend on that of the units.
  std::map<Key, const DesignFinding *> Found;
  for (const UnitSummary &Unit : In.Linked.units()) {
    for (const DesignFinding &One : Unit.Design)
      Found.try_emplace({Traces.relative(One.At.File), One.At.Line,
                         One.At.Column, One.Check, One.Message, One.Subject},
                        &One);
    if (Unit.DesignLost)
      Problems.push_back({"design", Traces.relative(Unit.Source),
                          "the design checks crashed on it",
                          "nothing is said about the design of this file"});
  }
  if (llvm::any_of(
          Found, [](const auto &One) { return !One.second->Lacking.empty(); }))
    Untested = untestedCalls(In.Linked, In.Vocabulary.Design.Operations.Struct);
  for (const auto &[Where, One] : Found)
    if (!isRefuted(*One, Into))
      if (std::optional<Finding> New = designFinding(*One))
        Into.Findings.push_back(std::move(*New));
}

bool Judge::isRefuted(const DesignFinding &Found, Report &Into) {
  for (const std::string &Name : Found.Unless)
    for (const UnitSummary &Unit : In.Linked.units())
      if (llvm::is_contained(Unit.BusTellers, Name))
        return true;
  for (const std::string &Name : Found.Unless) {
    if (In.Linked.externalFunction(Name) != None)
      continue;
    Into.Skipped.push_back({"unresolved", Traces.relative(Found.At.File),
                            "'" + Name +
                                "' is asked about the device, and no unit "
                                "defines it",
                            Found.Check + ": " + Found.Message +
                                ", unless it tells the devices of a bus"});
    return true;
  }
  return false;
}

std::optional<Finding> Judge::designFinding(const DesignFinding &Found) {
  Finding New;
  New.Location = locationOf(Found.At);
  if (!selected(New.Location))
    return std::nullopt;
  for (const auto &Platform : Platforms)
    if (Platform->isGuest())
      New.Profiles.push_back(Platform->platform().Name);
  if (New.Profiles.empty())
    return std::nullopt;
  New.Check = Found.Check;
  New.Verdict = Verdict::Private;
  New.Severity = Severity::Medium;
  New.Message = Found.Message;
  Place Record;
  Record.Location = New.Location;
  Record.Expression = Found.Subject;
  New.Fingerprint = fingerprint(New.Check, Record, "");
  New.Trace.push_back({"place", New.Location, "the rule is broken here"});
  for (const DesignNote &Note : Found.Notes)
    New.Trace.push_back({"other", locationOf(Note.At), Note.Text});
  if (!Found.Lacking.empty())
    addCrash(Found, New);
  return New;
}

void Judge::addCrash(const DesignFinding &Found, Finding &Into) {
  for (const std::string &Operation : Found.Lacking) {
    auto Call = Untested.find(Operation);
    if (Call == Untested.end())
      continue;
    Into.Verdict = Verdict::Crashes;
    Into.Severity = Severity::High;
    Into.Trace.push_back(
        {"call", Traces.locationOf(Call->second.Function, Call->second.At),
         "'" + Operation +
             "' is called without a look at whether it is there"});
  }
  for (const auto &[Key, Where] : Total.Places)
    if (!Where.Id.empty() &&
        llvm::any_of(Where.NullTables, [&](GlobalId Table) {
          const GlobalSummary *Defined = In.Linked.global(Table).Definition;
          return Defined && In.Linked.text(Defined->Name) == Found.Subject &&
                 Traces.relative(In.Linked.text(Defined->File)) ==
                     Into.Location.File;
        }))
      Into.SiteIds.push_back(Where.Id);
}

} // namespace cocodma

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Policy.h"

#include "report/CheckTable.h"
#include "report/JsonReader.h"

#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"

using llvm::StringRef;
using llvm::Twine;
using llvm::json::ObjectMapper;
using llvm::json::Path;
using llvm::json::Value;

namespace cocodma {
namespace {

/// A rule as it is written.
struct WrittenRule {
  std::vector<std::string> Checks;
  std::vector<std::string> Paths;
  std::vector<std::string> Profiles;
  std::string Action;
};

bool fromJSON(const Value &Json, WrittenRule &Out, Path At) {
  ObjectMapper Map(Json, At);
  if (!Map || !Map.mapOptional("checks", Out.Checks) ||
      !Map.mapOptional("paths", Out.Paths) ||
      !Map.mapOptional("profiles", Out.Profiles) ||
      !Map.map("action", Out.Action))
    return false;
  // A misspelt member would make a rule about everything.
  for (const auto &Member : *Json.getAsObject())
    if (!llvm::is_contained({"checks", "paths", "profiles", "action", "why"},
                            StringRef(Member.first))) {
      At.field(Member.first).report("no such member is known");
      return false;
    }
  return true;
}

llvm::Expected<PolicyRule> resolve(WrittenRule Given) {
  PolicyRule Result;
  if (Given.Action == "warn")
    Result.Action = PolicyAction::Warn;
  else if (Given.Action == "ignore")
    Result.Action = PolicyAction::Ignore;
  else if (Given.Action != "fail")
    return llvm::createStringError("'" + Given.Action +
                                   "' is no action; use fail, warn or ignore");
  for (const std::string &Check : Given.Checks)
    if (!findCheck(Check))
      return llvm::createStringError("'" + Check + "' is no check");
  for (const std::string &Pattern : Given.Paths)
    if (llvm::Error E = llvm::GlobPattern::create(Pattern).takeError())
      return llvm::createStringError("'" + Pattern +
                                     "': " + llvm::toString(std::move(E)));
  Result.Paths = std::move(Given.Paths);
  Result.Checks = std::move(Given.Checks);
  Result.Profiles = std::move(Given.Profiles);
  return Result;
}

bool has(const std::vector<std::string> &List, StringRef Name) {
  return List.empty() || llvm::is_contained(List, Name);
}

PolicyAction actionOn(const Finding &F, StringRef Profile,
                      const Policy &Rules) {
  for (const PolicyRule &Rule : Rules)
    if (has(Rule.Checks, F.Check) && has(Rule.Profiles, Profile) &&
        (Rule.Paths.empty() ||
         llvm::any_of(Rule.Paths, [&](const std::string &Pattern) {
           // A pattern refers to its text, so it is made anew where it is used.
           return llvm::cantFail(llvm::GlobPattern::create(Pattern))
               .match(F.Location.File);
         })))
      return Rule.Action;
  return PolicyAction::Fail;
}

} // namespace

llvm::Expected<Policy> readPolicy(StringRef Text, StringRef Name) {
  auto Bad = [&](const Twine &Problem) {
    return llvm::createStringError(Name + ": no usable policy: " + Problem +
                                   " (docs/gate.md has the form)");
  };
  llvm::Expected<Value> Json = parseJson(Text);
  if (!Json)
    return Bad(llvm::toString(Json.takeError()));
  const llvm::json::Object *Top = Json->getAsObject();
  if (!Top || Top->getInteger("cocodma_policy") != 1)
    return Bad("there is no \"cocodma_policy\": 1 in it");
  const Value *Rules = Top->get("rules");
  if (!Rules)
    return Bad("it has no rules");
  std::vector<WrittenRule> Written;
  Path::Root Root("rules");
  if (!llvm::json::fromJSON(*Rules, Written, Root))
    return Bad(llvm::toString(Root.getError()));
  Policy Result;
  for (WrittenRule &One : Written) {
    llvm::Expected<PolicyRule> Rule = resolve(std::move(One));
    if (!Rule)
      return Bad(llvm::toString(Rule.takeError()));
    Result.push_back(std::move(*Rule));
  }
  return Result;
}

llvm::Expected<Policy> readPolicyFile(StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path);
  if (std::error_code Reason = Buffer.getError())
    return llvm::createStringError(
        Reason, Path + ": the policy cannot be read: " + Reason.message());
  return readPolicy((*Buffer)->getBuffer(), Path);
}

void applyPolicy(Report &R, const Policy &Rules) {
  static constexpr StringRef Names[] = {"fail", "warn", "ignore"};
  for (Finding &F : R.Findings) {
    PolicyAction Worst = PolicyAction::Ignore;
    for (const std::string &Profile : F.Profiles)
      Worst = std::min(Worst, actionOn(F, Profile, Rules));
    if (F.Profiles.empty())
      Worst = actionOn(F, "", Rules);
    F.Action = Names[static_cast<size_t>(Worst)].str();
  }
}

} // namespace cocodma

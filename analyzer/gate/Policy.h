// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a project lets fail its gate.
#ifndef COCODMA_GATE_POLICY_H
#define COCODMA_GATE_POLICY_H

#include "report/Report.h"

#include "llvm/Support/Error.h"

namespace cocodma {

/// How a policy takes a finding; the worst comes first.
enum class PolicyAction { Fail, Warn, Ignore };

/// A rule: the findings that it is about, and what it does with them. An empty
/// list is about all.
struct PolicyRule {
  std::vector<std::string> Checks;
  /// Patterns, as `drivers/net/*`; checked.
  std::vector<std::string> Paths;
  std::vector<std::string> Profiles;
  PolicyAction Action = PolicyAction::Fail;
};

using Policy = std::vector<PolicyRule>;

/// Reads a policy (docs/gate.md has the form). \p Name is what errors call it;
/// a check or a member that is not known is an error.
llvm::Expected<Policy> readPolicy(llvm::StringRef Text, llvm::StringRef Name);
/// As readPolicy(), for a file.
llvm::Expected<Policy> readPolicyFile(llvm::StringRef Path);

/// Sets the action of each finding of \p R: for each of its profiles the first
/// rule that fits counts, "fail" if none does; of the profiles the worst.
void applyPolicy(Report &R, const Policy &Rules);

} // namespace cocodma

#endif // COCODMA_GATE_POLICY_H

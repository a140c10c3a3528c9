// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tables of `cocodma model bench` have in common.
#ifndef COCODMA_TOOL_BENCHTABLE_H
#define COCODMA_TOOL_BENCHTABLE_H

#include "model/RunResult.h"

#include "llvm/Support/Error.h"

#include <string>
#include <utility>
#include <vector>

namespace cocodma {

/// Executes \p Scenarios in \p Program: a result for each
/// (docs/model-result.schema.json). The error is that of a scenario that is
/// none, or of a program that cannot be executed.
llvm::Expected<std::vector<nlohmann::json>>
runScenarios(const std::string &Program,
             const std::vector<nlohmann::json> &Scenarios, unsigned Seconds);

/// What was found, and the profiles on which it was: profiles on which the same
/// comes of it share a row.
class ProfileRows {
public:
  /// Adds a profile to the row of \p Words.
  void add(const std::string &Words, const std::string &Profile);
  /// Words and profiles ("snp, tdx"), in the order of their coming.
  const std::vector<std::pair<std::string, std::string>> &rows() const {
    return Rows;
  }

private:
  std::vector<std::pair<std::string, std::string>> Rows;
};

/// "crashes (NULL pointer)", if a run did not come to its end; else empty.
std::string unfinished(const nlohmann::json &Result);

} // namespace cocodma

#endif // COCODMA_TOOL_BENCHTABLE_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a condition to a verdict: puts a profile's facts in the place of fixed
// atoms and quantifies over the rest (docs/design.md, "Atoms").
#ifndef COCODMA_JUDGE_VERDICTS_H
#define COCODMA_JUDGE_VERDICTS_H

#include "dataflow/Evaluator.h"
#include "report/Report.h"

namespace cocodma {

/// How a condition can come about on a profile.
enum class Possibility : uint8_t {
  Never,    ///< No choice makes it true.
  Depends,  ///< On what the analysis lost.
  Possible, ///< For every choice of the opaque atoms some free choice does.
};

/// Decides conditions for one profile.
class ProfileJudge {
public:
  ProfileJudge(Guards &Conditions, TermTable &Terms, const Facts &Known,
               const Profile &Platform);

  const Profile &platform() const { return Platform; }
  /// \p When with the profile's facts in it.
  Bdd onPlatform(Bdd When);
  /// How \p When can come about.
  Possibility possibility(Bdd When);
  /// The opaque atoms that \p When depends on, in words.
  std::vector<std::string> lost(Bdd When);

  /// \p Here, a condition on this platform, with the simplifications of the
  /// execution taken back as far as the formula stays small enough.
  Bdd refined(Bdd Here);

private:
  std::optional<bool> fixedValue(uint32_t Variable);

  Guards &Conditions;
  TermTable &Terms;
  const Facts &Known;
  const Profile &Platform;
  std::unordered_map<uint32_t, Bdd> Refined; ///< By the id of the condition.
  std::vector<int8_t> Cache; ///< By variable: -1 unknown, 0, 1, 2 = open.
};

} // namespace cocodma

#endif // COCODMA_JUDGE_VERDICTS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a condition to a verdict: puts a profile's facts in the place of fixed
// atoms and quantifies over the rest (docs/design.md, "Atoms").
#ifndef COCODMA_JUDGE_VERDICTS_H
#define COCODMA_JUDGE_VERDICTS_H

#include "dataflow/Evaluator.h"
#include "judge/Refuter.h"
#include "judge/WaySearch.h"
#include "report/Report.h"

#include <functional>

namespace cocodma {

/// How a condition can come about on a profile.
enum class Possibility : uint8_t {
  Never,    ///< No choice makes it true.
  Depends,  ///< On what the analysis lost.
  Possible, ///< Some choice of the free atoms does, whatever was lost.
};

/// Decides conditions for one profile.
class ProfileJudge {
public:
  ProfileJudge(Guards &Conditions, TermTable &Terms, const Facts &Known,
               const Profile &Platform);

  const Profile &platform() const { return Platform; }
  /// Forgets what it knows of formulas and atoms.
  void forget() {
    Outcomes.clear();
    Refuted.clear();
    Definitions.clear();
    Cache.clear();
  }
  /// \p When with the profile's facts in it.
  Bdd onPlatform(Bdd When);
  /// How \p When can come about.
  /// \p Strict: numbers that were merged count as lost. Reaching a site does
  /// not hang on them, but whether two things happen together may.
  /// \p Way: one exact way in which it can hold, on another platform where it
  /// has a value, which is tried first, and set if it is possible.
  Possibility possibility(Bdd When, bool Strict = false,
                          std::optional<Bdd> *Way = nullptr);
  /// True if it is shown that \p When cannot come about: possibility() without
  /// asking what it hangs on, which may take much longer.
  bool isNever(Bdd When);
  /// The opaque atoms that \p When depends on, in words.
  std::vector<std::string> lost(Bdd When, bool Strict = false);

  /// True if this is a confidential guest that the kernel's configuration
  /// allows.
  bool isGuest() const { return Platform.Guest && MissingOption.empty(); }
  /// The option that such a guest needs and the kernel lacks; empty if none.
  const std::string &missingOption() const { return MissingOption; }
  void setMissingOption(std::string Option) {
    MissingOption = std::move(Option);
  }

private:
  friend class SureWays;
  /// Whether a condition can come about, and a way in which it does.
  struct Outcome {
    WaySearch::Answer How = WaySearch::Answer::Never;
    Bdd Way; ///< False if there is none.
  };
  const Outcome &outcome(Bdd Here, bool Strict);
  /// One of the ways to \p Here, without those lost atoms that it does not
  /// need.
  Bdd oneWay(Bdd Here, bool Strict);
  /// One way to \p Here with its simplifications taken back, narrowed where it
  /// becomes large; false if nothing is left of it, or it hangs on what was
  /// lost.
  Bdd guess(Bdd Here, bool Strict);
  /// What the simplification \p Choice stands for on this platform.
  Bdd definitionOf(uint32_t Choice);
  bool isMergedResult(TermId Number) const;
  bool isLost(uint32_t Variable, bool Strict) const;
  std::optional<bool> fixedValue(uint32_t Variable);

  Guards &Conditions;
  TermTable &Terms;
  const Facts &Known;
  const Profile &Platform;
  std::string MissingOption;
  /// By condition and strictness.
  std::unordered_map<uint64_t, Outcome> Outcomes;
  std::unordered_map<uint32_t, bool> Refuted;    ///< By condition.
  std::unordered_map<uint32_t, Bdd> Definitions; ///< By variable.
  std::vector<int8_t> Cache; ///< By variable: -1 unknown, 0, 1, 2 = open.
};

/// Tells of conditions that are alike whether they may come about whatever
/// certain atoms are. What is found out about one is used for the next. Not to
/// outlive the formulas.
class SureWays {
public:
  /// On this platform, which must outlive it.
  explicit SureWays(ProfileJudge &Platform);
  SureWays(const SureWays &) = delete;
  SureWays &operator=(const SureWays &) = delete;
  /// True if \p When may come about for every choice of the atoms that \p Open
  /// holds for.
  bool exist(Bdd When, llvm::function_ref<bool(uint32_t)> Open);

private:
  ProfileJudge &Platform;
  std::function<std::optional<bool>(uint32_t)> Fixed;
  std::function<bool(uint32_t)> IsLost;
  Refuter Shown;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_VERDICTS_H

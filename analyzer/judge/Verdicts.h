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
  /// Forgets what it knows of formulas and atoms.
  void forget() {
    Refined.clear();
    Definitions.clear();
    Cache.clear();
  }
  /// \p When with the profile's facts in it.
  Bdd onPlatform(Bdd When);
  /// How \p When can come about.
  /// \p Strict: numbers that were merged count as lost. Reaching a site does
  /// not hang on them, but whether two things happen together may.
  /// \p Refute: look harder for a proof that \p When cannot hold. It is only as
  /// good as the execution, which may be inexact without saying so.
  /// \p Way: one exact way in which it can hold, on another platform where it
  /// has a value, which is tried first, and set if it is possible.
  Possibility possibility(Bdd When, bool Strict = false, bool Refute = false,
                          std::optional<Bdd> *Way = nullptr);
  /// True if \p When may come about for every choice of the atoms that \p Open
  /// holds for.
  bool holdsWhatever(Bdd When, llvm::function_ref<bool(uint32_t)> Open);
  /// The opaque atoms that \p When depends on, in words.
  std::vector<std::string> lost(Bdd When, bool Strict = false);

  /// \p Here, a condition on this platform, with the simplifications of the
  /// execution taken back as far as the formula stays small enough; or one way
  /// in which it may hold that hangs on nothing that was lost.
  Bdd refined(Bdd Here, bool Strict = false, bool Refute = false);

  /// True if this is a confidential guest that the kernel's configuration
  /// allows.
  bool isGuest() const { return Platform.Guest && MissingOption.empty(); }
  /// The option that such a guest needs and the kernel lacks; empty if none.
  const std::string &missingOption() const { return MissingOption; }
  void setMissingOption(std::string Option) {
    MissingOption = std::move(Option);
  }

private:
  /// The newest simplification in \p Now.
  std::optional<uint32_t> newestChoice(Bdd Now) const;
  bool takeBack(Bdd &Now);
  /// Something that cannot be, found while simplifications were taken back.
  struct Clash {
    Bdd Not;         ///< Its negation.
    uint32_t Newest; ///< The newest choice that it is about.
  };
  /// A way before one of its simplifications was taken back.
  struct Step {
    Bdd Before; ///< As far as it was followed.
    uint32_t Taken;
  };
  /// \p Clash without what it does not hang on that \p Theory excludes it;
  /// nothing if \p Theory does not.
  std::optional<Bdd> generalized(Bdd Clash, llvm::ArrayRef<Bdd> Theory);
  /// What the simplification \p Choice stands for on this platform.
  Bdd definitionOf(uint32_t Choice);
  /// That the simplification \p Choice holds just when what it stands for does.
  Bdd meaning(uint32_t Choice);
  /// Adds to \p Clashes what of \p Steps, one after the other, leads to
  /// \p Impossible.
  void learn(llvm::ArrayRef<Step> Steps, Bdd Impossible,
             std::vector<Clash> &Clashes);
  /// Takes back all in \p Way, narrowing it; false if nothing is left of it,
  /// and then \p Clashes tells why if \p Refute, or if it became too
  /// large.
  bool takeAllBack(Bdd &Way, std::vector<Clash> &Clashes, bool Strict,
                   bool Refute);
  Bdd oneWay(Bdd Here, bool Strict);
  /// One way in which \p Here may hold that hangs on nothing that was lost;
  /// false if it was shown that there is none at all; nothing if neither.
  std::optional<Bdd> witness(Bdd Here, bool Strict, bool Refute);
  /// Forgets the formulas that were made since the number of nodes was
  /// \p Since, but for \p Needed, if they are many.
  void drop(size_t Since, llvm::ArrayRef<Bdd *> Needed);
  bool isMergedResult(TermId Number) const;
  bool isLost(uint32_t Variable, bool Strict) const;
  std::optional<bool> fixedValue(uint32_t Variable);

  Guards &Conditions;
  TermTable &Terms;
  const Facts &Known;
  const Profile &Platform;
  std::string MissingOption;
  std::unordered_map<uint64_t, Bdd> Refined; ///< By condition and strictness.
  std::unordered_map<uint32_t, Bdd> Definitions; ///< By variable.
  size_t Dropped = 0;        ///< How many nodes drop() took away so far.
  std::vector<int8_t> Cache; ///< By variable: -1 unknown, 0, 1, 2 = open.
};

} // namespace cocodma

#endif // COCODMA_JUDGE_VERDICTS_H

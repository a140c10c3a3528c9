// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a condition can come about once all simplifications in it are taken
// back, and how.
#ifndef COCODMA_JUDGE_WAYSEARCH_H
#define COCODMA_JUDGE_WAYSEARCH_H

#include "judge/ClauseForm.h"

#include <utility>
#include <vector>

namespace cocodma {

/// Looks for a way in which a condition may hold.
class WaySearch {
public:
  enum class Answer : uint8_t {
    Found,    ///< There is one that hangs on nothing that was lost.
    Lost,     ///< All that were looked at hang on something that was lost.
    Never,    ///< There is none.
    TooLarge, ///< Not known.
  };
  /// Atoms and their values; they are enough for the condition to hold.
  using Way = std::vector<std::pair<uint32_t, bool>>;

  /// \p Fixed: the value of an atom that is no choice, if it is known.
  /// \p IsLost: whether that atom stands for something that was lost. Both must
  /// outlive this.
  WaySearch(Guards &Conditions,
            llvm::function_ref<std::optional<bool>(uint32_t)> Fixed,
            llvm::function_ref<bool(uint32_t)> IsLost)
      : Clauses(Conditions, Fixed, ClauseForm::Choices::Defined),
        IsLost(IsLost) {}

  /// Answers for \p Here; way() is one of the kind that was found. Not to be
  /// called twice.
  Answer find(Bdd Here);
  /// By atom, the smallest first.
  const Way &way() const { return Found; }

private:
  using Decision = ClauseForm::Decision;
  /// After so many dead ends a search is given up.
  static constexpr uint64_t Conflicts = 20'000;

  /// Reads off the model what makes \p Root true; true if nothing of it is
  /// lost.
  bool explain(Literal Root);
  /// Looks for values with which \p Root holds whatever the lost atoms are.
  std::optional<bool> findSure(Literal Root);

  ClauseForm Clauses;
  llvm::function_ref<bool(uint32_t)> IsLost;
  Way Found;
};

} // namespace cocodma

#endif // COCODMA_JUDGE_WAYSEARCH_H

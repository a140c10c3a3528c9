// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the analyzer's guards of a function say of one run.
#ifndef COCODMA_DIFFERENTIAL_PREDICTION_H
#define COCODMA_DIFFERENTIAL_PREDICTION_H

#include "differential/LayerGuards.h"
#include "differential/Valuation.h"

#include <set>

namespace cocodma {

/// What became of a call, or may become of it: see CallGuards.
struct Outcome {
  bool Fails = false;
  bool Acts = false;
  bool Releases = false;
  auto operator<=>(const Outcome &) const = default;
};

/// How far the guards answer a question about a run.
enum class Answer : uint8_t {
  Decided, ///< Yes or no.
  Open,    ///< It hangs on inputs that no run tells.
  Lost,    ///< It hangs on what the analyzer lost: opaque atoms, numbers that
           ///< were merged, loops, limits.
};

/// What may happen, as far as the guards tell.
struct Prediction {
  std::set<Outcome> Possible;
  Answer Fails = Answer::Decided;
  Answer Acts = Answer::Decided;
  Answer Releases = Answer::Decided;
  /// What the answers still hang on, in words; the second, if it was lost.
  std::map<std::string, bool> Open;
};

/// Puts \p Values into \p Of. Makes formulas: roll them back when done.
Prediction predict(const CallGuards &Of, Valuation &Values, Guards &Conditions,
                   const TermTable &Terms);

} // namespace cocodma

#endif // COCODMA_DIFFERENTIAL_PREDICTION_H

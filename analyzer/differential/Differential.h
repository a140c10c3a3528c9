// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Executes cases on a tree's DMA layer and compares what happened with what the
// analyzer's guards of the same functions say.
#ifndef COCODMA_DIFFERENTIAL_DIFFERENTIAL_H
#define COCODMA_DIFFERENTIAL_DIFFERENTIAL_H

#include "differential/Cases.h"
#include "differential/Prediction.h"

#include <functional>

namespace cocodma {

/// A case that did not end as it should.
struct Difference {
  uint64_t Number = 0;
  std::string What;
};

/// How often a question had each Answer.
struct Answers {
  uint64_t Decided = 0, Open = 0, Lost = 0;
};

/// Something that may or may not become of a call (CallGuards).
enum class Question : uint8_t { Acts, Fails, Releases };

/// How often it was answered, and happened.
struct Tally {
  Answers Said;
  uint64_t Happened = 0;
};

/// Of the cases of one function that agree.
struct FunctionTally {
  LayerCall Call;
  std::map<Question, Tally> Asked;
  uint64_t Cases = 0;
  uint64_t Seen = 0; ///< The host saw the data.
};

/// What came of a comparison.
struct Comparison {
  std::map<std::string, FunctionTally> ByFunction;
  std::map<std::string, uint64_t> Reasons; ///< What was lost, by cases.
  std::vector<Difference> Differences;
  uint64_t Cases = 0;
  uint64_t Nothing = 0; ///< Others, with nothing to take back.
};

/// One case, for people.
struct CaseReport {
  Case What;
  ToldState Told;
  Outcome Happened;
  Prediction Said;
  bool Seen = false;     ///< By the host.
  bool Executed = false; ///< There was something to take back, if it does.
  std::set<Question> Asked;
  /// Of what was told, that without which the guards would say something else;
  /// only of cases that are shown.
  std::set<std::string> Deciding;
  std::string Difference; ///< Empty if there is none.
};

/// What became of \p Call, in the words of a sentence about it.
std::string inWords(const LayerCall &Call, const Outcome &What);

/// Compares one tree. Single use for one thread.
class Differential {
public:
  /// Runs scenarios (JSON texts), gives one result each
  /// (docs/model-result.schema.json), or an error.
  using Runner = std::function<llvm::Expected<std::vector<std::string>>(
      const std::vector<std::string> &)>;

  /// All must outlive it.
  Differential(LayerGuards &Layer, const Spec &Vocabulary, Runner Run)
      : Layer(Layer), Vocabulary(Vocabulary), Run(std::move(Run)) {}

  /// Finds out what the tree can do: to be called first. The error is that of a
  /// tree which can map nothing, or whose programs do not run.
  llvm::Error prepare();
  /// Cases of \p Seed from number 0 on, until \p Count are executed; of those
  /// that take something back some make nothing.
  llvm::Error compare(uint64_t Seed, uint64_t Count, Comparison &Into);
  /// One case in full.
  llvm::Expected<CaseReport> show(uint64_t Seed, uint64_t Number);

private:
  Prediction say(const Case &What, const ToldState &Told);
  CaseReport judge(const Case &What, const std::string &Result);
  std::string check(const CaseReport &Of);
  std::string checkFacts(const CaseReport &Of);
  void count(const CaseReport &Of, Comparison &Into);
  llvm::Expected<bool> has(const Case &Probe);
  llvm::Error lookAtSlots(const LayerCall &Call);
  /// Calls \p Add if the tree can execute \p Probe.
  llvm::Error addIf(const Case &Probe, llvm::function_ref<void()> Add);

  LayerGuards &Layer;
  const Spec &Vocabulary;
  Runner Run;
  Abilities Can;
};

} // namespace cocodma

#endif // COCODMA_DIFFERENTIAL_DIFFERENTIAL_H

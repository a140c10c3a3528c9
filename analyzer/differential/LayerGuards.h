// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the analyzer makes of functions of a tree's DMA layer: the conditions
// under which a mapping fails, under which its data is copied to a bounce slot
// or back, and the like, as formulas over inputs. The device and all arguments
// are inputs; nothing is known of how a bus or a driver sets them up.
#ifndef COCODMA_DIFFERENTIAL_LAYERGUARDS_H
#define COCODMA_DIFFERENTIAL_LAYERGUARDS_H

#include "dataflow/Evaluator.h"
#include "differential/Cases.h"
#include "frontend/UnitParser.h"

#include "llvm/Support/Error.h"

#include <memory>

namespace cocodma {

class Reach;

/// A function of the layer, executed by the analyzer.
struct CallGuards {
  Bdd Fails;    ///< It returns what tells an error.
  Bdd Acts;     ///< Data was copied to a slot (of what maps), or back (of what
                ///< unmaps); memory was shared, or made private again.
  Bdd Releases; ///< A bounce slot was given back.
  bool Complete = false; ///< The execution met no limit.
};

/// The linked units of a DMA layer, and what was executed of them. Single
/// thread.
class LayerGuards {
public:
  /// Lowers the units that \p Jobs compile. \p CacheFolder may be empty.
  /// \p Vocabulary must outlive the result. The error names a unit that cannot
  /// be read.
  static llvm::Expected<std::unique_ptr<LayerGuards>>
  load(const std::vector<CompileJob> &Jobs, const Spec &Vocabulary,
       const std::string &CacheFolder);
  ~LayerGuards();

  /// What became of the function of \p Call, executed at the first time; null
  /// if the layer has no such function.
  const CallGuards *of(const LayerCall &Call);

  /// What every device of the runtime model has, and is no input therefore:
  /// members of the device, in the words of the kernel's code, with their
  /// values.
  static const std::map<std::string, uint64_t> &assumed();

  Guards &conditions() { return Conditions; }
  TermTable &terms() { return Terms; }
  const Program &program() const { return Linked; }
  const Facts &facts() const { return Known; }

private:
  class Watching;
  /// Inputs for the parameters of \p Function; a device among them has what is
  /// assumed.
  std::vector<Value> inputs(FunctionId Function);
  LayerGuards(Program Units, const Spec &Vocabulary);

  Program Linked;
  const Spec &Vocabulary;
  Facts Known;
  TermTable Terms;
  Guards Conditions;
  std::unique_ptr<Reach> Reachable;
  Evaluator Engine;
  Memory Nothing; ///< Below every execution.
  std::vector<std::unique_ptr<Memory>> Memories;
  std::map<std::string, CallGuards> Executed;
};

} // namespace cocodma

#endif // COCODMA_DIFFERENTIAL_LAYERGUARDS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the entry points of some code are called with: objects that code which
// ran before them made or gave away, found by their type.
#ifndef COCODMA_LIFECYCLE_BINDINGS_H
#define COCODMA_LIFECYCLE_BINDINGS_H

#include "dataflow/Evaluator.h"

namespace cocodma {

/// Remembers objects by the record that they are, and the code that was handed
/// out to be called later. Neither engine nor spec is owned.
class Bindings {
public:
  Bindings(Evaluator &Engine, const Spec &Vocabulary)
      : Engine(Engine), Linked(Engine.program()), Vocabulary(Vocabulary) {}

  /// Forgets everything.
  void clear();
  /// Forgets terms from \p First on; code that was handed out stays, without
  /// a context that is forgotten.
  void forget(TermId First);
  /// Objects from \p First on that there is one of for each device: records
  /// that one module alone reaches into, and what is a device itself. Records
  /// that \p IsKnown names are left out.
  void collect(ObjectId First,
               llvm::function_ref<bool(llvm::StringRef Record)> IsKnown);
  /// \p Pointer to a \p Record is what an entry point may be given.
  void give(StringIndex Record, TermId Pointer);
  /// \p Code will be called with \p Context.
  void handOut(FunctionId Code, llvm::ArrayRef<Value> Context);
  /// \p Code will be called with \p Pointer for a \p Record, unless it is bound
  /// to another one as well.
  void bind(FunctionId Code, StringIndex Record, TermId Pointer);
  /// True if bind() got \p Code with \p Pointer.
  bool isBoundTo(FunctionId Code, TermId Pointer) const;
  /// True if handOut() got \p Code.
  bool wasHandedOut(FunctionId Code) const;
  /// What an unknown pointer to \p Record may point to; none if nothing or too
  /// much is known. What was given only counts for parameters.
  std::vector<TermId> candidates(StringIndex Record, bool IsParameter) const;
  /// Arguments for a call of \p Entry from outside: contexts that it was handed
  /// out with, else inputs. The parameter at \p Chosen (None: none) gets \p Is.
  std::vector<Value> arguments(FunctionId Entry, uint32_t Chosen = None,
                               TermId Is = 0);

private:
  Evaluator &Engine;
  const Program &Linked;
  const Spec &Vocabulary;
  /// What was made.
  std::map<StringIndex, std::vector<TermId>> Instances;
  /// Members of objects that were given to somebody outside.
  std::map<StringIndex, std::vector<TermId>> Given;
  std::vector<std::pair<FunctionId, std::vector<Value>>> Handed;
  /// What code is bound to; nothing where there is more than one.
  std::map<std::pair<FunctionId, StringIndex>, std::optional<TermId>> Bound;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_BINDINGS_H

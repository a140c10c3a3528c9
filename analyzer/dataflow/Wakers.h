// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What happens while code waits: an answer is written by the function that
// completes what is waited for.
#ifndef COCODMA_DATAFLOW_WAKERS_H
#define COCODMA_DATAFLOW_WAKERS_H

#include "link/Program.h"
#include "spec/Spec.h"

#include <set>

namespace cocodma {

/// For each completion that is a member of a record: which members of the same
/// record are written by functions that complete it.
class Wakers {
public:
  Wakers(const Program &Linked, const Spec &Vocabulary);

  /// Members that may have changed when \p Completion ("record.field") was
  /// waited for, in the order of their names' indices.
  const std::set<StringIndex> &written(StringIndex Completion) const;

private:
  void addWrites(const FunctionSummary &Body, StringIndex Completion);
  StringIndex memberOf(const FunctionSummary &Body, InstIndex Address,
                       llvm::StringRef Record) const;

  const Program &Linked;
  const Spec &Vocabulary;
  std::map<StringIndex, std::set<StringIndex>> Members;
};

} // namespace cocodma

#endif // COCODMA_DATAFLOW_WAKERS_H

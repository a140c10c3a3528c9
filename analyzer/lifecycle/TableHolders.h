// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which variables hold a table of operations: a device for users that the
// module defines, a table of tables.
#ifndef COCODMA_LIFECYCLE_TABLEHOLDERS_H
#define COCODMA_LIFECYCLE_TABLEHOLDERS_H

#include "link/Program.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace cocodma {

/// Calls \p Use for each entry of a variable's initializer, in the unit of
/// \p Table, that is the address of \p Table, in the order of the variables.
inline void forEachHolder(
    const Program &Linked, GlobalId Table,
    llvm::function_ref<void(GlobalId Holder, const InitializerEntry &Where)>
        Use) {
  const GlobalEntity &Wanted = Linked.global(Table);
  for (GlobalId Id = 0; Id < Linked.globalCount(); ++Id) {
    const GlobalEntity &Other = Linked.peekGlobal(Id);
    if (Other.Unit != Wanted.Unit || !Other.Definition)
      continue;
    for (const InitializerEntry &Entry : Other.Definition->Initializer)
      if (Entry.What == InitializerEntry::Kind::Global &&
          Entry.Name == Wanted.Name)
        Use(Id, Entry);
  }
}

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_TABLEHOLDERS_H

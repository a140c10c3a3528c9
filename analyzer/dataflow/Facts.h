// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The subjects that profiles say something about. During execution each is a
// fixed symbol; only the judge puts a profile's value in its place, so that
// one execution serves all profiles.
#ifndef COCODMA_DATAFLOW_FACTS_H
#define COCODMA_DATAFLOW_FACTS_H

#include "link/Program.h"
#include "spec/Spec.h"

#include <optional>

namespace cocodma {

/// Index of a subject.
using FactId = uint32_t;

/// All subjects of all profiles, with each profile's value.
class Facts {
public:
  /// Collects the subjects of \p Vocabulary; enumerators get their values
  /// from \p Linked.
  Facts(const Spec &Vocabulary, const Program &Linked);

  /// The subject "call of Name with these constant arguments", or None.
  FactId call(llvm::StringRef Name,
              llvm::ArrayRef<std::optional<int64_t>> Arguments) const;
  /// The subject "global Name, field Path", or None.
  FactId global(llvm::StringRef Name, llvm::StringRef Path) const;
  /// The subject "static key Name", or None.
  FactId staticKey(llvm::StringRef Name) const;
  /// The subject "CPU feature of that number", or None.
  FactId cpuFeature(int64_t Number) const;
  /// How many subjects there are: ids are below.
  FactId size() const { return FactId(Subjects.size()); }
  /// The subject in words.
  std::string describe(FactId Id) const;
  /// What \p Profile says of \p Id; nothing if it says nothing.
  std::optional<int64_t> value(FactId Id, const Profile &Profile) const;

private:
  const Program &Linked;
  std::vector<Fact> Subjects;
};

} // namespace cocodma

#endif // COCODMA_DATAFLOW_FACTS_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the atoms of guards are worth in one run: values that the run told, and
// facts of its profile, put into the terms that the atoms are about.
#ifndef COCODMA_DIFFERENTIAL_VALUATION_H
#define COCODMA_DIFFERENTIAL_VALUATION_H

#include "dataflow/Facts.h"
#include "dataflow/Guards.h"

#include <map>
#include <optional>
#include <string>

namespace cocodma {

/// What a run told: a name in the words of the kernel's code
/// ("dev->bus_dma_limit"), and the value that was found there.
using ToldState = std::map<std::string, uint64_t>;

/// Values of atoms in one run. All references must outlive it. It makes terms:
/// roll them back when it is done with.
class Valuation {
public:
  Valuation(TermTable &Terms, const Guards &Conditions, const Facts &Known,
            const Profile &Platform, const ToldState &Told)
      : Terms(Terms), Conditions(Conditions), Known(Known), Platform(Platform),
        Told(Told) {}

  /// The value of the atom behind a BDD variable; nothing if the run does not
  /// tell it.
  std::optional<bool> holds(uint32_t Variable);
  /// The value of a term; nothing if the run does not tell it.
  std::optional<int64_t> number(TermId Id);

private:
  std::optional<int64_t> compute(TermId Id);
  std::optional<int64_t> binary(const Term &T);
  std::optional<uint64_t> told(const std::string &Name) const;

  TermTable &Terms;
  const Guards &Conditions;
  const Facts &Known;
  const Profile &Platform;
  const ToldState &Told;
  std::map<TermId, std::optional<int64_t>> Numbers;
};

} // namespace cocodma

#endif // COCODMA_DIFFERENTIAL_VALUATION_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From what runs showed to the status of a finding or a site.
#ifndef COCODMA_VALIDATE_VERDICTS_H
#define COCODMA_VALIDATE_VERDICTS_H

#include "report/Report.h"
#include "validate/Evidence.h"

namespace cocodma {

/// `confirmed` if the host saw what the finding says on one of its profiles, at
/// its place, or, where all mappings fail, if they failed for a confidential
/// device only. `refuted` only if a run had all of the finding's calls on one
/// stack, up to the place where data becomes visible, no branch on the way
/// could have gone elsewhere, and nothing was seen. Else `not-replayed`.
Validation judgeFinding(const Finding &F, const Evidence &Shown);

/// For a place that is said to be private or to fail: `no-counterexample`, or
/// `refuted` if the host saw data there (a missed leak), or `not-replayed`.
Validation judgeSite(const Site &S, const Evidence &Shown);

} // namespace cocodma

#endif // COCODMA_VALIDATE_VERDICTS_H

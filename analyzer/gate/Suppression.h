// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Comments in the source that say why a finding is none.
#ifndef COCODMA_GATE_SUPPRESSION_H
#define COCODMA_GATE_SUPPRESSION_H

#include "report/Report.h"
#include "report/SourceText.h"

namespace cocodma {

/// Marks the findings of \p R as suppressed that have a comment
/// `/* coco-ok: REASON */` on their line, or one that ends on the line above
/// it. The reason is mandatory: a comment without one suppresses nothing and is
/// reported as a warning of the configuration.
void applySuppressions(Report &R, SourceText &Sources);

} // namespace cocodma

#endif // COCODMA_GATE_SUPPRESSION_H

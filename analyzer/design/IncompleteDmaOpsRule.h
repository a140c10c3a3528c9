//===- IncompleteDmaOpsRule.h - coco-incomplete-dma-ops --------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_INCOMPLETEDMAOPSRULE_H
#define COCODMA_DESIGN_INCOMPLETEDMAOPSRULE_H

#include "design/DesignRule.h"

namespace cocodma {

/// Finds tables of DMA operations that lack what the DMA core calls unasked, or
/// what the other operations need.
///
/// The user's page: docs/checks/coco-incomplete-dma-ops.md
class IncompleteDmaOpsRule : public DesignRule {
public:
  using DesignRule::DesignRule;

private:
  void examine(const KernelUnit &Unit) override;
};

} // namespace cocodma

#endif // COCODMA_DESIGN_INCOMPLETEDMAOPSRULE_H

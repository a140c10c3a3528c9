//===- IncompleteDmaOpsCheck.h - coco-incomplete-dma-ops --------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_INCOMPLETEDMAOPSCHECK_H
#define COCODMA_CHECKERS_INCOMPLETEDMAOPSCHECK_H

#include "DesignCheck.h"

namespace cocodma {

/// Finds tables of DMA operations that lack what the DMA core calls unasked, or
/// what the other operations need.
///
/// The user's page: docs/checks/coco-incomplete-dma-ops.md
class IncompleteDmaOpsCheck : public DesignCheck {
public:
  using DesignCheck::DesignCheck;

private:
  void examine(const KernelUnit &Unit) override;
};

} // namespace cocodma

#endif // COCODMA_CHECKERS_INCOMPLETEDMAOPSCHECK_H

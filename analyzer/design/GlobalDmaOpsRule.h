//===- GlobalDmaOpsRule.h - coco-global-dma-ops ----------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_GLOBALDMAOPSRULE_H
#define COCODMA_DESIGN_GLOBALDMAOPSRULE_H

#include "design/DesignRule.h"

namespace cocodma {

/// Finds code of drivers and buses, or code that runs after boot, that replaces
/// the DMA operations of all devices.
///
/// The user's page: docs/checks/coco-global-dma-ops.md
class GlobalDmaOpsRule : public DesignRule {
public:
  using DesignRule::DesignRule;

private:
  void examine(const KernelUnit &Unit) override;
};

} // namespace cocodma

#endif // COCODMA_DESIGN_GLOBALDMAOPSRULE_H

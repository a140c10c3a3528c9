//===- RawDmaAddressRule.h - coco-raw-dma-address --------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_RAWDMAADDRESSRULE_H
#define COCODMA_DESIGN_RAWDMAADDRESSRULE_H

#include "design/DesignRule.h"

namespace cocodma {

/// Finds physical addresses that become DMA addresses outside of the DMA layer.
///
/// The user's page: docs/checks/coco-raw-dma-address.md
class RawDmaAddressRule : public DesignRule {
public:
  using DesignRule::DesignRule;

private:
  void examine(const KernelUnit &Unit) override;
};

} // namespace cocodma

#endif // COCODMA_DESIGN_RAWDMAADDRESSRULE_H

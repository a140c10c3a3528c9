//===- RawDmaAddressCheck.h - coco-raw-dma-address --------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_RAWDMAADDRESSCHECK_H
#define COCODMA_CHECKERS_RAWDMAADDRESSCHECK_H

#include "DesignCheck.h"

namespace cocodma {

/// Finds physical addresses that become DMA addresses outside of the DMA layer.
///
/// The user's page: docs/checks/coco-raw-dma-address.md
class RawDmaAddressCheck : public DesignCheck {
public:
  using DesignCheck::DesignCheck;

private:
  void examine(const KernelUnit &Unit) override;
};

} // namespace cocodma

#endif // COCODMA_CHECKERS_RAWDMAADDRESSCHECK_H

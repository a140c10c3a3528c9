//===- BusCastCheck.h - coco-bus-cast ---------------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_CHECKERS_BUSCASTCHECK_H
#define COCODMA_CHECKERS_BUSCASTCHECK_H

#include "DesignCheck.h"

namespace cocodma {

/// Finds casts of a struct device to the device of a bus, in code that is
/// called for devices of every bus, without a look at the bus.
///
/// The user's page: docs/checks/coco-bus-cast.md
class BusCastCheck : public DesignCheck {
public:
  using DesignCheck::DesignCheck;

private:
  void examine(const KernelUnit &Unit) override;
};

} // namespace cocodma

#endif // COCODMA_CHECKERS_BUSCASTCHECK_H

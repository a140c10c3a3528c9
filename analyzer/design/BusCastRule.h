//===- BusCastRule.h - coco-bus-cast ---------------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_BUSCASTRULE_H
#define COCODMA_DESIGN_BUSCASTRULE_H

#include "design/DesignRule.h"

namespace cocodma {

/// Finds casts of a struct device to the device of a bus, in code that is
/// called for devices of every bus, without a look at the bus.
///
/// The user's page: docs/checks/coco-bus-cast.md
class BusCastRule : public DesignRule {
public:
  using DesignRule::DesignRule;

private:
  void examine(const KernelUnit &Unit) override;
};

/// The functions of the unit that other units may call and that are true only
/// for devices whose bus they compared: what Violation::Unless may name.
std::vector<std::string> busTellers(const KernelUnit &Unit,
                                    const Spec &Vocabulary);

} // namespace cocodma

#endif // COCODMA_DESIGN_BUSCASTRULE_H

//===- Rules.h - All rules of design ----------------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_RULES_H
#define COCODMA_DESIGN_RULES_H

#include "design/DesignRule.h"
#include "frontend/UnitParser.h"

#include <memory>

namespace cocodma {

/// The rule behind a check ("coco-bus-cast"); null if it is no check of design.
/// \p Vocabulary must outlive the rule.
std::unique_ptr<DesignRule> makeRule(llvm::StringRef Check,
                                     const Spec &Vocabulary);

/// Makes observers that add to a unit's summary what breaks a rule in it.
/// \p Vocabulary must outlive them.
ObserverFactory designObservers(const Spec &Vocabulary);

/// What the rules take from the vocabulary, as one text: where it is the same,
/// the same unit breaks the same rules.
std::string designKey(const Spec &Vocabulary);

} // namespace cocodma

#endif // COCODMA_DESIGN_RULES_H

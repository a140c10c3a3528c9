//===- DesignRule.h - What the rules of design share ------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A rule of design is told from one unit by its AST and the vocabulary of the
// spec. It knows neither who asks (`cocodma analyze`, the clang-tidy plugin)
// nor how what it finds is reported.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_DESIGN_DESIGNRULE_H
#define COCODMA_DESIGN_DESIGNRULE_H

#include "design/KernelUnit.h"

#include "llvm/ADT/Twine.h"

namespace clang {
class Preprocessor;
} // namespace clang

namespace cocodma {

/// A place that breaks a rule.
struct Violation {
  /// Another place that belongs to it.
  struct Note {
    clang::SourceLocation Where;
    std::string Text;
  };

  clang::SourceLocation Where;
  std::string Message;
  /// What of the enclosing function, or of the file, it is about: tells it from
  /// others there when lines shift.
  std::string Subject;
  /// Members that the operations named by Subject leave NULL although they need
  /// them. Whoever calls one without a test crashes.
  std::vector<std::string> Lacking;
  /// Functions of other units. If one of them is true only for devices whose
  /// bus it compared (busTellers()), nothing is wrong here.
  std::vector<std::string> Unless;
  std::vector<Note> Notes;
};

/// A rule, for one unit after the other.
class DesignRule {
public:
  /// \p Vocabulary must outlive the rule.
  explicit DesignRule(const Spec &Vocabulary) : Vocabulary(Vocabulary) {}
  virtual ~DesignRule() = default;

  /// Called before a unit is read, for rules that listen to the preprocessor;
  /// what they register there must not outlive the rule.
  virtual void beginUnit(clang::Preprocessor &Macros) {}

  /// What is wrong in the unit.
  std::vector<Violation> run(const KernelUnit &Unit);

protected:
  /// Calls report() for what is wrong in the unit.
  virtual void examine(const KernelUnit &Unit) = 0;

  /// The result is valid until the next call.
  Violation &report(clang::SourceLocation Where, const llvm::Twine &Message,
                    const llvm::Twine &Subject);

  const Spec &spec() const { return Vocabulary; }
  /// The vocabulary of the design rules.
  const DesignVocabulary &design() const { return Vocabulary.Design; }

private:
  const Spec &Vocabulary;
  std::vector<Violation> Found;
};

} // namespace cocodma

#endif // COCODMA_DESIGN_DESIGNRULE_H

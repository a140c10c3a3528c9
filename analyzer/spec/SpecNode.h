//===- SpecNode.h - A JSON value with its place and its errors --*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Typed access to a JSON document. Every getter reports what is wrong, with the
// JSON pointer and a remedy, and gives a harmless value. Internal to the spec
// library.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_SPEC_SPECNODE_H
#define COCODMA_SPEC_SPECNODE_H

#include "SpecNames.h"
#include "SpecReader.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <nlohmann/json.hpp>

namespace cocodma {

/// "; did you mean 'x'?" or the list of the choices: the remedy for \p Wrong.
std::string suggest(llvm::StringRef Wrong,
                    llvm::ArrayRef<llvm::StringRef> Choices);

/// Parses \p Text. Nothing, and a mistake with line and column, if it is no
/// JSON; keys that occur twice in an object are mistakes too.
std::optional<nlohmann::json> parseJson(llvm::StringRef File,
                                        llvm::StringRef Text,
                                        std::vector<SpecError> &Errors);

/// A value of the document. Cheap to copy; refers to the document, to the name
/// of the file and to the list of errors, which must outlive it.
class SpecNode {
public:
  SpecNode(const nlohmann::json &Value, llvm::StringRef File,
           std::vector<SpecError> &Errors)
      : Value(&Value), File(File), Errors(&Errors) {}

  /// Reports a mistake here.
  void error(std::string Problem, std::string Remedy = "") const;

  /// True if this is an object and all its keys are among \p Allowed; each
  /// other key is reported. False if it is no object.
  bool isObjectOf(llvm::ArrayRef<llvm::StringRef> Allowed) const;

  bool has(llvm::StringRef Key) const;
  /// The member \p Key, which must exist.
  SpecNode at(llvm::StringRef Key) const;
  /// Calls \p Visit with each item of the list \p Key; does nothing without it.
  void forEach(llvm::StringRef Key,
               llvm::function_ref<void(const SpecNode &)> Visit) const;
  /// Calls \p Visit with each name and value of the object \p Key.
  void forEachMember(
      llvm::StringRef Key,
      llvm::function_ref<void(llvm::StringRef, const SpecNode &)> Visit) const;

  /// The string at \p Key: not empty, and reported if it is missing.
  std::string requiredString(llvm::StringRef Key) const;
  /// Sets \p Into to the string at \p Key, if there is one.
  void read(llvm::StringRef Key, std::string &Into) const;
  void read(llvm::StringRef Key, bool &Into) const;
  void read(llvm::StringRef Key, int64_t &Into) const;
  void read(llvm::StringRef Key, std::optional<int64_t> &Into) const;
  /// The list of strings at \p Key; empty without it.
  std::vector<std::string> strings(llvm::StringRef Key) const;
  /// The 0-based argument position at \p Key; reported if it is missing.
  unsigned requiredPosition(llvm::StringRef Key) const;
  /// A position or a type name.
  std::optional<Argument> argument() const;
  /// True if there is a member \p Key; reports its lack.
  bool hasRequired(llvm::StringRef Key) const;

  /// This string as a value of an enumeration. \p What says what it is
  /// ("effect"); an unknown name is reported with the nearest one.
  template <typename Enum, size_t Size>
  std::optional<Enum> named(llvm::StringRef What,
                            const NamedValue<Enum> (&Table)[Size]) const {
    llvm::SmallVector<llvm::StringRef> Choices;
    for (const NamedValue<Enum> &Entry : Table)
      Choices.push_back(Entry.Name);
    std::optional<size_t> Index = choice(What, Choices);
    return Index ? std::optional<Enum>(Table[*Index].Value) : std::nullopt;
  }

  /// The value itself.
  const nlohmann::json &raw() const { return *Value; }

private:
  std::optional<size_t> choice(llvm::StringRef What,
                               llvm::ArrayRef<llvm::StringRef> Choices) const;
  bool expect(bool Holds, llvm::StringRef Wanted) const;
  SpecNode child(const nlohmann::json &Value, llvm::StringRef Step) const;

  const nlohmann::json *Value;
  llvm::StringRef File;
  std::vector<SpecError> *Errors;
  std::string Pointer;
};

/// Reads one item of "primitives" into \p Into; reports what is wrong. Gives
/// false if the item cannot be used. Removal is told by \p Removed.
bool readPrimitive(const SpecNode &Item, Primitive &Into, bool &Removed);

/// Reads the section "design" into \p Into: a list that is given takes the
/// place of the one that was there.
void readDesign(const SpecNode &Root, DesignVocabulary &Into);

} // namespace cocodma

#endif // COCODMA_SPEC_SPECNODE_H

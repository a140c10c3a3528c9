// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Interns the strings, types and locations of one unit while it is lowered.
#ifndef COCODMA_FRONTEND_UNITBUILDER_H
#define COCODMA_FRONTEND_UNITBUILDER_H

#include "frontend/UnitLowering.h"

#include "clang/AST/ASTContext.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <map>
#include <utility>

namespace cocodma {

/// A place in the source, as Inst and Block store it.
struct SourcePlace {
  StringIndex File = None;
  uint32_t Line = 0;
  uint16_t Column = 0;
};

/// Fills a UnitSummary. Borrows the AST context; the summary is moved out at
/// the end by take().
class UnitBuilder {
public:
  /// Starts a summary of the unit in \p Context. Borrows all.
  UnitBuilder(clang::ASTContext &Context, const FrontEndVocabulary &Vocabulary,
              const FileScopeLookup &Lookup)
      : Context(Context), Vocabulary(Vocabulary), Lookup(Lookup) {}

  /// The index of \p Text in the unit's string table.
  StringIndex string(llvm::StringRef Text);
  /// The text behind \p Index.
  llvm::StringRef text(StringIndex Index) const {
    return Summary.Strings[Index];
  }
  /// The index of \p Type in the unit's type table.
  TypeIndex type(clang::QualType Type);
  /// That of the numbers that \p Field, a bit-field of numbers, can hold.
  TypeIndex bitFieldType(const clang::FieldDecl *Field);
  /// The name by which a record is known in field names.
  std::string recordName(const clang::RecordDecl *Record);
  /// The characters of \p Literal; None if they are many, or no plain text.
  StringIndex characters(const clang::StringLiteral *Literal);
  /// "record.field" for \p Field.
  StringIndex fieldName(const clang::FieldDecl *Field);
  /// Where a field lies in the record that it is named after.
  struct FieldPlace {
    uint64_t FirstBit = 0;
    uint32_t Bits = 0;    ///< 0: not known.
    bool InUnion = false; ///< It shares its bytes with other members.
  };
  /// The place of \p Field.
  FieldPlace fieldPlace(const clang::FieldDecl *Field) const;
  /// The name of a variable of static storage duration; statics of functions
  /// are qualified by their function.
  StringIndex globalName(const clang::VarDecl *Variable);
  /// The place at which \p Location was expanded, for people.
  SourcePlace place(clang::SourceLocation Location);
  /// The first \p Limit characters of the source text of \p Expression.
  StringIndex sourceText(const clang::Stmt *Expression);
  /// Notes something that could not be lowered faithfully.
  void limit(clang::SourceLocation Location, llvm::StringRef What);
  /// How many elements that are no arrays there are in one object of \p Type: 1
  /// for what is no array. The elements of an array of arrays are numbered as
  /// they lie in memory, so that no two of them have one path.
  uint64_t elementsIn(clang::QualType Type) const;
  clang::ASTContext &context() { return Context; }
  /// What \p Name stands for at file scope.
  std::vector<const clang::NamedDecl *>
  atFileScope(llvm::StringRef Name) const {
    return Lookup(Name);
  }
  const FrontEndVocabulary &vocabulary() const { return Vocabulary; }
  /// The summary under construction.
  UnitSummary &summary() { return Summary; }

private:
  SummaryType describe(clang::QualType Type);

  clang::ASTContext &Context;
  const FrontEndVocabulary &Vocabulary;
  const FileScopeLookup &Lookup;
  UnitSummary Summary;
  llvm::StringMap<StringIndex> StringIds;
  llvm::DenseMap<clang::FileID, StringIndex> FileNames;
  llvm::DenseMap<const void *, TypeIndex> TypeIds;
  /// By width and whether they are signed.
  std::map<std::pair<uint8_t, uint8_t>, TypeIndex> BitFieldTypes;
  llvm::DenseMap<const clang::RecordDecl *, StringIndex> RecordNames;
  llvm::DenseMap<const clang::FieldDecl *, StringIndex> FieldNames;
  llvm::DenseMap<const clang::VarDecl *, StringIndex> GlobalNames;
};

} // namespace cocodma

#endif // COCODMA_FRONTEND_UNITBUILDER_H

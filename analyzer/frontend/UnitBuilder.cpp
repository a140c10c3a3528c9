// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/UnitBuilder.h"

#include "frontend/FileHashes.h"
#include "frontend/LlvmVersion.h"

#include "clang/AST/Decl.h"
#include "clang/AST/RecordLayout.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace cocodma {

StringIndex UnitBuilder::string(llvm::StringRef Text) {
  auto [Entry, New] =
      StringIds.try_emplace(Text, StringIndex(Summary.Strings.size()));
  if (New)
    Summary.Strings.push_back(Text.str());
  return Entry->second;
}

/// The record that \p Type is made of, through arrays and pointers.
static const RecordDecl *innermostRecord(QualType Type) {
  const clang::Type *Inner = Type->getPointeeOrArrayElementType();
  while (Inner->isAnyPointerType() || Inner->isArrayType())
    Inner = Inner->getPointeeOrArrayElementType();
  return Inner->getAsRecordDecl();
}

std::string UnitBuilder::recordName(const RecordDecl *Record) {
  if (!Record->getName().empty())
    return Record->getName().str();
  if (const TypedefNameDecl *Typedef = Record->getTypedefNameForAnonDecl())
    return Typedef->getName().str();
  // An unnamed record is named by what encloses it and the first member that is
  // of it, so that a shifted line does not rename it. Members are all that is
  // read of a record which was compiled beforehand.
  const auto *Parent = dyn_cast<RecordDecl>(Record->getDeclContext());
  std::string Prefix = Parent ? recordName(Parent) : std::string();
  unsigned Position = 0;
  if (Parent) {
    for (const FieldDecl *Member : Parent->fields()) {
      if (innermostRecord(Member->getType()) == Record)
        break;
      ++Position;
    }
  }
  return Prefix + "::" + std::to_string(Position);
}

StringIndex UnitBuilder::characters(const StringLiteral *Literal) {
  // Messages are long and compared with nothing. What macros paste together may
  // be the name of the file, which hangs on how it was called.
  constexpr unsigned Longest = 32;
  const SourceManager &Sources = Context.getSourceManager();
  if (Literal->getCharByteWidth() != 1 || Literal->getLength() > Longest ||
      Literal->getString().contains('\0') ||
      Sources.isWrittenInScratchSpace(
          Sources.getSpellingLoc(Literal->getBeginLoc())))
    return None;
  return string(Literal->getString());
}

StringIndex UnitBuilder::fieldName(const FieldDecl *Field) {
  auto [Entry, New] = FieldNames.try_emplace(Field, None);
  if (New) {
    // Members of unnamed structs and unions count as members of the nearest
    // record that has a name: that is how the source spells them.
    const RecordDecl *Owner = Field->getParent();
    while (Owner->isAnonymousStructOrUnion()) {
      const auto *Outer = dyn_cast<RecordDecl>(Owner->getDeclContext());
      if (!Outer)
        break;
      Owner = Outer;
    }
    std::string Name = recordName(Owner) + "." + Field->getName().str();
    FieldNames[Field] = string(Name);
  }
  return FieldNames[Field];
}

UnitBuilder::FieldPlace UnitBuilder::fieldPlace(const FieldDecl *Field) const {
  FieldPlace Result;
  const RecordDecl *Owner = Field->getParent();
  if (Owner->isInvalidDecl() || !Owner->isCompleteDefinition())
    return Result;
  Result.FirstBit = Context.getFieldOffset(Field);
  Result.InUnion = Owner->isUnion();
  while (Owner->isAnonymousStructOrUnion()) {
    const auto *Outer = dyn_cast<RecordDecl>(Owner->getDeclContext());
    if (!Outer)
      break;
    for (const FieldDecl *Unnamed : Outer->fields())
      if (Unnamed->isAnonymousStructOrUnion() &&
          Unnamed->getType()->getAsRecordDecl() == Owner)
        Result.FirstBit += Context.getFieldOffset(Unnamed);
    Owner = Outer;
    Result.InUnion |= Owner->isUnion();
  }
  if (Field->isBitField())
    Result.Bits = widthOf(*Field, Context);
  else if (!Field->getType()->isIncompleteType())
    Result.Bits = static_cast<uint32_t>(
        std::min<uint64_t>(Context.getTypeSize(Field->getType()), UINT32_MAX));
  return Result;
}

StringIndex UnitBuilder::globalName(const VarDecl *Variable) {
  auto Found = GlobalNames.find(Variable->getCanonicalDecl());
  if (Found != GlobalNames.end())
    return Found->second;
  std::string Name = Variable->getName().str();
  if (Variable->isStaticLocal()) {
    if (const auto *Owner = dyn_cast<NamedDecl>(Variable->getDeclContext()))
      Name = Owner->getName().str() + "::" + Name;
  }
  StringIndex Index = string(Name);
  GlobalNames[Variable->getCanonicalDecl()] = Index;
  return Index;
}

SummaryType UnitBuilder::describe(QualType Type) {
  SummaryType Result;
  if (const auto *Typedef = Type->getAs<TypedefType>())
    Result.Name = string(Typedef->getDecl()->getName());
  QualType Canonical = Type.getCanonicalType();
  if (!Canonical->isIncompleteType() && !Canonical->isFunctionType() &&
      !Canonical->isVariableArrayType())
    Result.Size = Context.getTypeSizeInChars(Canonical).getQuantity();
  if (Canonical->isVoidType()) {
    Result.Kind = TypeKind::Void;
  } else if (Canonical->isBooleanType()) {
    Result.Kind = TypeKind::Bool;
    Result.Bits = 1;
  } else if (Canonical->isIntegralOrEnumerationType()) {
    Result.Kind = TypeKind::Integer;
    Result.Bits = Canonical->isIncompleteType()
                      ? 32
                      : std::min<uint64_t>(Context.getTypeSize(Canonical), 64);
    Result.Signed = Canonical->isSignedIntegerOrEnumerationType();
  } else if (Canonical->isPointerType()) {
    Result.Kind = TypeKind::Pointer;
    Result.Inner = type(Canonical->getPointeeType());
  } else if (const auto *Record = Canonical->getAsRecordDecl()) {
    Result.Kind = TypeKind::Record;
    Result.Name = string(recordName(Record));
  } else if (const auto *Array = Context.getAsArrayType(Canonical)) {
    Result.Kind = TypeKind::Array;
    Result.Inner = type(Array->getElementType());
    if (const auto *Constant = dyn_cast<ConstantArrayType>(Array))
      Result.Count = Constant->getSize().getZExtValue();
  } else if (const auto *Function = Canonical->getAs<FunctionType>()) {
    Result.Kind = TypeKind::Function;
    Result.Inner = type(Function->getReturnType());
  }
  return Result;
}

TypeIndex UnitBuilder::type(QualType Type) {
  QualType Plain = Type.getUnqualifiedType();
  // A typedef of an integer may carry meaning (dma_addr_t); others do not.
  if (!Plain->isIntegerType())
    Plain = Plain.getCanonicalType().getUnqualifiedType();
  else if (const auto *Typedef = Plain->getAs<TypedefType>())
    Plain = QualType(Typedef, 0);
  auto Found = TypeIds.find(Plain.getAsOpaquePtr());
  if (Found != TypeIds.end())
    return Found->second;
  TypeIndex Index = Summary.Types.size();
  TypeIds[Plain.getAsOpaquePtr()] = Index;
  Summary.Types.emplace_back();
  SummaryType Described = describe(Plain);
  Summary.Types[Index] = Described;
  return Index;
}

TypeIndex UnitBuilder::bitFieldType(const FieldDecl *Field) {
  SummaryType Described = describe(Field->getType().getUnqualifiedType());
  Described.Bits = widthOf(*Field, Context);
  auto [Entry, New] = BitFieldTypes.try_emplace(
      {Described.Bits, Described.Signed}, TypeIndex(Summary.Types.size()));
  if (New) {
    Described.Name = None;
    Summary.Types.push_back(Described);
  }
  return Entry->second;
}

uint64_t UnitBuilder::elementsIn(QualType Type) const {
  uint64_t Result = 1;
  while (const ArrayType *Array = Context.getAsArrayType(Type)) {
    const auto *Fixed = dyn_cast<ConstantArrayType>(Array);
    if (!Fixed)
      return Result;
    Result *= Fixed->getSize().getZExtValue();
    Type = Fixed->getElementType();
  }
  return Result;
}

SourcePlace UnitBuilder::place(SourceLocation Location) {
  SourcePlace Result;
  if (Location.isInvalid())
    return Result;
  const SourceManager &Sources = Context.getSourceManager();
  SourceLocation Expansion = Sources.getExpansionLoc(Location);
  auto Decomposed = Sources.getDecomposedLoc(Expansion);
  OptionalFileEntryRef File = Sources.getFileEntryRefForID(Decomposed.first);
  if (!File)
    return Result;
  auto [Known, New] = FileNames.try_emplace(Decomposed.first, None);
  if (New)
    Known->second = string(fileName(File->getName(), Sources));
  Result.File = Known->second;
  Result.Line = Sources.getLineNumber(Decomposed.first, Decomposed.second);
  Result.Column = std::min<unsigned>(
      Sources.getColumnNumber(Decomposed.first, Decomposed.second), 0xffff);
  return Result;
}

StringIndex UnitBuilder::sourceText(const Stmt *Expression) {
  const SourceManager &Sources = Context.getSourceManager();
  CharSourceRange Range = Lexer::makeFileCharRange(
      CharSourceRange::getTokenRange(
          Sources.getExpansionRange(Expression->getSourceRange()).getBegin(),
          Sources.getExpansionRange(Expression->getSourceRange()).getEnd()),
      Sources, Context.getLangOpts());
  llvm::StringRef Text =
      Lexer::getSourceText(Range, Sources, Context.getLangOpts());
  constexpr size_t Limit = 96;
  std::string Squeezed;
  bool Space = false;
  for (char C : Text) {
    if (isspace(static_cast<unsigned char>(C))) {
      Space = true;
      continue;
    }
    if (Space && !Squeezed.empty())
      Squeezed += ' ';
    Space = false;
    Squeezed += C;
    if (Squeezed.size() > Limit) {
      Squeezed += "...";
      break;
    }
  }
  return string(Squeezed);
}

void UnitBuilder::limit(SourceLocation Location, llvm::StringRef What) {
  SourcePlace At = place(Location);
  std::string Text = At.File == None ? "?" : text(At.File).str();
  Text += ":" + std::to_string(At.Line) + ": " + What.str();
  Summary.Limits.push_back(std::move(Text));
}

} // namespace cocodma

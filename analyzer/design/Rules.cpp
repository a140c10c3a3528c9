//===- Rules.cpp - All rules of design ------------------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "design/Rules.h"

#include "design/RuleIncludes.inc"
#include "frontend/FileHashes.h"

#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/STLExtras.h"

using namespace cocodma;
using llvm::StringRef;

namespace {

/// A check and the rule behind it.
struct RuleEntry {
  const char *Check;
  std::unique_ptr<DesignRule> (*Make)(const Spec &);
};

template <typename Rule>
std::unique_ptr<DesignRule> make(const Spec &Vocabulary) {
  return std::make_unique<Rule>(Vocabulary);
}

constexpr RuleEntry Rules[] = {
#define RULE(Check, Class) {Check, make<Class>},
#include "design/Rules.inc"
#undef RULE
};

/// Where something is, as the summary of the unit says it.
DesignPlace placeOf(clang::SourceLocation Where, const KernelUnit &Unit) {
  const clang::SourceManager &Sources = Unit.sources();
  auto [Id, Offset] = Sources.getDecomposedLoc(Sources.getExpansionLoc(Where));
  DesignPlace Result;
  if (clang::OptionalFileEntryRef File = Sources.getFileEntryRefForID(Id)) {
    Result.File = fileName(File->getName(), Sources);
    Result.Line = Sources.getLineNumber(Id, Offset);
    Result.Column = Sources.getColumnNumber(Id, Offset);
  }
  if (const clang::FunctionDecl *Function = Unit.functionAt(Where))
    Result.Function = Function->getName().str();
  return Result;
}

/// Examines one unit by all rules.
class DesignObserver : public UnitObserver {
public:
  explicit DesignObserver(const Spec &Vocabulary) : Vocabulary(Vocabulary) {
    for (const RuleEntry &Entry : Rules)
      Examiners.push_back(Entry.Make(Vocabulary));
  }

  void beginUnit(clang::Preprocessor &Macros) override {
    for (const std::unique_ptr<DesignRule> &Rule : Examiners)
      Rule->beginUnit(Macros);
  }

  void endUnit(clang::ASTContext &Context, clang::Preprocessor &Macros,
               UnitSummary &Into) override {
    KernelUnit Unit(Context, Vocabulary, Macros.isMacroDefined("MODULE"));
    for (auto [Entry, Rule] : llvm::zip_equal(Rules, Examiners))
      for (const Violation &Seen : Rule->run(Unit))
        add(Entry.Check, Seen, Unit, Into);
    Into.BusTellers = busTellers(Unit, Vocabulary);
  }

private:
  static void add(const char *Check, const Violation &Seen,
                  const KernelUnit &Unit, UnitSummary &Into) {
    DesignFinding &New = Into.Design.emplace_back();
    New.Check = Check;
    New.At = placeOf(Seen.Where, Unit);
    New.Message = Seen.Message;
    New.Subject = Seen.Subject;
    New.Lacking = Seen.Lacking;
    New.Unless = Seen.Unless;
    for (const Violation::Note &Note : Seen.Notes)
      New.Notes.push_back({placeOf(Note.Where, Unit), Note.Text});
  }

  const Spec &Vocabulary;
  std::vector<std::unique_ptr<DesignRule>> Examiners; ///< Parallel to Rules.
};

/// Puts names together so that no two vocabularies give the same text.
class KeyWriter {
public:
  std::string Text;

  void name(StringRef Name) {
    Text += std::to_string(Name.size()) + ":" + Name.str();
  }
  void number(uint64_t Number) { Text += std::to_string(Number) + ";"; }
  void names(llvm::ArrayRef<std::string> Names) {
    number(Names.size());
    for (const std::string &Name : Names)
      name(Name);
  }
};

void addOperations(const OperationTable &Operations, KeyWriter &Key) {
  Key.name(Operations.Struct);
  Key.names(Operations.Globals);
  Key.number(Operations.Required.size());
  for (const std::vector<std::string> &Group : Operations.Required)
    Key.names(Group);
  Key.names(Operations.Synchronization);
  Key.name(Operations.Support);
}

void addDesign(const DesignVocabulary &Design, KeyWriter &Key) {
  addOperations(Design.Operations, Key);
  for (const std::vector<std::string> *Names :
       {&Design.PhysicalTypes, &Design.AddressTypes, &Design.PhysicalFunctions,
        &Design.Translations, &Design.RawByAgreement, &Design.LayerStructs,
        &Design.InternalFunctions, &Design.LayerFunctions,
        &Design.BouncingFunctions, &Design.AnyDeviceFunctions})
    Key.names(*Names);
  Key.number(Design.CoreFields.size());
  for (const FieldGroup &Group : Design.CoreFields) {
    Key.name(Group.Struct);
    Key.names(Group.Members);
  }
  Key.name(Design.SharedAttribute);
  Key.name(Design.MmioAttribute);
  for (const AttributedFunction &Function : Design.Attributed) {
    Key.name(Function.Function);
    Key.number(uint64_t(Function.Kind));
    Key.number(Function.Memory);
    Key.number(Function.Attributes);
  }
}

} // namespace

std::unique_ptr<DesignRule> cocodma::makeRule(StringRef Check,
                                              const Spec &Vocabulary) {
  for (const RuleEntry &Entry : Rules)
    if (Check == Entry.Check)
      return Entry.Make(Vocabulary);
  return nullptr;
}

ObserverFactory cocodma::designObservers(const Spec &Vocabulary) {
  return [&Vocabulary] { return std::make_unique<DesignObserver>(Vocabulary); };
}

std::string cocodma::designKey(const Spec &Vocabulary) {
  KeyWriter Key;
  addDesign(Vocabulary.Design, Key);
  for (const std::string *Name :
       {&Vocabulary.Core.Struct, &Vocabulary.Core.Bus,
        &Vocabulary.Core.DriverStruct, &Vocabulary.Core.BusStruct})
    Key.name(*Name);
  for (const DeviceClass &Class : Vocabulary.Classes) {
    Key.name(Class.Device.Struct);
    Key.name(Class.Driver.Struct);
    Key.name(Class.Channel ? Class.Channel->Struct : "");
  }
  for (const Primitive &Known : Vocabulary.Primitives) {
    Key.name(Known.Function);
    Key.number(uint64_t(Known.Effect));
  }
  return Key.Text;
}

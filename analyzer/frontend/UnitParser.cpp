// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/UnitParser.h"

#include "frontend/ErrorKeeper.h"
#include "frontend/FitnessWatch.h"
#include "frontend/PrecompiledHeaders.h"
#include "frontend/UnitLowering.h"

#include "clang/AST/ASTContext.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Sema/IdentifierResolver.h"
#include "clang/Sema/Sema.h"
#include "clang/Sema/SemaConsumer.h"
#include "clang/Tooling/Tooling.h"

using namespace clang;

namespace cocodma {
namespace {

/// How a unit is parsed.
struct ParseOptions {
  const FrontEndVocabulary &Vocabulary;
  UnitObserver *Observer;
  /// If not null, what is compiled already.
  const PrecompiledHeaders *Shared;
};

/// What parsing gives.
struct ParsedUnit {
  UnitSummary Summary;
  /// What the unit defines may change what was compiled already.
  bool IsUnfit = false;
};

/// Collects the top-level declarations and has them lowered.
class LoweringConsumer : public SemaConsumer {
public:
  LoweringConsumer(const ParseOptions &Options, Preprocessor &Macros,
                   ParsedUnit &Output)
      : Options(Options), Macros(Macros), Output(Output) {}

  void InitializeSema(Sema &S) override { Semantics = &S; }
  void ForgetSema() override { Semantics = nullptr; }

  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (Decl *Declaration : Group)
      TopLevel.push_back(Declaration);
    return true;
  }

  void HandleTranslationUnit(ASTContext &Context) override {
    if (Context.getDiagnostics().hasErrorOccurred())
      return;
    // What comes from the headers that are compiled already is not asked for
    // as a whole: it would all be read.
    if (Options.Shared)
      Context.setTraversalScope(TopLevel);
    Output.Summary =
        lowerUnit(Context, TopLevel, Options.Vocabulary,
                  [this](llvm::StringRef Name) { return lookup(Name); });
    if (Options.Shared)
      addFiles(Options.Shared->Files, Output.Summary.Dependencies);
    if (Options.Observer)
      Options.Observer->endUnit(Context, Macros, Output.Summary);
  }

private:
  /// By the parser's table, which reads no more than it is asked for.
  std::vector<const NamedDecl *> lookup(llvm::StringRef Name) const {
    IdentifierResolver &Table = Semantics->IdResolver;
    return {Table.begin(&Macros.getIdentifierTable().get(Name)), Table.end()};
  }

  const ParseOptions &Options;
  Preprocessor &Macros;
  ParsedUnit &Output;
  Sema *Semantics = nullptr;
  std::vector<Decl *> TopLevel;
};

class LoweringAction : public ASTFrontendAction {
public:
  LoweringAction(const ParseOptions &Options, ParsedUnit &Output)
      : Options(Options), Output(Output) {}

  bool BeginInvocation(CompilerInstance &Compiler) override {
    if (Options.Shared)
      beginWith(*Options.Shared, Compiler.getPreprocessorOpts());
    return ASTFrontendAction::BeginInvocation(Compiler);
  }

  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &Compiler,
                                                 llvm::StringRef) override {
    // Code under analysis has no business crashing its reader.
    Compiler.getPreprocessorOpts().DisablePragmaDebugCrash = true;
    if (Options.Shared)
      Compiler.getPreprocessor().addPPCallbacks(std::make_unique<FitnessWatch>(
          Compiler.getSourceManager(), *Options.Shared, Output.IsUnfit));
    if (Options.Observer)
      Options.Observer->beginUnit(Compiler.getPreprocessor());
    return std::make_unique<LoweringConsumer>(
        Options, Compiler.getPreprocessor(), Output);
  }

private:
  const ParseOptions &Options;
  ParsedUnit &Output;
};

} // namespace

char UnfitHeaders::ID = 0;

llvm::Expected<UnitSummary>
parseUnit(const CompileJob &Job, const FrontEndVocabulary &Vocabulary,
          llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
          UnitObserver *Observer, const PrecompiledHeaders *Shared) {
  if (Shared)
    Files = withRoots(std::move(Files), Job.Directory, Shared->Layers);
  FileSystemOptions Options;
  Options.WorkingDir = Job.Directory;
  auto Manager =
      llvm::makeIntrusiveRefCnt<FileManager>(Options, std::move(Files));
  ParsedUnit Parsed;
  ErrorKeeper Errors;
  const ParseOptions How{Vocabulary, Observer, Shared};
  tooling::ToolInvocation Invocation(
      Job.Arguments, std::make_unique<LoweringAction>(How, Parsed),
      Manager.get());
  Invocation.setDiagnosticConsumer(&Errors);
  const bool Ran = Invocation.run();
  if (Parsed.IsUnfit)
    return llvm::make_error<UnfitHeaders>();
  if (!Ran || Errors.getNumErrors())
    return llvm::createStringError(Errors.Text.empty()
                                       ? "the compiler could not be run on it"
                                       : Errors.Text);
  Parsed.Summary.Source = Job.File;
  Parsed.Summary.Module = Job.Module;
  return std::move(Parsed.Summary);
}

} // namespace cocodma

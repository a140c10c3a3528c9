// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/UnitParser.h"

#include "frontend/HeaderNames.h"
#include "frontend/UnitLowering.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Tooling/Tooling.h"

using namespace clang;

namespace cocodma {
namespace {

/// How a unit is parsed.
struct ParseOptions {
  const FrontEndVocabulary &Vocabulary;
  UnitObserver *Observer;
  /// If not null, bodies of other functions of headers are skipped.
  const UsableNames *Usable;
};

/// What parsing gives.
struct ParsedUnit {
  UnitSummary Summary;
  /// A body that was skipped is used: the unit has to be parsed anew.
  bool Lacking = false;
};

/// Collects the top-level declarations and has them lowered.
class LoweringConsumer : public ASTConsumer {
public:
  LoweringConsumer(const ParseOptions &Options, Preprocessor &Macros,
                   ParsedUnit &Output)
      : Options(Options), Macros(Macros), Output(Output) {}

  bool shouldSkipFunctionBody(Decl *Function) override {
    auto *Skipped = dyn_cast<FunctionDecl>(Function);
    if (!Skipped || !Skipped->getIdentifier())
      return false;
    const SourceManager &Sources = Skipped->getASTContext().getSourceManager();
    const bool IsPasted = Sources.isWrittenInScratchSpace(
        Sources.getSpellingLoc(Skipped->getLocation()));
    if (Options.Usable->contains(Skipped->getName(), IsPasted) ||
        isOwn(*Skipped))
      return false;
    Bodiless.push_back(Skipped);
    return true;
  }

  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (Decl *Declaration : Group)
      TopLevel.push_back(Declaration);
    return true;
  }

  void HandleTranslationUnit(ASTContext &Context) override {
    if (Context.getDiagnostics().hasErrorOccurred())
      return;
    Output.Lacking = llvm::any_of(Bodiless, [](const FunctionDecl *Function) {
      return Function->isReferenced();
    });
    if (Output.Lacking)
      return;
    Output.Summary = lowerUnit(Context, TopLevel, Options.Vocabulary);
    if (Options.Observer)
      Options.Observer->endUnit(Context, Macros, Output.Summary);
  }

private:
  /// Observers look at all that is defined beside the main file.
  bool isOwn(const FunctionDecl &Function) {
    const SourceManager &Sources = Function.getASTContext().getSourceManager();
    FileID File =
        Sources.getFileID(Sources.getExpansionLoc(Function.getLocation()));
    auto [Known, New] = OwnFiles.try_emplace(File, true);
    if (!New)
      return Known->second;
    OptionalFileEntryRef Entry = Sources.getFileEntryRefForID(File);
    OptionalFileEntryRef Main =
        Sources.getFileEntryRefForID(Sources.getMainFileID());
    return Known->second =
               !Entry || !Main ||
               &Entry->getDir().getDirEntry() == &Main->getDir().getDirEntry();
  }

  const ParseOptions &Options;
  Preprocessor &Macros;
  ParsedUnit &Output;
  std::vector<const Decl *> TopLevel;
  std::vector<const FunctionDecl *> Bodiless;
  llvm::DenseMap<FileID, bool> OwnFiles;
};

class LoweringAction : public ASTFrontendAction {
public:
  LoweringAction(const ParseOptions &Options, ParsedUnit &Output)
      : Options(Options), Output(Output) {}

  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &Compiler,
                                                 llvm::StringRef) override {
    // Code under analysis has no business crashing its reader.
    Compiler.getPreprocessorOpts().DisablePragmaDebugCrash = true;
    Compiler.getFrontendOpts().SkipFunctionBodies = Options.Usable != nullptr;
    if (Options.Observer)
      Options.Observer->beginUnit(Compiler.getPreprocessor());
    return std::make_unique<LoweringConsumer>(
        Options, Compiler.getPreprocessor(), Output);
  }

private:
  const ParseOptions &Options;
  ParsedUnit &Output;
};

/// Keeps the first errors, as one text.
class ErrorKeeper : public DiagnosticConsumer {
public:
  void HandleDiagnostic(DiagnosticsEngine::Level Level,
                        const Diagnostic &Info) override {
    DiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (Level < DiagnosticsEngine::Error || ++Count > 2)
      return;
    llvm::SmallString<128> Message;
    Info.FormatDiagnostic(Message);
    if (!Text.empty())
      Text += "; ";
    if (Info.getLocation().isValid() && Info.hasSourceManager()) {
      PresumedLoc Place =
          Info.getSourceManager().getPresumedLoc(Info.getLocation());
      if (Place.isValid())
        Text += std::string(Place.getFilename()) + ":" +
                std::to_string(Place.getLine()) + ": ";
    }
    Text += Message.str();
  }

  std::string Text;

private:
  unsigned Count = 0;
};

} // namespace

char LackingBodies::ID = 0;

llvm::Expected<UnitSummary>
parseUnit(const CompileJob &Job, const FrontEndVocabulary &Vocabulary,
          llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
          UnitObserver *Observer, const UsableNames *Usable) {
  FileSystemOptions Options;
  Options.WorkingDir = Job.Directory;
  auto Manager =
      llvm::makeIntrusiveRefCnt<FileManager>(Options, std::move(Files));
  ParsedUnit Parsed;
  ErrorKeeper Errors;
  const ParseOptions How{Vocabulary, Observer, Usable};
  tooling::ToolInvocation Invocation(
      Job.Arguments, std::make_unique<LoweringAction>(How, Parsed),
      Manager.get());
  Invocation.setDiagnosticConsumer(&Errors);
  if (!Invocation.run() || Errors.getNumErrors())
    return llvm::createStringError(Errors.Text.empty()
                                       ? "the compiler could not be run on it"
                                       : Errors.Text);
  if (Parsed.Lacking)
    return llvm::make_error<LackingBodies>();
  Parsed.Summary.Source = Job.File;
  Parsed.Summary.Module = Job.Module;
  return std::move(Parsed.Summary);
}

} // namespace cocodma

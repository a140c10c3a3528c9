// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/UnitParser.h"

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

/// Collects the top-level declarations and has them lowered.
class LoweringConsumer : public ASTConsumer {
public:
  LoweringConsumer(const FrontEndVocabulary &Vocabulary, Preprocessor &Macros,
                   UnitObserver *Observer, UnitSummary &Output)
      : Vocabulary(Vocabulary), Macros(Macros), Observer(Observer),
        Output(Output) {}

  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (Decl *Declaration : Group)
      TopLevel.push_back(Declaration);
    return true;
  }

  void HandleTranslationUnit(ASTContext &Context) override {
    if (Context.getDiagnostics().hasErrorOccurred())
      return;
    Output = lowerUnit(Context, TopLevel, Vocabulary);
    if (Observer)
      Observer->endUnit(Context, Macros, Output);
  }

private:
  const FrontEndVocabulary &Vocabulary;
  Preprocessor &Macros;
  UnitObserver *Observer;
  UnitSummary &Output;
  std::vector<const Decl *> TopLevel;
};

class LoweringAction : public ASTFrontendAction {
public:
  LoweringAction(const FrontEndVocabulary &Vocabulary, UnitObserver *Observer,
                 UnitSummary &Output)
      : Vocabulary(Vocabulary), Observer(Observer), Output(Output) {}

  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &Compiler,
                                                 llvm::StringRef) override {
    // Code under analysis has no business crashing its reader.
    Compiler.getPreprocessorOpts().DisablePragmaDebugCrash = true;
    if (Observer)
      Observer->beginUnit(Compiler.getPreprocessor());
    return std::make_unique<LoweringConsumer>(
        Vocabulary, Compiler.getPreprocessor(), Observer, Output);
  }

private:
  const FrontEndVocabulary &Vocabulary;
  UnitObserver *Observer;
  UnitSummary &Output;
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

llvm::Expected<UnitSummary>
parseUnit(const CompileJob &Job, const FrontEndVocabulary &Vocabulary,
          llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
          UnitObserver *Observer) {
  FileSystemOptions Options;
  Options.WorkingDir = Job.Directory;
  auto Manager =
      llvm::makeIntrusiveRefCnt<FileManager>(Options, std::move(Files));
  UnitSummary Summary;
  ErrorKeeper Errors;
  tooling::ToolInvocation Invocation(
      Job.Arguments,
      std::make_unique<LoweringAction>(Vocabulary, Observer, Summary),
      Manager.get());
  Invocation.setDiagnosticConsumer(&Errors);
  if (!Invocation.run() || Errors.getNumErrors())
    return llvm::createStringError(Errors.Text.empty()
                                       ? "the compiler could not be run on it"
                                       : Errors.Text);
  Summary.Source = Job.File;
  Summary.Module = Job.Module;
  return Summary;
}

} // namespace cocodma

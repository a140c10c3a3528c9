// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/PrecompiledHeaders.h"

#include "frontend/ErrorKeeper.h"
#include "frontend/FitnessWatch.h"

#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendActions.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"

#include <algorithm>
#include <iterator>

using namespace clang;

namespace cocodma {
namespace {

constexpr llvm::StringLiteral RootsEnding = ".roots.h";

/// The file that includes the roots of a layer. There is none on the disk.
std::string rootsFile(llvm::StringRef Directory, llvm::StringRef Layer) {
  return (Directory + "/" + llvm::sys::path::filename(Layer) + RootsEnding)
      .str();
}

class PrecompileAction : public GeneratePCHAction {
public:
  PrecompileAction(std::string File, const PrecompiledHeaders *Base,
                   std::vector<Dependency> &Read, bool &IsUnfit)
      : File(std::move(File)), Base(Base), Read(Read), IsUnfit(IsUnfit) {}

protected:
  bool BeginInvocation(CompilerInstance &Compiler) override {
    Compiler.getFrontendOpts().OutputFile = File;
    Compiler.getFrontendOpts().UseTemporary = false;
    // Contents are compared, by hashes; times differ where nothing did.
    Compiler.getFrontendOpts().IncludeTimestamps = false;
    Compiler.getPreprocessorOpts().DisablePragmaDebugCrash = true;
    if (Base)
      beginWith(*Base, Compiler.getPreprocessorOpts());
    return GeneratePCHAction::BeginInvocation(Compiler);
  }

  bool BeginSourceFileAction(CompilerInstance &Compiler) override {
    if (Base)
      Compiler.getPreprocessor().addPPCallbacks(std::make_unique<FitnessWatch>(
          Compiler.getSourceManager(), *Base, IsUnfit));
    return GeneratePCHAction::BeginSourceFileAction(Compiler);
  }

  void EndSourceFileAction() override {
    Read = filesRead(getCompilerInstance().getSourceManager());
    llvm::erase_if(Read, [](const Dependency &One) {
      return llvm::StringRef(One.Path).ends_with(RootsEnding);
    });
    GeneratePCHAction::EndSourceFileAction();
  }

private:
  const std::string File;
  const PrecompiledHeaders *Base;
  std::vector<Dependency> &Read;
  bool &IsUnfit;
};

/// A file that is there for this process only, until it is renamed: it goes
/// with the process or this object.
class OwnFile {
public:
  explicit OwnFile(const std::string &Path) {
    if (llvm::sys::fs::createUniqueFile(Path + ".%%%%%%", Name))
      Name.clear();
    else
      llvm::sys::RemoveFileOnSignal(Name);
  }
  OwnFile(const OwnFile &) = delete;
  OwnFile &operator=(const OwnFile &) = delete;
  ~OwnFile() {
    if (Name.empty())
      return;
    (void)llvm::sys::fs::remove(Name);
    llvm::sys::DontRemoveFileOnSignal(Name);
  }

  /// Empty if it could not be made.
  std::string name() const { return Name.str().str(); }

  /// False if it cannot.
  bool rename(const std::string &Path) {
    if (llvm::sys::fs::rename(Name, Path))
      return false;
    llvm::sys::DontRemoveFileOnSignal(Name);
    Name.clear();
    return true;
  }

private:
  llvm::SmallString<256> Name;
};

std::string contentHash(llvm::StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  return Buffer ? llvm::utohexstr(llvm::xxh3_64bits((*Buffer)->getBuffer()))
                : "";
}

/// The strings of an array; false if it is none.
bool readStrings(const llvm::json::Object &From, llvm::StringRef Name,
                 std::vector<std::string> &To) {
  const llvm::json::Array *List = From.getArray(Name);
  if (!List)
    return false;
  for (const llvm::json::Value &Item : *List) {
    std::optional<llvm::StringRef> Text = Item.getAsString();
    if (!Text)
      return false;
    To.push_back(Text->str());
  }
  return true;
}

/// False also where a file is not as it was written.
bool readLayers(const llvm::json::Object &From, ContentHashes &Known,
                PrecompiledHeaders &To) {
  const llvm::json::Array *List = From.getArray("layers");
  if (!List || List->empty())
    return false;
  for (const llvm::json::Value &Item : *List) {
    const llvm::json::Object *Entry = Item.getAsObject();
    PrecompiledLayer Layer;
    if (!Entry || !readStrings(*Entry, "roots", Layer.Roots))
      return false;
    Layer.Path = Entry->getString("path").value_or("").str();
    Layer.Content = Entry->getString("content").value_or("").str();
    auto [Hash, New] = Known.try_emplace(Layer.Path);
    if (New)
      Hash->second = contentHash(Layer.Path);
    if (Layer.Content.empty() || Layer.Content != Hash->second)
      return false;
    To.Layers.push_back(std::move(Layer));
  }
  return true;
}

bool readFiles(const llvm::json::Object &From, PrecompiledHeaders &To) {
  const llvm::json::Array *List = From.getArray("files");
  if (!List)
    return false;
  for (const llvm::json::Value &Item : *List) {
    const llvm::json::Object *Entry = Item.getAsObject();
    Dependency File;
    if (!Entry ||
        Entry->getString("hash").value_or("").getAsInteger(16, File.Hash))
      return false;
    File.Path = Entry->getString("path").value_or("").str();
    File.Size = Entry->getInteger("size").value_or(0);
    File.ModificationTime = Entry->getInteger("time").value_or(0);
    To.Bytes += File.Size;
    To.Files.push_back(std::move(File));
  }
  return true;
}

} // namespace

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem>
withRoots(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
          llvm::StringRef Directory, llvm::ArrayRef<PrecompiledLayer> Layers) {
  auto InMemory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  for (const PrecompiledLayer &Layer : Layers) {
    std::string Text;
    for (const std::string &Root : Layer.Roots)
      Text += "#include <" + Root + ">\n";
    const std::string Name = rootsFile(Directory, Layer.Path);
    InMemory->addFile(Name, 0,
                      llvm::MemoryBuffer::getMemBufferCopy(Text, Name));
  }
  auto Overlay =
      llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(std::move(Files));
  Overlay->pushOverlay(InMemory);
  return Overlay;
}

void beginWith(const PrecompiledHeaders &Headers,
               PreprocessorOptions &Options) {
  Options.ImplicitPCHInclude = Headers.Layers.back().Path;
  // Who chose the headers compared more than the compiler would.
  Options.DisablePCHOrModuleValidation = DisableValidationForModuleKind::All;
}

bool hasFileBeside(const PrecompiledHeaders &Headers,
                   llvm::StringRef MainFile) {
  const llvm::StringRef Own = llvm::sys::path::parent_path(MainFile);
  return llvm::any_of(Headers.Files, [&](const Dependency &File) {
    return llvm::sys::path::parent_path(File.Path) == Own;
  });
}

void addFiles(const std::vector<Dependency> &Others,
              std::vector<Dependency> &To) {
  std::vector<Dependency> All;
  std::set_union(To.begin(), To.end(), Others.begin(), Others.end(),
                 std::back_inserter(All),
                 [](const Dependency &Left, const Dependency &Right) {
                   return Left.Path < Right.Path;
                 });
  To = std::move(All);
}

llvm::Expected<PrecompiledHeaders>
precompile(const CompileJob &Job, const std::vector<std::string> &Roots,
           const PrecompiledHeaders *Base,
           llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
           const std::string &Path) {
  PrecompiledHeaders Result;
  if (Base)
    Result.Layers = Base->Layers;
  Result.Layers.push_back({Path, Roots, ""});
  FileSystemOptions Options;
  Options.WorkingDir = Job.Directory;
  auto Manager = llvm::makeIntrusiveRefCnt<FileManager>(
      Options, withRoots(std::move(Files), Job.Directory, Result.Layers));
  OwnFile Written(Path);
  // The compiler would choose a place of its own.
  if (Written.name().empty())
    return llvm::createStringError(Path + ": cannot be written");
  ErrorKeeper Errors;
  bool IsUnfit = false;
  std::vector<std::string> Arguments = Job.Arguments;
  Arguments.insert(Arguments.end(),
                   {"-x", "c-header", rootsFile(Job.Directory, Path)});
  tooling::ToolInvocation Invocation(
      std::move(Arguments),
      std::make_unique<PrecompileAction>(Written.name(), Base, Result.Files,
                                         IsUnfit),
      Manager.get());
  Invocation.setDiagnosticConsumer(&Errors);
  const bool Ran = Invocation.run();
  if (IsUnfit)
    return llvm::make_error<UnfitHeaders>();
  if (!Ran || Errors.getNumErrors())
    return llvm::createStringError(Errors.Text.empty()
                                       ? "the compiler could not be run on it"
                                       : Errors.Text);
  if (!Written.rename(Path))
    return llvm::createStringError(Path + ": cannot be written");
  Result.Layers.back().Content = contentHash(Path);
  if (Base)
    addFiles(Base->Files, Result.Files);
  for (const Dependency &File : Result.Files)
    Result.Bytes += File.Size;
  return Result;
}

bool describe(const PrecompiledHeaders &Headers,
              const std::string &Description) {
  llvm::json::Array Layers, Files;
  for (const PrecompiledLayer &Layer : Headers.Layers)
    Layers.push_back(
        llvm::json::Object{{"path", llvm::json::fixUTF8(Layer.Path)},
                           {"roots", llvm::json::Array(Layer.Roots)},
                           {"content", Layer.Content}});
  for (const Dependency &File : Headers.Files)
    Files.push_back(llvm::json::Object{{"path", llvm::json::fixUTF8(File.Path)},
                                       {"hash", llvm::utohexstr(File.Hash)},
                                       {"size", int64_t(File.Size)},
                                       {"time", File.ModificationTime}});
  const llvm::json::Value All =
      llvm::json::Object{{"layers", std::move(Layers)},
                         {"folders", llvm::json::Array(Headers.Folders)},
                         {"files", std::move(Files)}};
  return !llvm::errorToBool(llvm::writeToOutput(
      Description, [&](llvm::raw_ostream &Out) -> llvm::Error {
        Out << All;
        return llvm::Error::success();
      }));
}

std::optional<PrecompiledHeaders>
readDescription(const std::string &Description, ContentHashes &Known) {
  auto Buffer = llvm::MemoryBuffer::getFile(Description);
  if (!Buffer)
    return std::nullopt;
  llvm::Expected<llvm::json::Value> All =
      llvm::json::parse((*Buffer)->getBuffer());
  if (!All) {
    llvm::consumeError(All.takeError());
    return std::nullopt;
  }
  const llvm::json::Object *Top = All->getAsObject();
  PrecompiledHeaders Result;
  if (!Top || !readLayers(*Top, Known, Result) ||
      !readStrings(*Top, "folders", Result.Folders) || !readFiles(*Top, Result))
    return std::nullopt;
  return Result;
}

} // namespace cocodma

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/SourceText.h"

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;
namespace path = llvm::sys::path;

namespace cocodma {
namespace {

/// True if the name is relative and has no "..".
bool staysBelow(StringRef Name) {
  if (Name.empty() || path::is_absolute(Name) || Name.contains('\0'))
    return false;
  for (StringRef Part : llvm::make_range(path::begin(Name), path::end(Name)))
    if (Part == "..")
      return false;
  return true;
}

} // namespace

SourceText::SourceText(std::string GivenRoot,
                       llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Given)
    : Root(std::move(GivenRoot)), Files(std::move(Given)) {
  if (!Files)
    Files = llvm::vfs::getRealFileSystem();
  llvm::SmallString<256> Real;
  if (!Root.empty() && !llvm::sys::fs::real_path(Root, Real))
    Root = Real.str().str();
}

const SourceText::File &SourceText::open(StringRef Name) {
  auto [Entry, New] = Opened.try_emplace(Name);
  File &Result = Entry->second;
  if (!New || Root.empty() || !staysBelow(Name))
    return Result;
  llvm::SmallString<256> Path(Root);
  path::append(Path, Name);
  llvm::SmallString<256> Real;
  // A file that only an overlay has has no real path.
  if (!llvm::sys::fs::real_path(Path, Real) && !Real.starts_with(Root + "/"))
    return Result;
  constexpr uint64_t Largest = 16u << 20;
  auto Status = Files->status(Path);
  if (!Status || !Status->isRegularFile() || Status->getSize() > Largest)
    return Result;
  auto Buffer = Files->getBufferForFile(Path);
  if (!Buffer)
    return Result;
  Result.Buffer = std::move(*Buffer);
  StringRef Rest = Result.Buffer->getBuffer();
  while (!Rest.empty()) {
    auto [Line, Tail] = Rest.split('\n');
    Line.consume_back("\r");
    Result.Lines.push_back(Line);
    Rest = Tail;
  }
  return Result;
}

const StringRef *SourceText::line(StringRef Name, unsigned Line) {
  const File &Source = open(Name);
  return Line && Line <= Source.Lines.size() ? &Source.Lines[Line - 1]
                                             : nullptr;
}

unsigned SourceText::columnInUtf16(StringRef Name, unsigned Line,
                                   unsigned Column) {
  const StringRef *Text = line(Name, Line);
  if (!Text || !Column)
    return Column;
  StringRef Before = Text->take_front(Column - 1);
  unsigned Units = 0;
  for (size_t At = 0; At < Before.size();) {
    size_t Length =
        llvm::getNumBytesForUTF8(static_cast<llvm::UTF8>(Before[At]));
    const auto *Begin =
        reinterpret_cast<const llvm::UTF8 *>(Before.bytes_begin()) + At;
    // A byte that starts no character is shown as one.
    if (Length > Before.size() - At ||
        !llvm::isLegalUTF8Sequence(Begin, Begin + Length))
      Length = 1;
    Units += Length == 4 ? 2 : 1;
    At += Length;
  }
  return Units + 1 + (Column - 1 - Before.size());
}

} // namespace cocodma

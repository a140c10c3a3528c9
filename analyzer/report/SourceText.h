// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lines of the sources that a report talks about, for quotation.
#ifndef COCODMA_REPORT_SOURCETEXT_H
#define COCODMA_REPORT_SOURCETEXT_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <memory>
#include <string>
#include <vector>

namespace cocodma {

/// Reads files below a folder, each once. A report may come from anywhere: what
/// would lead out of the folder, by its name or by a symbolic link, has no
/// lines, and neither has what is larger than 16 MiB.
class SourceText {
public:
  /// Files are looked up in \p Root by way of \p Files (null: the real file
  /// system). An empty root has no lines at all.
  explicit SourceText(
      std::string Root = "",
      llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files = nullptr);

  /// The folder; empty if there is none.
  llvm::StringRef root() const { return Root; }

  /// Line \p Line (from 1) of \p File, without its end; null if there is none.
  /// Valid as long as this object.
  const llvm::StringRef *line(llvm::StringRef File, unsigned Line);

  /// The column of that place as editors and SARIF count it: in UTF-16 code
  /// units, from 1, where \p Column counts bytes. The same if the line is not
  /// at hand.
  unsigned columnInUtf16(llvm::StringRef File, unsigned Line, unsigned Column);

  /// From now on \p File has no lines.
  void leaveOut(llvm::StringRef File) { Opened[File] = {}; }

private:
  struct File {
    std::unique_ptr<llvm::MemoryBuffer> Buffer;
    std::vector<llvm::StringRef> Lines;
  };
  const File &open(llvm::StringRef Name);

  std::string Root;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
  llvm::StringMap<File> Opened;
};

/// The sources of the two sides that a report compares; of a report about one
/// tree only the first.
struct ReportSources {
  SourceText After;
  /// What fixed findings are quoted from.
  SourceText Before;
};

} // namespace cocodma

#endif // COCODMA_REPORT_SOURCETEXT_H

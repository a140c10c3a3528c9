// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The file that `cocodma link` writes: the units of a tree, the vocabulary they
// were judged with, and what came of it, so that who looks at one unit only
// (the clang-tidy plugin) knows the rest. The format is private to one version
// of the program, as that of the cache is: anything that does not fit is an
// error, never a crash.
#ifndef COCODMA_TREE_TREEFILE_H
#define COCODMA_TREE_TREEFILE_H

#include "report/Report.h"
#include "spec/Spec.h"
#include "summary/UnitSummary.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace cocodma {

/// Increases with every change of the file's layout or of its meaning.
inline constexpr uint32_t TreeFileVersion = 2;

/// The built-in spec, or one that is laid over those before it.
struct SpecLayer {
  std::string Name; ///< The file, for errors.
  std::string Text;
};

/// What stands in front of the units.
struct TreeHead {
  std::string Root; ///< The kernel's tree: an absolute path without links.
  std::vector<SpecLayer> Specs;
  std::vector<std::string> Profiles; ///< That were judged, by name.
  Report Judged;                     ///< Suppressions are applied.
};

/// Writes a tree to \p Out.
void writeTree(const TreeHead &Head, llvm::ArrayRef<UnitSummary> Units,
               llvm::raw_ostream &Out);

/// A tree, read. Units stay bytes until they are asked for.
class TreeFile {
public:
  /// The tree in \p Bytes; \p Name is what errors call it. The error says what
  /// to do.
  static llvm::Expected<TreeFile>
  read(std::unique_ptr<llvm::MemoryBuffer> Bytes, llvm::StringRef Name);
  /// As read(), for the file \p Path.
  static llvm::Expected<TreeFile> open(llvm::StringRef Path);

  const TreeHead &head() const { return Head; }
  /// The vocabulary that the tree was judged with.
  const Spec &spec() const { return Vocabulary; }
  /// Those of the spec that were judged.
  std::vector<const Profile *> profiles() const;

  size_t unitCount() const { return Units.size(); }
  /// The absolute path of a unit's main file.
  llvm::StringRef source(size_t Unit) const { return Units[Unit].Source; }
  /// The main files that are not as they were when the tree was linked; they
  /// are read. Headers are not looked at.
  std::vector<std::string> changedSources() const;
  /// A unit; an error if its bytes are damaged or of another version.
  llvm::Expected<UnitSummary> unit(size_t Unit) const;

private:
  struct Entry {
    std::string Source;
    std::string Content; ///< The hash of the main file; empty if not known.
    llvm::StringRef Bytes;
  };
  llvm::Error readHead(llvm::StringRef Text, llvm::StringRef Rest);

  std::string Name;
  std::unique_ptr<llvm::MemoryBuffer> Bytes;
  TreeHead Head;
  Spec Vocabulary;
  std::vector<Entry> Units;
};

} // namespace cocodma

#endif // COCODMA_TREE_TREEFILE_H

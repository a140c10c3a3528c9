// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/Overlay.h"

#include "gate/HunkPlaces.h"
#include "gate/PatchApply.h"
#include "report/Escape.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using llvm::StringRef;
using llvm::Twine;
namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;
namespace vfs = llvm::vfs;

namespace cocodma {
namespace {

constexpr uint64_t LargestFile = 64u << 20;

/// What an overlay has at a path.
struct Entry {
  std::optional<std::string> Text;
  vfs::Status Status;
};

/// An open file of an overlay.
class OverlayFile : public vfs::File {
public:
  OverlayFile(const Entry &What, const Twine &Name)
      : What(What), Name(Name.str()) {}

  llvm::ErrorOr<vfs::Status> status() override {
    return vfs::Status::copyWithNewName(What.Status, Name);
  }
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>>
  getBuffer(const Twine &Wanted, int64_t, bool RequiresNull, bool) override {
    return llvm::MemoryBuffer::getMemBuffer(*What.Text, Wanted.str(),
                                            RequiresNull);
  }
  std::error_code close() override { return {}; }

private:
  const Entry &What;
  std::string Name;
};

class OverlayFileSystem : public vfs::ProxyFileSystem {
public:
  OverlayFileSystem(const Overlay &Changes,
                    const std::vector<std::string> &Roots,
                    llvm::IntrusiveRefCntPtr<vfs::FileSystem> Base)
      : ProxyFileSystem(std::move(Base)) {
    for (const auto &[Name, Text] : Changes) {
      // One file whatever the way that leads to it.
      fs::UniqueID Id = vfs::getNextVirtualUniqueID();
      for (const std::string &Root : Roots) {
        llvm::SmallString<256> Path(Root);
        path::append(Path, Name);
        Entries.try_emplace(
            Path, Entry{Text, vfs::Status(
                                  Path, Id, {}, 0, 0, Text ? Text->size() : 0,
                                  fs::file_type::regular_file, fs::all_read)});
      }
    }
  }

  llvm::ErrorOr<vfs::Status> status(const Twine &Path) override {
    const Entry *Found = find(Path);
    if (!Found)
      return ProxyFileSystem::status(Path);
    if (!Found->Text)
      return std::make_error_code(std::errc::no_such_file_or_directory);
    return vfs::Status::copyWithNewName(Found->Status, Path);
  }
  bool exists(const Twine &Path) override {
    const Entry *Found = find(Path);
    return Found ? Found->Text.has_value() : ProxyFileSystem::exists(Path);
  }
  llvm::ErrorOr<std::unique_ptr<vfs::File>>
  openFileForRead(const Twine &Path) override {
    const Entry *Found = find(Path);
    if (!Found)
      return ProxyFileSystem::openFileForRead(Path);
    if (!Found->Text)
      return std::make_error_code(std::errc::no_such_file_or_directory);
    return std::make_unique<OverlayFile>(*Found, Path);
  }

private:
  const Entry *find(const Twine &Given) const {
    llvm::SmallString<256> Path;
    Given.toVector(Path);
    if (makeAbsolute(Path))
      return nullptr;
    path::remove_dots(Path, /*remove_dot_dot=*/true);
    auto Found = Entries.find(Path);
    return Found == Entries.end() ? nullptr : &Found->second;
  }

  llvm::StringMap<Entry> Entries;
};

/// Applies one patch; the state is that of the tree before it.
class Applier {
public:
  Applier(StringRef Root, PatchedTree &Tree) : Root(Root), Tree(Tree) {}

  llvm::Error apply(const FilePatch &File) {
    using enum FilePatch::Action;
    if (File.Binary) {
      Tree.Notes.push_back(plainText(File.NewPath) +
                           ": a binary hunk, not applied");
      Tree.NotApplied.insert(File.NewPath);
      if (File.What == Remove)
        Tree.Changes[File.OldPath] = std::nullopt;
      return llvm::Error::success();
    }
    llvm::Expected<std::optional<std::string>> Old = read(File.OldPath);
    if (!Old)
      return Old.takeError();
    if (File.What == Add ? Old->has_value() : !Old->has_value())
      return error(File.OldPath,
                   File.What == Add ? "exists already" : "is not in the tree");
    if (File.What == Rename || File.What == Copy) {
      llvm::Expected<std::optional<std::string>> New = read(File.NewPath);
      if (!New)
        return New.takeError();
      if (New->has_value())
        return error(File.NewPath, "exists already");
    }
    std::vector<unsigned> Starts;
    llvm::Expected<std::string> Text =
        applyHunks(Old->value_or(""), File.Hunks, Starts);
    if (!Text)
      return error(File.OldPath, llvm::toString(Text.takeError()));
    if (File.What == Remove && !Text->empty())
      return error(File.OldPath, "is removed, but not all of it is in the "
                                 "patch");
    keep(File, std::move(*Text), Starts);
    return llvm::Error::success();
  }

private:
  llvm::Error error(StringRef File, const Twine &Problem) const {
    return llvm::createStringError(
        plainText(File) + ": " + Problem +
        "; is the patch for this tree, and not applied already?");
  }

  void keep(const FilePatch &File, std::string Text,
            llvm::ArrayRef<unsigned> Starts) {
    using enum FilePatch::Action;
    moveHunks(File, Starts, Tree.Hunks);
    for (auto [Given, Start] : llvm::zip(File.Hunks, Starts)) {
      Hunk New;
      New.Patch = Tree.PatchNumber;
      New.File = File.NewPath;
      New.Start = Start;
      New.Count = Given.NewCount;
      New.Text = (Given.Header + "\n" + Given.Body).str();
      Tree.Hunks.push_back(std::move(New));
    }
    if (File.What == Rename) {
      Tree.Changes[File.OldPath] = std::nullopt;
      auto Earlier = Tree.RenamedFrom.find(File.OldPath);
      Tree.RenamedFrom[File.NewPath] =
          Earlier == Tree.RenamedFrom.end() ? File.OldPath : Earlier->second;
    }
    if (File.What == Remove)
      Tree.Changes[File.OldPath] = std::nullopt;
    else
      Tree.Changes[File.NewPath] = std::move(Text);
  }

  /// The text of a file as it is before this patch; nothing if there is none.
  llvm::Expected<std::optional<std::string>> read(const std::string &Name) {
    auto Found = Tree.Changes.find(Name);
    if (Found != Tree.Changes.end())
      return Found->second;
    llvm::SmallString<256> Path(Root), Real;
    path::append(Path, Name);
    fs::file_status Link;
    if (fs::status(Path, Link, /*follow=*/false) || !fs::exists(Link))
      return std::nullopt;
    if (fs::is_symlink_file(Link))
      return error(Name, "is a symbolic link, which is not followed");
    if (!fs::is_regular_file(Link))
      return error(Name, "is no regular file");
    if (fs::real_path(Path, Real) || !Real.starts_with((Root + "/").str()))
      return error(Name, "leads out of the tree");
    if (Link.getSize() > LargestFile)
      return error(Name, "is too large");
    auto Buffer = llvm::MemoryBuffer::getFile(Path);
    if (std::error_code Reason = Buffer.getError())
      return error(Name, "cannot be read: " + Reason.message());
    return (*Buffer)->getBuffer().str();
  }

  StringRef Root;
  PatchedTree &Tree;
};

} // namespace

llvm::IntrusiveRefCntPtr<vfs::FileSystem>
makeOverlay(const Overlay &Changes, const std::vector<std::string> &Roots,
            llvm::IntrusiveRefCntPtr<vfs::FileSystem> Base) {
  return llvm::makeIntrusiveRefCnt<OverlayFileSystem>(Changes, Roots,
                                                      std::move(Base));
}

llvm::Error applyPatch(const Patch &One, StringRef Root, PatchedTree &Tree) {
  Applier Work(Root, Tree);
  for (const FilePatch &File : One.Files)
    if (llvm::Error E = Work.apply(File))
      return E;
  return llvm::Error::success();
}

} // namespace cocodma

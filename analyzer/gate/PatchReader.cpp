// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "gate/PatchReader.h"

#include "gate/DiffParser.h"
#include "gate/MailReader.h"
#include "report/Escape.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"

#include <map>

using llvm::StringRef;

namespace cocodma {
namespace {

llvm::Error tooLarge(StringRef Name) {
  return llvm::createStringError(
      Name + ": larger than " + llvm::Twine(LargestPatch >> 20) +
      " MiB, which no patch for review is; split it, or use --range in a git "
      "tree");
}

/// The n of "[PATCH v2 n/m]"; nothing if the subject has none.
std::optional<unsigned> numberOf(StringRef Subject) {
  static const llvm::Regex Form("^[^]]*\\[[^]]*[ [0]([0-9]+)/[0-9]+[^]]*\\]");
  llvm::SmallVector<StringRef, 2> Parts;
  unsigned Number;
  if (!Form.match(Subject, &Parts) || Parts[1].getAsInteger(10, Number))
    return std::nullopt;
  return Number;
}

bool isReply(StringRef Subject) {
  return Subject.starts_with_insensitive("re:") ||
         Subject.starts_with_insensitive("aw:");
}

class Reader {
public:
  explicit Reader(StringRef Name) : Name(Name) {}

  llvm::Expected<PatchSeries> read(StringRef Text) {
    if (looksLikeMail(Text)) {
      if (llvm::Error E = mails(Text))
        return std::move(E);
    } else if (llvm::Error E = diff(Text)) {
      return std::move(E);
    }
    if (Series.Patches.empty())
      return llvm::createStringError(
          Name + ": no patch in it; a unified diff, a mail or an mbox is "
                 "wanted, as `git diff`, `git format-patch` or `b4 am` write "
                 "it");
    return std::move(Series);
  }

private:
  /// Keeps \p Text with LF as line ends, if a mailer made them CR LF, and one
  /// at its end.
  StringRef keep(std::string Text) {
    if (hasForeignLineEnds(Text)) {
      size_t To = 0;
      for (size_t I = 0; I < Text.size(); ++I)
        if (Text[I] != '\r' || I + 1 == Text.size() || Text[I + 1] != '\n')
          Text[To++] = Text[I];
      Text.resize(To);
    }
    if (!Text.empty() && Text.back() != '\n')
      Text += '\n';
    Series.Texts.push_back(std::move(Text));
    return Series.Texts.back();
  }

  llvm::Error diff(StringRef Text) {
    StringRef Kept = keep(Text.str());
    static const llvm::Regex Commit("^commit [0-9a-f]{40}",
                                    llvm::Regex::Newline);
    if (Commit.match(Kept) &&
        Commit.match(Kept.drop_front(Kept.find("commit ") + 7)))
      return llvm::createStringError(
          Name + ": several commits, as `git log -p` shows them, the newest "
                 "first; use `git format-patch --stdout` or --range");
    Patch Whole;
    if (llvm::Error E = parseDiffs(Kept, Name, Whole.Files))
      return E;
    if (!Whole.Files.empty())
      Series.Patches.push_back(std::move(Whole));
    return llvm::Error::success();
  }

  llvm::Error mails(StringRef Text) {
    std::vector<Mail> Mails = readMails(Text);
    bool HaveOwn =
        llvm::any_of(Mails, [](const Mail &M) { return !isReply(M.Subject); });
    std::multimap<unsigned, Patch> ByNumber;
    size_t Files = 0;
    for (Mail &M : Mails) {
      if (HaveOwn && isReply(M.Subject)) {
        Series.Notes.push_back("left out, a reply: " + plainText(M.Subject));
        continue;
      }
      Patch One;
      One.Subject = plainText(M.Subject);
      std::string Where = (Name + " (" + One.Subject + ")").str();
      if (llvm::Error E = parseDiffs(keep(std::move(M.Text)), Where, One.Files))
        return E;
      Files += One.Files.size();
      if (Files > MostPatchedFiles)
        return tooLarge(Name);
      if (One.Files.empty())
        Series.Notes.push_back("no diff in: " + One.Subject);
      else
        ByNumber.emplace(numberOf(One.Subject).value_or(0), std::move(One));
    }
    for (auto &[Number, One] : ByNumber)
      Series.Patches.push_back(std::move(One));
    return llvm::Error::success();
  }

  StringRef Name;
  PatchSeries Series;
};

} // namespace

llvm::Expected<PatchSeries> readPatches(StringRef Text, StringRef Name) {
  if (Text.size() > LargestPatch)
    return tooLarge(Name);
  return Reader(Name).read(Text);
}

llvm::Expected<PatchSeries> readPatchFile(StringRef Path) {
  auto Bad = [&](std::error_code Reason) {
    return llvm::createStringError(
        Reason, Path + ": cannot be read: " + Reason.message());
  };
  llvm::Expected<llvm::sys::fs::file_t> File =
      Path == "-" ? llvm::sys::fs::getStdinHandle()
                  : llvm::sys::fs::openNativeFileForRead(Path);
  if (!File)
    return Bad(llvm::errorToErrorCode(File.takeError()));
  // Read in pieces: an input without an end must not fill the memory.
  llvm::SmallVector<char, 0> Text;
  llvm::Error Problem = llvm::Error::success();
  while (Text.size() <= LargestPatch) {
    constexpr size_t Piece = 1u << 16;
    size_t Size = Text.size();
    Text.resize_for_overwrite(Size + Piece);
    llvm::Expected<size_t> Got = llvm::sys::fs::readNativeFile(
        *File, llvm::MutableArrayRef(Text.data() + Size, Piece));
    Text.truncate(Size + (Got ? *Got : 0));
    if (!Got) {
      Problem = Bad(llvm::errorToErrorCode(Got.takeError()));
      break;
    }
    if (!*Got)
      break;
  }
  if (Path != "-")
    if (std::error_code Reason = llvm::sys::fs::closeFile(*File);
        Reason && !Problem)
      return Bad(Reason);
  if (Problem)
    return std::move(Problem);
  return readPatches(StringRef(Text.data(), Text.size()),
                     Path == "-" ? "standard input" : Path);
}

} // namespace cocodma

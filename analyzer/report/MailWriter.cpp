// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/MailWriter.h"

#include "report/Chain.h"
#include "report/Escape.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using llvm::StringRef;

namespace cocodma {
namespace {

constexpr size_t Columns = 76;
constexpr unsigned MostHunkLines = 40;
constexpr unsigned MostOld = 100;

std::string placeOf(const SourceLocation &L) {
  std::string Text = plainText(L.File.empty() ? "?" : StringRef(L.File));
  if (L.Line)
    Text += ":" + std::to_string(L.Line);
  if (L.Line && L.Column)
    Text += ":" + std::to_string(L.Column);
  return Text;
}

class Writer {
public:
  Writer(const Report &R, SourceText &Sources, llvm::raw_ostream &Out)
      : R(R), Sources(Sources), Out(Out) {}

  void write() {
    opening();
    bool Compared = R.Gate.has_value();
    section(Compared ? "New findings:" : "Findings:", [&](const Finding &F) {
      return !F.Suppression && (!F.Change || *F.Change == Change::Introduced);
    });
    if (R.Gate)
      fixed();
    patches();
    old();
    suppressed();
    limits();
    reproduction();
  }

private:
  /// A paragraph, broken into lines; those of an item hang below its text.
  void prose(StringRef Text, unsigned Indent = 0) {
    std::string Line(Indent, ' ');
    if (Text.starts_with("* "))
      Indent += 2;
    size_t Begin = Line.size();
    llvm::SmallVector<StringRef, 32> Words;
    std::string Plain = plainText(Text);
    StringRef(Plain).split(Words, ' ', -1, /*KeepEmpty=*/false);
    for (StringRef Word : Words) {
      if (Line.size() > Begin && Line.size() + 1 + Word.size() > Columns) {
        Out << Line << "\n";
        Line.assign(Indent, ' ');
        Begin = Line.size();
      }
      if (Line.size() > Begin)
        Line += ' ';
      Line += Word;
    }
    Out << Line << "\n";
  }

  void opening() {
    Out << "Hi,\n\n";
    if (R.Gate) {
      StringRef What = R.Gate->Patches.empty() ? "patch" : "series";
      prose("this is what the " + What.str() +
            " does to the confidentiality of the "
            "guest's data: " +
            R.Gate->Verdict + ".");
      Out << "\n";
      for (const std::string &Reason : R.Gate->Reasons)
        prose("* " + Reason, 2);
      Out << "\n";
    } else {
      unsigned Count = countReported(R.Findings);
      prose("this is what was found in this tree: " + std::to_string(Count) +
            (Count == 1 ? " finding." : " findings."));
      Out << "\n";
    }
    if (isSaidIncomplete(R)) {
      prose("INCOMPLETE: something that was asked for was not analyzed; see "
            "below. No conclusion about it can be drawn.");
      Out << "\n";
    }
  }

  template <typename Predicate> void section(StringRef Title, Predicate Want) {
    bool First = true;
    for (const Finding &F : R.Findings) {
      if (!Want(F))
        continue;
      if (First)
        Out << Title << "\n\n";
      First = false;
      finding(F);
    }
  }

  void headline(const Finding &F) {
    Out << "   " << placeOf(F.Location) << ": " << nameOf(F.Verdict) << ": "
        << plainText(F.Message) << " [" << plainText(F.Check) << "]\n";
  }

  void finding(const Finding &F) {
    headline(F);
    Out << "\n";
    const Hunk *Around = hunkOf(F.Location);
    const Hunk *Cause = Around ? Around : causeOf(F);
    if (Cause)
      quoteHunk(*Cause);
    if (!Around)
      quoteSource(F);
    std::vector<std::string> Links;
    for (const ChainLink &Link : chainOf(F))
      Links.push_back(Link.Name + " (" + Link.Detail + ")");
    if (!Links.empty())
      prose("Way of the data: " + llvm::join(Links, " -> "), 3);
    prose("On " + llvm::join(F.Profiles, ", ") +
              (F.Guard.empty() ? "" : " if " + F.Guard),
          3);
    Out << "   Path:\n";
    unsigned Number = 0;
    for (const TraceStep &Step : F.Trace)
      Out << llvm::format("   %3u. ", ++Number) << placeOf(Step.Location)
          << ": " << plainText(Step.Message) << "\n";
    Out << "   Validation: " << nameOf(F.Validation.Status);
    if (!F.Validation.Detail.empty())
      Out << " (" << plainText(F.Validation.Detail) << ")";
    Out << "\n   Fingerprint: " << plainText(F.Fingerprint) << "\n";
    if (!F.ChangeNote.empty())
      prose("Note: " + F.ChangeNote, 3);
    Out << "\n";
  }

  void quoteHunk(const Hunk &H) {
    if (H.Patch && H.Patch <= R.Gate->Patches.size())
      prose("From " + R.Gate->Patches[H.Patch - 1].Subject + ":", 3);
    Out << "> --- " << plainText(H.File) << "\n";
    llvm::SmallVector<StringRef, 64> Lines;
    StringRef(H.Text).split(Lines, '\n', -1, /*KeepEmpty=*/true);
    if (!Lines.empty() && Lines.back().empty())
      Lines.pop_back();
    for (StringRef Line : llvm::ArrayRef(Lines).take_front(MostHunkLines))
      Out << "> " << plainSource(Line) << "\n";
    if (Lines.size() > MostHunkLines)
      Out << "> [...]\n";
    Out << "\n";
  }

  /// The hunk that an introduced finding is likely due to, where none is around
  /// its own line: one on its path, the last first, else one that is near.
  const Hunk *causeOf(const Finding &F) {
    if (!R.Gate)
      return nullptr;
    for (const TraceStep &Step : llvm::reverse(F.Trace))
      if (const Hunk *H = hunkOf(Step.Location))
        return H;
    constexpr unsigned Near = 30;
    for (const Hunk &H : R.Gate->Hunks)
      if (H.File == F.Location.File &&
          F.Location.Line < H.Start + H.Count + Near &&
          F.Location.Line + Near >= H.Start)
        return &H;
    return nullptr;
  }

  /// The hunk around a line: of several patches of a series the one that adds
  /// the line, if one does.
  const Hunk *hunkOf(const SourceLocation &L) {
    const Hunk *Result = nullptr;
    if (!R.Gate)
      return nullptr;
    const StringRef *Source = Sources.line(L.File, L.Line);
    std::string Added = Source ? ("\n+" + *Source + "\n").str() : "";
    for (const Hunk &H : R.Gate->Hunks) {
      if (H.File != L.File || L.Line < H.Start || L.Line >= H.Start + H.Count)
        continue;
      if (Source && StringRef(H.Text).contains(Added))
        return &H;
      if (!Result)
        Result = &H;
    }
    return Result;
  }

  void quoteSource(const Finding &F) {
    unsigned Line = F.Location.Line;
    if (!Sources.line(F.Location.File, Line))
      return;
    Out << "vim +" << Line << " " << plainText(F.Location.File) << "\n\n";
    for (unsigned L = Line > 3 ? Line - 3 : 1; L <= Line + 3; ++L)
      if (const StringRef *Text = Sources.line(F.Location.File, L))
        Out << (L == Line ? " >" : "  ") << llvm::format("%6u  ", L)
            << plainSource(*Text) << "\n";
    Out << "\n";
  }

  void fixed() {
    if (R.Gate->Fixed.empty())
      return;
    Out << "Fixed:\n\n";
    for (const Finding &F : R.Gate->Fixed)
      headline(F);
    Out << "\n";
  }

  void patches() {
    if (!R.Gate || R.Gate->Patches.empty())
      return;
    Out << "Patch by patch:\n\n";
    for (const PatchResult &P : R.Gate->Patches) {
      Out << "   " << plainText(P.Verdict) << " (" << P.Introduced << " new, "
          << P.Fixed << " fixed): " << plainText(P.Subject) << "\n";
      if (P.Verdict == "no-effect")
        continue;
      for (const std::string &Reason : P.Reasons)
        prose("* " + Reason, 6);
    }
    Out << "\n";
  }

  void old() {
    unsigned Count = 0;
    for (const Finding &F : R.Findings) {
      if (F.Suppression || !F.Change || *F.Change == Change::Introduced)
        continue;
      if (!Count)
        Out << "Old findings (pre-existing, not from this patch):\n\n";
      if (++Count > MostOld)
        continue;
      headline(F);
      if (!F.ChangeNote.empty())
        prose("Note: " + F.ChangeNote, 6);
    }
    if (Count > MostOld)
      Out << "   ... and " << Count - MostOld << " more\n";
    if (Count)
      Out << "\n";
  }

  void suppressed() {
    bool First = true;
    for (const Finding &F : R.Findings) {
      if (!F.Suppression)
        continue;
      if (First)
        Out << "Suppressed in the source:\n\n";
      First = false;
      headline(F);
      prose("Reason given: " + *F.Suppression, 6);
    }
    if (!First)
      Out << "\n";
  }

  void limits() {
    bool First = true;
    for (const Skipped &S : R.Skipped) {
      if (S.Kind == "unresolved" || S.Kind == "construct")
        continue;
      if (First)
        Out << "Not analyzed:\n\n";
      First = false;
      prose(S.What + ": " + S.Reason + (S.Effect.empty() ? "" : "; ") +
                S.Effect,
            3);
    }
    if (!First)
      Out << "\n";
  }

  void reproduction() {
    Out << "How to reproduce:\n\n";
    Out << "   # in the kernel tree, configured and built as usual with LLVM\n"
        << "   make LLVM=1 compile_commands.json\n";
    if (R.Gate)
      Out << "   cocodma gate --kernel . -p . --patch THIS.patch\n\n";
    else
      Out << "   cocodma analyze --kernel . -p .\n\n";
    prose("Kernel " +
          (R.Kernel.Release.empty() ? "of unknown release" : R.Kernel.Release) +
          ", " + std::to_string(R.Summary.UnitsAnalyzed) + " units, profiles " +
          llvm::join(R.Profiles, ", ") + ".");
    Out << "\n-- \n"
        << plainText(R.Tool.Name) << " " << plainText(R.Tool.Version) << "\n";
  }

  const Report &R;
  SourceText &Sources;
  llvm::raw_ostream &Out;
};

} // namespace

void writeMail(const Report &R, SourceText &Sources, llvm::raw_ostream &Out) {
  Report Sorted = R;
  sortReport(Sorted);
  Writer(Sorted, Sources, Out).write();
}

} // namespace cocodma

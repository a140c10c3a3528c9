// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/MarkdownWriter.h"

#include "report/Chain.h"
#include "report/Escape.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace cocodma {
namespace {

constexpr size_t MostListed = 50;

using FindingList = std::vector<const Finding *>;

std::string placeOf(const SourceLocation &L) {
  std::string Text = L.File.empty() ? "?" : L.File;
  if (L.Line)
    Text += ":" + std::to_string(L.Line);
  return markdownCode(Text);
}

class Writer {
public:
  Writer(const Report &R, llvm::raw_ostream &Out) : R(R), Out(Out) {}

  void write() {
    heading();
    FindingList New, Old, Suppressed, Fixed;
    for (const Finding &F : R.Findings)
      (F.Suppression                                  ? Suppressed
       : !F.Change || *F.Change == Change::Introduced ? New
                                                      : Old)
          .push_back(&F);
    if (R.Gate)
      for (const Finding &F : R.Gate->Fixed)
        Fixed.push_back(&F);
    section(R.Gate ? "Introduced" : "Findings", New);
    details(New);
    section("Fixed", Fixed);
    section("Older findings", Old);
    section("Suppressed in the source", Suppressed);
    patches();
    rest();
  }

private:
  void heading() {
    Out << "## cocodma: ";
    if (R.Gate) {
      Out << "this patch **" << markdownText(R.Gate->Verdict) << "**\n\n";
      for (const std::string &Reason : R.Gate->Reasons)
        Out << "- " << markdownText(Reason) << "\n";
    } else {
      unsigned Count = countReported(R.Findings);
      Out << Count << (Count == 1 ? " finding\n" : " findings\n");
    }
    if (isSaidIncomplete(R))
      Out << "\n> **Incomplete:** something that was asked for was not "
             "analyzed; it is listed below.\n";
    Out << "\n";
  }

  void section(llvm::StringRef Title, const FindingList &List) {
    if (List.empty())
      return;
    Out << "### " << Title << " (" << List.size() << ")\n\n"
        << "| where | what | check | profiles |\n| --- | --- | --- | --- |\n";
    for (const Finding *F : llvm::ArrayRef(List).take_front(MostListed)) {
      Out << "| " << placeOf(F->Location) << " | " << markdownText(F->Message);
      if (F->Suppression)
        Out << " (" << markdownText(*F->Suppression) << ")";
      if (!F->ChangeNote.empty())
        Out << " (" << markdownText(F->ChangeNote) << ")";
      Out << " | " << markdownCode(F->Check) << " | "
          << markdownText(llvm::join(F->Profiles, ", ")) << " |\n";
    }
    if (List.size() > MostListed)
      Out << "\n" << List.size() - MostListed << " more are not listed.\n";
    Out << "\n";
  }

  void details(const FindingList &List) {
    for (const Finding *F : llvm::ArrayRef(List).take_front(MostListed)) {
      Out << "<details><summary>" << htmlText(F->Location.File) << ":"
          << F->Location.Line << ": " << htmlText(F->Message)
          << "</summary>\n\n";
      std::vector<std::string> Links;
      for (const ChainLink &Link : chainOf(*F))
        Links.push_back(markdownText(Link.Detail));
      if (!Links.empty())
        Out << llvm::join(Links, " → ") << "\n\n";
      if (!F->Guard.empty())
        Out << "If " << markdownCode(F->Guard) << ":\n\n";
      unsigned Number = 0;
      for (const TraceStep &Step : F->Trace)
        Out << ++Number << ". " << placeOf(Step.Location) << " "
            << markdownText(Step.Message) << "\n";
      Out << "\nValidation: " << nameOf(F->Validation.Status);
      if (!F->Validation.Detail.empty())
        Out << " (" << markdownText(F->Validation.Detail) << ")";
      Out << ". Fingerprint: " << markdownCode(F->Fingerprint)
          << ".\n\n</details>\n\n";
    }
  }

  void patches() {
    if (!R.Gate || R.Gate->Patches.empty())
      return;
    Out << "### Patch by patch\n\n| patch | verdict | introduced | fixed |\n"
           "| --- | --- | --- | --- |\n";
    for (const PatchResult &P : R.Gate->Patches)
      Out << "| " << markdownText(P.Subject) << " | " << P.Verdict << " | "
          << P.Introduced << " | " << P.Fixed << " |\n";
    Out << "\n";
  }

  void rest() {
    Out << R.Summary.UnitsAnalyzed << " units analyzed, "
        << R.Summary.UnitsFailed
        << " failed; profiles: " << markdownText(llvm::join(R.Profiles, ", "))
        << "; " << markdownText(R.Tool.Name) << " "
        << markdownText(R.Tool.Version) << ".\n";
    for (const StaleEntry &S : R.Stale)
      Out << "\nThe baseline's entry " << markdownCode(S.Fingerprint) << " ("
          << markdownText(S.Check) << ", " << markdownCode(S.File)
          << ") fits no finding any more.\n";
    if (R.Skipped.empty())
      return;
    Out << "\n<details><summary>Not analyzed (" << R.Skipped.size()
        << ")</summary>\n\n";
    for (const Skipped &S : llvm::ArrayRef(R.Skipped).take_front(MostListed))
      Out << "- " << markdownText(S.What) << ": " << markdownText(S.Reason)
          << "\n";
    if (R.Skipped.size() > MostListed)
      Out << "- and " << R.Skipped.size() - MostListed << " more\n";
    Out << "\n</details>\n";
  }

  const Report &R;
  llvm::raw_ostream &Out;
};

} // namespace

void writeMarkdown(const Report &R, llvm::raw_ostream &Out) {
  Report Sorted = R;
  sortReport(Sorted);
  Writer(Sorted, Out).write();
}

} // namespace cocodma

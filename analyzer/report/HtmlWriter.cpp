// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/HtmlWriter.h"

#include "report/Escape.h"
#include "report/HtmlFinding.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using llvm::StringRef;

namespace cocodma {
namespace {

constexpr StringRef Style =
#include "page-css.inc"
    ;
constexpr StringRef Script =
#include "page-js.inc"
    ;

class Writer {
public:
  Writer(const Report &R, SourceText &Sources, llvm::raw_ostream &Out)
      : R(R), Sources(Sources), Out(Out) {}

  void write() {
    Out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
           "<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
           "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
           "base-uri 'none'; form-action 'none'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width\">\n"
           "<title>cocodma report</title>\n<style>"
        << Style << "</style>\n</head>\n<body>\n<main>\n";
    heading();
    patches();
    findings();
    ledger();
    skipped();
    assumptions();
    Out << "</main>\n<script>" << Script << "</script>\n</body>\n</html>\n";
  }

private:
  void heading() {
    Out << "<h1>cocodma: ";
    if (R.Gate)
      Out << "<span class=\"" << htmlText(R.Gate->Verdict) << "\">"
          << htmlText(R.Gate->Verdict) << "</span>";
    else
      Out << countReported(R.Findings) << " findings";
    Out << "</h1>\n<p class=\"faint\">Kernel "
        << htmlText(R.Kernel.Release.empty() ? "of unknown release"
                                             : R.Kernel.Release)
        << ", " << R.Summary.UnitsAnalyzed << " units analyzed, "
        << R.Summary.UnitsFailed
        << " failed; profiles: " << htmlText(llvm::join(R.Profiles, ", "))
        << "; " << htmlText(R.Tool.Name) << " " << htmlText(R.Tool.Version)
        << "</p>\n";
    if (!R.Summary.Complete)
      Out << "<p class=\"incomplete\"><strong>Incomplete:</strong> something "
             "that was asked for was not analyzed; it is listed below.</p>\n";
    if (R.Gate)
      list(R.Gate->Reasons);
    list(R.Configuration.Warnings);
    for (const StaleEntry &S : R.Stale)
      Out << "<p class=\"changed\">The baseline's entry <code>"
          << htmlText(S.Fingerprint) << "</code> (" << htmlText(S.Check) << ", "
          << htmlText(S.File) << ") fits no finding any more.</p>\n";
  }

  void list(const std::vector<std::string> &Texts) {
    if (Texts.empty())
      return;
    Out << "<ul>\n";
    for (const std::string &Text : Texts)
      Out << "<li>" << htmlText(Text) << "</li>\n";
    Out << "</ul>\n";
  }

  void patches() {
    if (!R.Gate || R.Gate->Patches.empty())
      return;
    Out << "<h2>Patch by patch</h2>\n<div class=\"wide\"><table "
           "class=\"ledger\"><thead><tr><th>patch</th><th>verdict</th>"
           "<th>introduced</th><th>fixed</th></tr></thead><tbody>\n";
    for (const PatchResult &P : R.Gate->Patches)
      Out << "<tr><td>" << htmlText(P.Subject) << "</td><td class=\""
          << htmlText(P.Verdict) << "\">" << htmlText(P.Verdict) << "</td><td>"
          << P.Introduced << "</td><td>" << P.Fixed << "</td></tr>\n";
    Out << "</tbody></table></div>\n";
  }

  void findings() {
    Out << "<h2>Findings</h2>\n";
    unsigned Number = 0;
    // The lines of fixed findings are those of a tree that is not at hand.
    SourceText NoSources;
    auto Write = [&](const Finding &F, StringRef Label) {
      std::string Id = "finding-" + std::to_string(++Number);
      writeHtmlFinding(F, Id, Label, Label == "fixed" ? NoSources : Sources,
                       Out);
    };
    // What is new comes first.
    for (bool New : {true, false})
      for (const Finding &F : R.Findings)
        if (New == (!F.Suppression && F.Change.value_or(Change::Introduced) ==
                                          Change::Introduced))
          Write(F, F.Suppression ? "suppressed"
                   : F.Change    ? nameOf(*F.Change)
                                 : "");
    if (R.Gate)
      for (const Finding &F : R.Gate->Fixed)
        Write(F, "fixed");
    if (!Number)
      Out << "<p>None.</p>\n";
  }

  void ledger() {
    Out << "<h2>All sites</h2>\n<div class=\"filters\" hidden><input "
           "id=\"filter-words\" type=\"search\" placeholder=\"words that a row "
           "must have\" aria-label=\"filter by words\"><select "
           "id=\"filter-verdict\" aria-label=\"filter by verdict\"><option "
           "value=\"\">every verdict</option>";
    for (Verdict V : AllVerdicts)
      Out << "<option>" << nameOf(V) << "</option>";
    Out << "</select><output id=\"filter-count\" class=\"faint\"></output>"
           "</div>\n<div class=\"wide\"><table class=\"ledger\" "
           "id=\"ledger\"><thead><tr><th>verdict</th><th>where</th><th>what"
           "</th><th>data</th><th>on each profile</th></tr></thead><tbody>\n";
    for (const Site &S : R.Sites)
      row(S);
    Out << "</tbody></table></div>\n";
  }

  void row(const Site &S) {
    StringRef Name = nameOf(S.Verdict);
    Out << "<tr data-verdict=\"" << Name << "\"><td class=\"" << Name << "\">"
        << Name << "</td><td>" << htmlText(S.Location.File) << ":"
        << S.Location.Line << " " << htmlText(S.Location.Function)
        << "</td><td>" << htmlText(S.Kind) << " <code>"
        << htmlText(S.Expression) << "</code></td><td>"
        << htmlText(S.DeviceClass) << " " << htmlText(S.DataClass)
        << "</td><td>";
    for (const auto &[Profile, Judged] : S.ByProfile)
      Out << "<div>" << htmlText(Profile) << ": <span class=\""
          << nameOf(Judged.Verdict) << "\">" << nameOf(Judged.Verdict)
          << "</span> <span class=\"faint\">" << htmlText(Judged.Reason)
          << "</span></div>";
    Out << "</td></tr>\n";
  }

  void skipped() {
    if (R.Skipped.empty())
      return;
    Out << "<h2>Not analyzed</h2>\n<details><summary>" << R.Skipped.size()
        << " items</summary><ul>\n";
    for (const Skipped &S : R.Skipped)
      Out << "<li>" << htmlText(S.What) << ": " << htmlText(S.Reason)
          << " <span class=\"faint\">" << htmlText(S.Effect)
          << "</span></li>\n";
    Out << "</ul></details>\n";
  }

  void assumptions() {
    Out << "<h2>Assumptions</h2>\n<ul>\n";
    for (const AssumptionState &A : R.Assumptions)
      if (A.Enabled)
        Out << "<li><code>" << htmlText(A.Id) << "</code>: " << htmlText(A.Text)
            << "</li>\n";
    Out << "</ul>\n";
  }

  const Report &R;
  SourceText &Sources;
  llvm::raw_ostream &Out;
};

} // namespace

void writeHtml(const Report &R, SourceText &Sources, llvm::raw_ostream &Out) {
  Report Sorted = R;
  sortReport(Sorted);
  Writer(Sorted, Sources, Out).write();
}

} // namespace cocodma

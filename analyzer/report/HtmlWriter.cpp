// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/HtmlWriter.h"

#include "report/Escape.h"
#include "report/HtmlFinding.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
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
  Writer(const Report &R, ReportSources &Sources, llvm::raw_ostream &Out)
      : R(R), Sources(Sources), Out(Out) {}

  void write() {
    Out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
           "<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
           "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
           "base-uri 'none'; form-action 'none'\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, "
           "initial-scale=1\">\n"
           "<title>cocodma: "
        << title() << "</title>\n<style>" << Style
        << "</style>\n</head>\n<body>\n<a class=\"skip\" "
           "href=\"#ledger-heading\">To the table of all sites</a>\n<main>\n";
    choose();
    heading();
    patches();
    overview();
    findings();
    ledger();
    skipped();
    assumptions();
    Out << "</main>\n<script>" << Script << "</script>\n</body>\n</html>\n";
  }

private:
  std::string title() const {
    if (R.Gate)
      return htmlText(R.Gate->Verdict);
    unsigned Count = countReported(R.Findings);
    return std::to_string(Count) + (Count == 1 ? " finding" : " findings");
  }

  /// What is new comes first, what is gone last.
  void choose() {
    for (bool New : {true, false})
      for (const Finding &F : R.Findings)
        if (New == (!F.Suppression && F.Change.value_or(Change::Introduced) ==
                                          Change::Introduced))
          Shown.emplace_back(&F, F.Suppression ? "suppressed"
                                 : F.Change    ? nameOf(*F.Change).str()
                                               : "");
    if (R.Gate)
      for (const Finding &F : R.Gate->Fixed)
        Shown.emplace_back(&F, "fixed");
  }

  void heading() {
    Out << "<div class=\"top\"><h1>cocodma: <span class=\""
        << (R.Gate ? htmlText(R.Gate->Verdict) : "") << "\">" << title()
        << "</span></h1><button type=\"button\" id=\"theme\" hidden>light / "
           "dark</button></div>\n<p class=\"faint\">Kernel "
        << htmlText(R.Kernel.Release.empty() ? "of unknown release"
                                             : R.Kernel.Release)
        << ", " << R.Summary.UnitsAnalyzed << " units analyzed, "
        << R.Summary.UnitsFailed
        << " failed; profiles: " << htmlText(llvm::join(R.Profiles, ", "))
        << "; " << htmlText(R.Tool.Name) << " " << htmlText(R.Tool.Version)
        << "</p>\n";
    if (isSaidIncomplete(R))
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
           "class=\"ledger\"><thead><tr><th scope=\"col\">patch</th><th "
           "scope=\"col\">verdict</th><th scope=\"col\">introduced</th><th "
           "scope=\"col\">fixed</th></tr></thead><tbody>\n";
    for (const PatchResult &P : R.Gate->Patches) {
      Out << "<tr><td>" << htmlText(P.Subject);
      if (P.Verdict != "no-effect")
        list(P.Reasons);
      Out << "</td><td class=\"narrow " << htmlText(P.Verdict) << "\">"
          << htmlText(P.Verdict) << "</td><td>" << P.Introduced
          << "<span class=\"wordy\"> introduced</span></td><td>" << P.Fixed
          << "<span class=\"wordy\"> fixed</span></td></tr>\n";
    }
    Out << "</tbody></table></div>\n";
  }

  /// All findings in one table, each with a link to its own part.
  void overview() {
    Out << "<h2 id=\"findings\">Findings</h2>\n";
    if (Shown.empty())
      Out << "<p>None.</p>\n";
    if (Shown.size() < 2)
      return;
    Out << "<div class=\"wide\"><table class=\"ledger\"><thead><tr><th "
           "scope=\"col\">finding</th><th scope=\"col\">verdict</th><th "
           "scope=\"col\">check</th><th scope=\"col\">profiles</th></tr>"
           "</thead><tbody>\n";
    for (size_t I = 0; I < Shown.size(); ++I) {
      const auto &[F, Label] = Shown[I];
      Out << "<tr><td><a href=\"#" << idOf(I) << "\">"
          << htmlText(F->Location.File) << ":" << F->Location.Line << "</a> "
          << htmlText(F->Location.Function) << "</td><td class=\"narrow\">"
          << "<span class=\"" << nameOf(F->Verdict) << "\">"
          << nameOf(F->Verdict) << "</span> <span class=\"" << Label << "\">"
          << Label << "</span></td><td><code>" << htmlText(F->Check)
          << "</code></td><td>" << htmlText(llvm::join(F->Profiles, ", "))
          << "</td></tr>\n";
    }
    Out << "</tbody></table></div>\n<p class=\"faint keys\" hidden>Keys: "
           "<kbd>j</kbd> <kbd>k</kbd> next and previous finding, <kbd>n</kbd> "
           "<kbd>p</kbd> next and previous step, <kbd>/</kbd> search the "
           "table of all sites.</p>\n";
  }

  static std::string idOf(size_t Index) {
    return "finding-" + std::to_string(Index + 1);
  }

  void findings() {
    for (size_t I = 0; I < Shown.size(); ++I) {
      const auto &[F, Label] = Shown[I];
      // The lines of fixed findings are those of the tree before.
      bool Gone = Label == "fixed";
      llvm::ArrayRef<Hunk> Hunks;
      if (R.Gate && !Gone)
        Hunks = R.Gate->Hunks;
      writeHtmlFinding(*F, idOf(I), Label,
                       Gone ? Sources.Before : Sources.After, Hunks, Out);
    }
  }

  void option(StringRef Name) {
    Out << "<option>" << htmlText(Name) << "</option>";
  }

  void ledger() {
    for (size_t I = 0; I < Shown.size(); ++I)
      for (const std::string &Id : Shown[I].first->SiteIds)
        if (Shown[I].second != "fixed")
          FindingsOf[Id].push_back(I);
    Out << "<h2 id=\"ledger-heading\">All sites</h2>\n<div class=\"filters\" "
           "role=\"search\" hidden><input "
           "id=\"filter-words\" type=\"search\" placeholder=\"words that a row "
           "must have\" aria-label=\"filter by words\"><select "
           "id=\"filter-verdict\" aria-label=\"filter by verdict\"><option "
           "value=\"\">every verdict</option>";
    for (Verdict V : AllVerdicts)
      option(nameOf(V));
    Out << "</select><select id=\"filter-profile\" aria-label=\"filter by "
           "profile\"><option value=\"\">on any profile</option>";
    for (const std::string &Profile : R.Profiles)
      option(Profile);
    Out << "</select><button type=\"button\" id=\"filter-clear\">clear</button>"
           "<output id=\"filter-count\" class=\"faint\"></output></div>\n<div "
           "class=\"wide\"><table class=\"ledger\" id=\"ledger\"><caption>"
           "Every place that was checked, with its verdict</caption><thead>"
           "<tr><th scope=\"col\">verdict</th><th scope=\"col\">where</th><th "
           "scope=\"col\">what</th><th scope=\"col\">data</th><th "
           "scope=\"col\">on each profile</th></tr></thead><tbody>\n";
    for (const Site &S : R.Sites)
      row(S);
    Out << "</tbody></table></div>\n";
  }

  void row(const Site &S) {
    StringRef Name = nameOf(S.Verdict);
    Out << "<tr data-verdict=\"" << Name << "\"><td data-key=\""
        << static_cast<unsigned>(S.Verdict) << "\"><span class=\"narrow "
        << Name << "\">" << Name << "</span>";
    if (auto Found = FindingsOf.find(S.Id); Found != FindingsOf.end())
      for (size_t I : Found->second)
        Out << " <a class=\"narrow\" href=\"#" << idOf(I) << "\">finding "
            << I + 1 << "</a>";
    Out << "</td><td>" << htmlText(S.Location.File) << ":" << S.Location.Line
        << " " << htmlText(S.Location.Function) << "</td><td>"
        << htmlText(S.Kind) << " <code>" << htmlText(S.Expression)
        << "</code></td><td>" << htmlText(S.DeviceClass) << " "
        << htmlText(S.DataClass) << "</td><td>";
    profiles(S);
    Out << "</td></tr>\n";
  }

  /// A line for all profiles with the same verdict and reason.
  void profiles(const Site &S) {
    llvm::MapVector<std::pair<Verdict, StringRef>, std::vector<StringRef>>
        Lines;
    for (const auto &[Profile, Judged] : S.ByProfile)
      Lines[{Judged.Verdict, Judged.Reason}].push_back(Profile);
    for (const auto &[Judged, Names] : Lines) {
      StringRef Verdict = nameOf(Judged.first);
      Out << "<div data-verdict=\"" << Verdict << "\" data-profiles=\""
          << htmlText(llvm::join(Names, " ")) << "\">"
          << htmlText(llvm::join(Names, ", ")) << ": <span class=\"" << Verdict
          << "\">" << Verdict << "</span> <span class=\"faint\">– "
          << htmlText(Judged.second) << "</span></div>";
    }
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
  ReportSources &Sources;
  /// The findings in the order in which they are shown, with their labels.
  std::vector<std::pair<const Finding *, std::string>> Shown;
  /// By the ids of their sites, the indices of findings in Shown.
  llvm::StringMap<std::vector<size_t>> FindingsOf;
  llvm::raw_ostream &Out;
};

} // namespace

void writeHtml(const Report &R, ReportSources &Sources,
               llvm::raw_ostream &Out) {
  Report Sorted = R;
  sortReport(Sorted);
  Writer(Sorted, Sources, Out).write();
}

} // namespace cocodma

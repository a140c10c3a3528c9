// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/HtmlFinding.h"

#include "report/Chain.h"
#include "report/Escape.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

using llvm::StringRef;

namespace cocodma {
namespace {

/// How many lines are shown on each side of a step.
constexpr unsigned Around = 4;

std::string placeOf(const SourceLocation &L) {
  std::string Text = L.File.empty() ? "?" : L.File;
  if (L.Line)
    Text += ":" + std::to_string(L.Line);
  return htmlText(Text);
}

class Writer {
public:
  Writer(const Finding &F, StringRef Id, SourceText &Sources,
         llvm::ArrayRef<Hunk> Hunks, llvm::raw_ostream &Out)
      : F(F), Id(Id), Sources(Sources), Hunks(Hunks), Out(Out) {}

  void write(StringRef Label) {
    Out << "<article class=\"finding\" id=\"" << Id
        << "\" tabindex=\"-1\" aria-labelledby=\"" << Id
        << "-heading\">\n<h3 id=\"" << Id << "-heading\"><a href=\"#" << Id
        << "\">" << placeOf(F.Location) << "</a>: " << htmlText(F.Message)
        << "</h3>\n<p>";
    badge(nameOf(F.Verdict));
    if (!Label.empty())
      badge(Label);
    Out << "<code>" << htmlText(F.Check) << "</code>";
    if (!F.Profiles.empty())
      Out << " on " << htmlText(llvm::join(F.Profiles, ", "));
    Out << "</p>\n";
    note("Suppressed", F.Suppression.value_or(""));
    note("Compared with the other side", F.ChangeNote);
    chain();
    if (!F.Guard.empty())
      Out << "<p>If <code>" << htmlText(F.Guard) << "</code>:</p>\n";
    Out << "<div class=\"path\">\n";
    steps();
    Out << "<div>\n";
    sources();
    Out << "</div>\n</div>\n";
    about();
    Out << "</article>\n";
  }

private:
  void badge(StringRef Name) {
    Out << "<span class=\"badge " << htmlText(Name) << "\">" << htmlText(Name)
        << "</span> ";
  }

  void note(StringRef Title, StringRef Text) {
    if (!Text.empty())
      Out << "<p>" << Title << ": " << htmlText(Text) << "</p>\n";
  }

  /// A picture made of boxes, which turns on a narrow screen and whose texts
  /// are never cut.
  void chain() {
    std::vector<ChainLink> Links = chainOf(F);
    if (Links.empty())
      return;
    Out << "<ol class=\"chain\" aria-label=\"the way of the data\">\n";
    for (const ChainLink &Link : Links)
      Out << (Link.Shared ? "<li class=\"shared\"><b>" : "<li><b>")
          << htmlText(Link.Name) << "</b> " << htmlText(Link.Detail)
          << "</li>\n";
    Out << "</ol>\n";
  }

  std::string stepId(size_t I) {
    return (Id + "-step-" + llvm::Twine(I + 1)).str();
  }

  /// Of a step in the list, to which its line leads back.
  std::string itemId(size_t I) {
    return (Id + "-item-" + llvm::Twine(I + 1)).str();
  }

  void steps() {
    if (F.Trace.empty())
      return;
    Out << "<ol class=\"steps\" aria-label=\"the path\">\n";
    for (size_t I = 0; I < F.Trace.size(); ++I)
      Out << "<li id=\"" << itemId(I) << "\" data-step=\"" << I + 1
          << "\"><a class=\"number\" href=\"#" << stepId(I)
          << "\" aria-label=\"step " << I + 1 << ", in the source\">" << I + 1
          << "</a><div>" << htmlText(F.Trace[I].Message)
          << " <span class=\"faint\">" << placeOf(F.Trace[I].Location)
          << "</span></div></li>\n";
    Out << "</ol>\n";
  }

  /// The steps of each file, by line, in the order in which the path meets the
  /// files.
  void sources() {
    llvm::MapVector<StringRef, std::map<unsigned, std::vector<size_t>>> Files;
    for (size_t I = 0; I < F.Trace.size(); ++I)
      Files[F.Trace[I].Location.File][F.Trace[I].Location.Line].push_back(I);
    if (Files.empty() && !F.Location.File.empty())
      Files[F.Location.File][F.Location.Line];
    for (const auto &[Name, Marks] : Files)
      source(Name, Marks);
  }

  void source(StringRef Name,
              const std::map<unsigned, std::vector<size_t>> &Marks) {
    std::set<unsigned> Lines;
    for (const auto &[Line, Steps] : Marks)
      for (unsigned L = Line > Around ? Line - Around : 1; L <= Line + Around;
           ++L)
        if (Sources.line(Name, L))
          Lines.insert(L);
    Out << "<details class=\"source\" open><summary>" << htmlText(Name)
        << "</summary>";
    if (Lines.empty())
      Out << "<p class=\"faint\">The source is not at hand.";
    else
      Out << "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
             "aria-label=\"lines of "
          << htmlText(Name) << "\"><table>";
    unsigned Last = 0;
    for (unsigned L : Lines) {
      if (Last && L != Last + 1)
        Out << "<tr class=\"gap\"><td>⋯</td><td></td><td></td></tr>\n";
      auto Mark = Marks.find(L);
      bool Hit = Mark != Marks.end();
      Out << (Hit ? "<tr class=\"hit\"><td>" : "<tr><td>") << L;
      if (isAdded(Name, L))
        Out << "<b class=\"added\" title=\"the patch adds this line\">+</b>";
      Out << "</td><td>";
      if (Hit)
        numbers(Mark->second);
      Out << "</td><td>" << htmlText(*Sources.line(Name, L)) << "</td></tr>\n";
      Last = L;
    }
    if (!Lines.empty())
      Out << "</table></div><p>";
    for (const auto &[Line, Steps] : Marks)
      if (!Lines.count(Line))
        numbers(Steps);
    Out << "</p></details>\n";
  }

  bool isAdded(StringRef Name, unsigned Line) {
    const StringRef *Text = Sources.line(Name, Line);
    std::string Added = Text ? ("\n+" + *Text + "\n").str() : "";
    return Text && llvm::any_of(Hunks, [&](const Hunk &H) {
             return H.File == Name && Line >= H.Start &&
                    Line < H.Start + H.Count &&
                    StringRef(H.Text).contains(Added);
           });
  }

  void numbers(const std::vector<size_t> &Steps) {
    for (size_t I : Steps)
      Out << "<a class=\"number\" id=\"" << stepId(I) << "\" data-step=\""
          << I + 1 << "\" href=\"#" << itemId(I) << "\" aria-label=\"step "
          << I + 1 << ", in the path\">" << I + 1 << "</a> ";
  }

  void about() {
    std::vector<std::string> Parts;
    std::string Data = F.DeviceClass;
    Data += (Data.empty() || F.DataClass.empty() ? "" : " ") + F.DataClass;
    if (!Data.empty())
      Parts.push_back(htmlText(Data) + " data");
    if (!F.Victim.empty())
      Parts.push_back("victim: " + htmlText(F.Victim));
    std::string Validation = "validation: " + nameOf(F.Validation.Status).str();
    if (!F.Validation.Detail.empty())
      Validation += " (" + htmlText(F.Validation.Detail) + ")";
    Parts.push_back(std::move(Validation));
    if (!F.Action.empty())
      Parts.push_back("policy: " + htmlText(F.Action));
    Parts.push_back("fingerprint <code>" + htmlText(F.Fingerprint) + "</code>");
    Out << "<p class=\"about\">" << llvm::join(Parts, "; ") << "</p>\n";
  }

  const Finding &F;
  StringRef Id;
  SourceText &Sources;
  llvm::ArrayRef<Hunk> Hunks;
  llvm::raw_ostream &Out;
};

} // namespace

void writeHtmlFinding(const Finding &F, StringRef Id, StringRef Label,
                      SourceText &Sources, llvm::ArrayRef<Hunk> Hunks,
                      llvm::raw_ostream &Out) {
  Writer(F, Id, Sources, Hunks, Out).write(Label);
}

} // namespace cocodma

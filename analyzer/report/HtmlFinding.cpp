// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/HtmlFinding.h"

#include "report/Chain.h"
#include "report/Escape.h"

#include "llvm/ADT/MapVector.h"
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

/// \p Text cut to what fits into a box of the picture.
std::string fitting(StringRef Text) {
  constexpr size_t Widest = 24;
  std::string Plain = plainText(Text);
  size_t Characters = 0, At = 0;
  for (; At < Plain.size(); ++At)
    if ((static_cast<unsigned char>(Plain[At]) & 0xC0) != 0x80 &&
        ++Characters > Widest)
      break;
  return At == Plain.size() ? Plain : Plain.substr(0, At) + "…";
}

class Writer {
public:
  Writer(const Finding &F, StringRef Id, SourceText &Sources,
         llvm::raw_ostream &Out)
      : F(F), Id(Id), Sources(Sources), Out(Out) {}

  void write(StringRef Label) {
    Out << "<article class=\"finding\" id=\"" << Id << "\">\n<h3>"
        << placeOf(F.Location) << ": " << htmlText(F.Message) << "</h3>\n<p>";
    badge(nameOf(F.Verdict));
    if (!Label.empty())
      badge(Label);
    Out << "<code>" << htmlText(F.Check) << "</code> on "
        << htmlText(llvm::join(F.Profiles, ", ")) << "</p>\n";
    chain();
    if (!F.Guard.empty())
      Out << "<p>If <code>" << htmlText(F.Guard) << "</code>:</p>\n";
    steps();
    sources();
    about();
    Out << "</article>\n";
  }

private:
  void badge(StringRef Name) {
    Out << "<span class=\"badge " << htmlText(Name) << "\">" << htmlText(Name)
        << "</span> ";
  }

  void chain() {
    constexpr int Width = 160, Step = 190, Height = 54;
    std::vector<ChainLink> Links = chainOf(F);
    if (Links.empty())
      return;
    std::vector<std::string> Texts;
    for (const ChainLink &Link : Links)
      Texts.push_back(Link.Name + ": " + Link.Detail);
    int Whole = Step * static_cast<int>(Links.size()) - (Step - Width) + 4;
    Out << "<svg class=\"chain\" viewBox=\"0 0 " << Whole << " " << Height + 4
        << "\" role=\"img\" aria-label=\""
        << htmlText(llvm::join(Texts, ", then ")) << "\">\n";
    for (size_t I = 0; I < Links.size(); ++I) {
      int Left = 2 + Step * static_cast<int>(I), Middle = Left + Width / 2;
      Out << "<g" << (Links[I].Shared ? " class=\"shared\"" : "") << "><title>"
          << htmlText(Links[I].Detail) << "</title><rect x=\"" << Left
          << "\" y=\"2\" width=\"" << Width << "\" height=\"" << Height
          << "\" rx=\"6\"/><text class=\"name\" x=\"" << Middle
          << "\" y=\"21\">" << htmlText(Links[I].Name) << "</text><text x=\""
          << Middle << "\" y=\"42\">" << htmlText(fitting(Links[I].Detail))
          << "</text></g>\n";
      if (I + 1 == Links.size())
        break;
      int From = Left + Width, To = Left + Step;
      Out << "<path d=\"M" << From + 2 << " 29H" << To - 8
          << "\"/><polygon points=\"" << To - 8 << ",25 " << To - 1 << ",29 "
          << To - 8 << ",33\"/>\n";
    }
    Out << "</svg>\n";
  }

  std::string stepId(size_t I) {
    return (Id + "-step-" + llvm::Twine(I + 1)).str();
  }

  void steps() {
    if (F.Trace.empty())
      return;
    Out << "<ol class=\"steps\">\n";
    for (size_t I = 0; I < F.Trace.size(); ++I)
      Out << "<li><a class=\"number\" href=\"#" << stepId(I) << "\">" << I + 1
          << "</a> " << htmlText(F.Trace[I].Message)
          << " <span class=\"faint\">" << placeOf(F.Trace[I].Location)
          << "</span></li>\n";
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
      Out << "<table>";
    unsigned Last = 0;
    for (unsigned L : Lines) {
      if (Last && L != Last + 1)
        Out << "<tr class=\"gap\"><td>⋯</td><td></td><td></td></tr>\n";
      auto Mark = Marks.find(L);
      bool Hit = Mark != Marks.end();
      Out << (Hit ? "<tr class=\"hit\"><td>" : "<tr><td>") << L << "</td><td>";
      if (Hit)
        numbers(Mark->second);
      Out << "</td><td>" << htmlText(*Sources.line(Name, L)) << "</td></tr>\n";
      Last = L;
    }
    for (const auto &[Line, Steps] : Marks)
      if (!Lines.count(Line))
        numbers(Steps);
    Out << (Lines.empty() ? "</p>" : "</table>") << "</details>\n";
  }

  void numbers(const std::vector<size_t> &Steps) {
    for (size_t I : Steps)
      Out << "<span class=\"number\" id=\"" << stepId(I) << "\">" << I + 1
          << "</span> ";
  }

  void about() {
    Out << "<p class=\"faint\">" << htmlText(F.DeviceClass) << " "
        << htmlText(F.DataClass) << " data; victim: " << htmlText(F.Victim)
        << "; validation: " << nameOf(F.Validation.Status);
    if (!F.Validation.Detail.empty())
      Out << " (" << htmlText(F.Validation.Detail) << ")";
    Out << "; fingerprint <code>" << htmlText(F.Fingerprint) << "</code>";
    if (!F.ChangeNote.empty())
      Out << "; " << htmlText(F.ChangeNote);
    if (F.Suppression)
      Out << "; suppressed: " << htmlText(*F.Suppression);
    Out << "</p>\n";
  }

  const Finding &F;
  StringRef Id;
  SourceText &Sources;
  llvm::raw_ostream &Out;
};

} // namespace

void writeHtmlFinding(const Finding &F, StringRef Id, StringRef Label,
                      SourceText &Sources, llvm::raw_ostream &Out) {
  Writer(F, Id, Sources, Out).write(Label);
}

} // namespace cocodma

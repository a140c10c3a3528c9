//===- TextWriter.cpp - A report for a terminal ---------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextWriter.h"

#include "Escape.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace cocodma;
using llvm::StringRef;

namespace {

constexpr const char *Bold = "\033[1m";
constexpr const char *Magenta = "\033[1;35m";
constexpr const char *Cyan = "\033[1;36m";

std::string joined(llvm::ArrayRef<std::string> Texts) {
  return plainText(llvm::join(Texts, ", "));
}

/// One report on its way to a stream.
class Writer {
public:
  Writer(llvm::raw_ostream &Out, const TextOptions &Options)
      : Out(Out), Options(Options) {}

  void finding(const Finding &F) {
    line(F.Location, "warning", Magenta, F.Message, "[" + F.Check + "]");
    for (const TraceStep &Step : F.Trace)
      line(Step.Location, "note", Cyan, Step.Message, "");
    line(F.Location, "note", Cyan, aboutFinding(F), "");
  }

  /// A finding that is nobody's news, on one line.
  void older(const Finding &F, StringRef What) {
    std::string Text = What.str() + ": " + F.Message;
    if (!F.ChangeNote.empty())
      Text += " (" + F.ChangeNote + ")";
    line(F.Location, "remark", Cyan, Text, "[" + F.Check + "]");
  }

  void gate(const GateResult &G) {
    Out << "\n";
    for (const PatchResult &P : G.Patches)
      Out << "patch: " << plainText(P.Verdict) << ": " << plainText(P.Subject)
          << "\n";
    color(Bold);
    Out << "gate: " << plainText(G.Verdict);
    reset();
    Out << "\n";
    for (const std::string &Reason : G.Reasons)
      Out << "  " << plainText(Reason) << "\n";
  }

  void ledger(llvm::ArrayRef<Site> Sites) {
    if (Sites.empty())
      return;
    Out << "Sites:\n";
    for (const Site &S : Sites) {
      Out << "  " << place(S.Location) << ": " << nameOf(S.Verdict) << ": "
          << plainText(S.Kind) << " `" << plainText(S.Expression) << "`\n";
      for (const auto &[Profile, Judged] : S.ByProfile)
        Out << "    " << plainText(Profile) << ": " << nameOf(Judged.Verdict)
            << ": " << plainText(Judged.Reason) << "\n";
    }
    Out << "\n";
  }

  void notes(const Report &R) {
    for (const std::string &Warning : R.Configuration.Warnings)
      Out << "configuration: " << plainText(Warning) << "\n";
    for (const Skipped &S : R.Skipped) {
      Out << "skipped: " << plainText(S.Kind) << ": " << plainText(S.What)
          << ": " << plainText(S.Reason);
      if (!S.Effect.empty())
        Out << " (" << plainText(S.Effect) << ")";
      Out << "\n";
    }
    for (const AssumptionState &A : R.Assumptions)
      if (A.Enabled)
        Out << "assumed: " << plainText(A.Id) << ": " << plainText(A.Text)
            << "\n";
    if (!R.Kernel.HasMarkers)
      Out << "kernel: no marker of confidential data in this tree; rules "
             "about channels do not apply\n";
  }

  void summary(const Report &R) {
    std::array<unsigned, 7> Counts = countByVerdict(R.Sites);
    Out << "\n";
    color(Bold);
    Out << llvm::left_justify("verdict", 18) << llvm::right_justify("sites", 6)
        << "\n";
    reset();
    for (Verdict Value : AllVerdicts)
      Out << llvm::left_justify(nameOf(Value), 18)
          << llvm::format_decimal(Counts[static_cast<size_t>(Value)], 6)
          << "\n";
    Out << llvm::left_justify("total", 18)
        << llvm::format_decimal(R.Sites.size(), 6) << "\n";
    unsigned Reported = countReported(R.Findings);
    size_t Suppressed = R.Findings.size() - Reported;
    Out << "\n" << Reported << (Reported == 1 ? " finding" : " findings");
    if (Suppressed)
      Out << " (" << Suppressed << " suppressed)";
    Out << "; " << R.Summary.UnitsAnalyzed << " units analyzed, "
        << R.Summary.UnitsFailed << " failed, " << R.Summary.UnitsNotApplicable
        << " not applicable; profiles: " << joined(R.Profiles) << "\n";
    if (isSaidIncomplete(R))
      Out << "INCOMPLETE: something that was asked for was not analyzed; see "
             "the lines above\n";
  }

private:
  std::string place(const SourceLocation &L) {
    std::string Text =
        plainText(L.File.empty() ? "<unknown>" : StringRef(L.File));
    if (L.Line)
      Text += ":" + std::to_string(L.Line);
    if (L.Line && L.Column)
      Text += ":" + std::to_string(L.Column);
    return Text;
  }

  void line(const SourceLocation &L, const char *Level, const char *LevelColor,
            StringRef Message, StringRef Suffix) {
    color(Bold);
    Out << place(L) << ": ";
    color(LevelColor);
    Out << Level << ": ";
    reset();
    Out << plainText(Message);
    if (!Suffix.empty())
      Out << " " << plainText(Suffix);
    Out << "\n";
  }

  void color(const char *Sequence) {
    if (Options.Color)
      Out << "\033[0m" << Sequence;
  }
  void reset() {
    if (Options.Color)
      Out << "\033[0m";
  }

  llvm::raw_ostream &Out;
  const TextOptions &Options;
};

} // namespace

std::string cocodma::aboutFinding(const Finding &F) {
  std::string Text = nameOf(F.Verdict).str();
  if (!F.Profiles.empty())
    Text += " on " + joined(F.Profiles);
  if (!F.Guard.empty())
    Text += " if " + F.Guard;
  if (!F.DeviceClass.empty())
    Text += "; " + F.DeviceClass;
  if (!F.DataClass.empty())
    Text += " " + F.DataClass + " data";
  if (!F.Victim.empty())
    Text += "; victim: " + F.Victim;
  if (F.Validation.Status != ValidationStatus::NotRun)
    Text += "; " + nameOf(F.Validation.Status).str();
  if (!F.Validation.Detail.empty())
    Text += " (" + F.Validation.Detail + ")";
  return Text;
}

void cocodma::writeText(const Report &R, llvm::raw_ostream &Out,
                        const TextOptions &Options) {
  Report Sorted = R;
  sortReport(Sorted);
  Writer Text(Out, Options);
  for (const Finding &F : Sorted.Findings)
    if (!F.Suppression) {
      if (F.Change.value_or(Change::Introduced) == Change::Introduced)
        Text.finding(F);
      else
        Text.older(F, nameOf(*F.Change));
    }
  if (Sorted.Gate)
    for (const Finding &F : Sorted.Gate->Fixed)
      Text.older(F, "fixed");
  if (countReported(Sorted.Findings))
    Out << "\n";
  if (Options.Sites)
    Text.ledger(Sorted.Sites);
  Text.notes(Sorted);
  Text.summary(Sorted);
  if (Sorted.Gate)
    Text.gate(*Sorted.Gate);
}

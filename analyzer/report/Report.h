//===- Report.h - What an analysis has to say -------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain data: what judge fills in and what the writers render. It knows no
// Clang and no kernel. docs/report.schema.json is normative for its JSON form.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_REPORT_REPORT_H
#define COCODMA_REPORT_REPORT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cocodma {

/// The version of the JSON form.
inline constexpr int ReportSchemaVersion = 1;

/// The answer to a site. The order is the precedence: of several verdicts the
/// first one counts.
enum class Verdict {
  /// On a feasible path private data becomes visible to the host.
  Leak,
  /// A NULL dereference or a BUG on the way.
  Crashes,
  /// Depends on what the analysis lost.
  Unknown,
  /// Nothing leaks, but every mapping of the confidential path fails.
  FailsClosed,
  /// It cannot become visible.
  Private,
  /// No confidential valuation gets there, or sharing is meant.
  SharedByDesign,
  /// No path gets there on this profile.
  Unreachable
};

inline constexpr std::array<Verdict, 7> AllVerdicts = {
    Verdict::Leak,        Verdict::Crashes, Verdict::Unknown,
    Verdict::FailsClosed, Verdict::Private, Verdict::SharedByDesign,
    Verdict::Unreachable};

/// How bad a finding is.
enum class Severity {
  /// Private data is visible.
  High,
  /// It may become visible, or a device does not work.
  Medium,
  /// A weakness of design.
  Low
};

/// What the execution of a finding or of a site showed.
enum class ValidationStatus {
  /// Nobody asked for it.
  NotRun,
  /// The host saw these bytes.
  Confirmed,
  /// The run took the path and nothing was seen: a defect of the analyzer.
  Refuted,
  /// It could not be executed.
  NotReplayed,
  /// Runs of a private site without a sighting.
  NoCounterexample
};

/// What became of a finding between two trees, or since a baseline.
enum class Change {
  /// Only the new side has it.
  Introduced,
  /// Only the old side has it, and the code was analyzed again.
  Fixed,
  /// Both sides have it.
  Preexisting,
  /// Both have it, but not the same way: fewer profiles, another place, or it
  /// cannot be told any more.
  Changed
};

/// The name of a value in reports ("fails-closed").
llvm::StringRef nameOf(Verdict Value);
llvm::StringRef nameOf(Severity Value);
llvm::StringRef nameOf(ValidationStatus Value);
llvm::StringRef nameOf(Change Value);

/// The value of that name; nothing if there is none.
std::optional<Verdict> verdictOf(llvm::StringRef Name);
std::optional<Severity> severityOf(llvm::StringRef Name);
std::optional<ValidationStatus> validationStatusOf(llvm::StringRef Name);
std::optional<Change> changeOf(llvm::StringRef Name);

/// The verdict that counts of two.
inline Verdict worse(Verdict Left, Verdict Right) {
  return Left < Right ? Left : Right;
}

/// A place in the source. Lines and columns start at 1; 0 is "not known".
struct SourceLocation {
  /// Relative to the root of the kernel.
  std::string File;
  unsigned Line = 0;
  unsigned Column = 0;
  /// The enclosing function; may be empty.
  std::string Function;
  /// The function from whose first line on Line can be counted, by the number
  /// that it has in whatever the location was made from; ~0 if there is none.
  /// No report has it.
  uint32_t Within = ~0u;
};

/// A step of the path to a finding.
struct TraceStep {
  /// What it is: "branch", "call", "write", "effect", ...
  std::string Kind;
  SourceLocation Location;
  std::string Message;
};

/// The outcome of a validation.
struct Validation {
  ValidationStatus Status = ValidationStatus::NotRun;
  /// The reason, or what was seen; may be empty.
  std::string Detail;
  /// How many runs there were.
  unsigned Runs = 0;
};

/// A site, or a group of sites with one root, that breaks a rule.
struct Finding {
  /// "coco-bounce".
  std::string Check;
  cocodma::Verdict Verdict = Verdict::Leak;
  cocodma::Severity Severity = Severity::High;
  std::string Message;
  SourceLocation Location;
  /// Survives line shifts and unrelated edits.
  std::string Fingerprint;
  std::string DeviceClass;
  std::string DataClass;
  /// Whose data it is: the channel's, the next owner's, a neighbour's.
  std::string Victim;
  /// The profiles on which it holds.
  std::vector<std::string> Profiles;
  /// The condition under which it happens, for people.
  std::string Guard;
  std::vector<TraceStep> Trace;
  std::vector<std::string> SiteIds;
  cocodma::Validation Validation;
  /// The reason given in the source for not reporting it; nothing if it is
  /// reported. A suppressed finding stays in the JSON form.
  std::optional<std::string> Suppression;
  /// Set if the report compares two sides or has a baseline.
  std::optional<cocodma::Change> Change;
  /// What changed, or from where it moved; may be empty.
  std::string ChangeNote;
  /// What the policy does with it: "fail", "warn", "ignore"; empty without a
  /// policy, which means "fail".
  std::string Action;
};

/// The verdict of a site on one profile.
struct ProfileVerdict {
  cocodma::Verdict Verdict = Verdict::Unreachable;
  std::string Reason;
};

/// A place that was checked.
struct Site {
  std::string Id;
  /// What it does: "map", "share", "alias", "free", "copy".
  std::string Kind;
  /// The worst one of its profiles.
  cocodma::Verdict Verdict = Verdict::Unreachable;
  std::map<std::string, ProfileVerdict> ByProfile;
  SourceLocation Location;
  /// The source text of the call or the store.
  std::string Expression;
  std::string DeviceClass;
  std::string DataClass;
  /// Of a private or failing place, once it was executed.
  cocodma::Validation Validation;
};

/// Something that was not analyzed.
struct Skipped {
  /// "unit-failed", "not-applicable", "unresolved", "not-executed", "class",
  /// ...
  std::string Kind;
  std::string What;
  std::string Reason;
  /// What it means for the verdicts.
  std::string Effect;
};

/// The program that made the report.
struct ToolInfo {
  std::string Name = "cocodma";
  std::string Version;
  std::string Llvm;
};

/// The tree that was analyzed.
struct KernelInfo {
  /// "7.3.4"; empty if it is not known.
  std::string Release;
  /// "x86", "arm64"; empty if it is not known.
  std::string Architecture;
  /// The tree has at least one marker of confidential data.
  bool HasMarkers = false;
  /// The database has the tree's own DMA core.
  bool HasDmaCore = false;
};

/// How it was analyzed.
struct Configuration {
  /// The kernel's options that matter, by name.
  std::map<std::string, std::string> Options;
  /// The paths that were asked for; empty for all.
  std::vector<std::string> Paths;
  /// What is odd about the configuration.
  std::vector<std::string> Warnings;
};

/// An assumption of the spec, as it was used.
struct AssumptionState {
  std::string Id;
  std::string Text;
  bool Enabled = true;
};

/// Numbers for the impatient.
struct Summary {
  /// All that was asked for was analyzed.
  bool Complete = true;
  unsigned UnitsAnalyzed = 0;
  unsigned UnitsFailed = 0;
  unsigned UnitsNotApplicable = 0;
};

/// The lines of a hunk of a patch, so that a reviewer sees what a finding is
/// about.
struct Hunk {
  /// The patched file, relative to the root of the kernel.
  std::string File;
  /// Its lines in the patched file.
  unsigned Start = 0;
  unsigned Count = 0;
  /// The hunk as it stands in the patch, with its `@@` line.
  std::string Text;
  /// Which patch of a series it is of, from 1; 0 if there is no series.
  unsigned Patch = 0;
};

/// What one patch of a series does by itself.
struct PatchResult {
  std::string Subject;
  /// As GateResult::Verdict.
  std::string Verdict;
  unsigned Introduced = 0;
  unsigned Fixed = 0;
  unsigned Changed = 0;
  std::vector<std::string> Reasons;
};

/// What a patch, or the way from an old report to a new one, does.
struct GateResult {
  /// "introduces", "fails-closed", "incomplete", "partial", "fixes",
  /// "ineffective", "changes" or "no-effect" (docs/gate.md).
  std::string Verdict;
  /// Why, in sentences.
  std::vector<std::string> Reasons;
  /// The files that the patch touches, and the units that this concerns.
  std::vector<std::string> Files;
  std::vector<std::string> Units;
  /// What the old side had and the new side has not.
  std::vector<Finding> Fixed;
  /// Patch by patch, if there are several.
  std::vector<PatchResult> Patches;
  std::vector<Hunk> Hunks;
};

/// An entry of a baseline that nothing fits any more.
struct StaleEntry {
  std::string Fingerprint;
  std::string Check;
  std::string File;
};

/// All that one run has to say.
struct Report {
  ToolInfo Tool;
  KernelInfo Kernel;
  cocodma::Configuration Configuration;
  std::vector<std::string> Profiles;
  std::vector<AssumptionState> Assumptions;
  cocodma::Summary Summary;
  std::vector<Finding> Findings;
  std::vector<Site> Sites;
  std::vector<cocodma::Skipped> Skipped;
  /// Only if two sides were compared.
  std::optional<GateResult> Gate;
  /// Only if there is a baseline.
  std::vector<StaleEntry> Stale;
};

/// How many sites have each verdict, in the order of AllVerdicts.
std::array<unsigned, 7> countByVerdict(llvm::ArrayRef<Site> Sites);

/// True if a report for people opens with the word that not all that was asked
/// for was analyzed. A gate's reasons tell that where it was so before, and do
/// not let it look as if the patch had done it.
bool isSaidIncomplete(const Report &R);

/// How many findings are not suppressed.
unsigned countReported(llvm::ArrayRef<Finding> Findings);

/// True if \p F makes a gate fail: not suppressed, not let pass by the policy,
/// and, if it was compared with something, introduced since.
bool countsAgainst(const Finding &F);

/// How many findings have that change.
unsigned countChange(llvm::ArrayRef<Finding> Findings, Change Value);

/// Puts findings and sites into the order of file, line, column, check (kind
/// for sites), and the rest by their texts: the result does not depend on the
/// order in which they were found. Profiles and traces keep their order.
void sortReport(Report &R);

} // namespace cocodma

#endif // COCODMA_REPORT_REPORT_H

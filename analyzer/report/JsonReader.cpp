//===- JsonReader.cpp - Reads a report back -------------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JsonReader.h"

#include "llvm/Support/MemoryBuffer.h"

#include <limits>

using llvm::StringRef;
using llvm::json::ObjectMapper;
using llvm::json::Path;
using llvm::json::Value;

namespace cocodma {

/// Reads an enumerator by its name.
template <typename Enum>
static bool readName(const Value &Json, std::optional<Enum> Found, Enum &Out,
                     Path At) {
  if (!Found) {
    At.report("no such name is known");
    return false;
  }
  Out = *Found;
  return true;
}

static bool fromJSON(const Value &Json, Verdict &Out, Path At) {
  return readName(Json, verdictOf(Json.getAsString().value_or("")), Out, At);
}

static bool fromJSON(const Value &Json, Severity &Out, Path At) {
  return readName(Json, severityOf(Json.getAsString().value_or("")), Out, At);
}

static bool fromJSON(const Value &Json, ValidationStatus &Out, Path At) {
  return readName(Json, validationStatusOf(Json.getAsString().value_or("")),
                  Out, At);
}

static bool fromJSON(const Value &Json, Change &Out, Path At) {
  return readName(Json, changeOf(Json.getAsString().value_or("")), Out, At);
}

static bool fromJSON(const Value &Json, SourceLocation &Out, Path At) {
  ObjectMapper Map(Json, At);
  int64_t Line = 0, Column = 0;
  if (!Map || !Map.map("file", Out.File) || !Map.map("line", Line) ||
      !Map.map("column", Column) || !Map.map("function", Out.Function))
    return false;
  constexpr int64_t Most = 100'000'000;
  if (Line < 0 || Line > Most || Column < 0 || Column > Most) {
    At.report("no source has such a line or column");
    return false;
  }
  Out.Line = static_cast<unsigned>(Line);
  Out.Column = static_cast<unsigned>(Column);
  return true;
}

static bool fromJSON(const Value &Json, TraceStep &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("kind", Out.Kind) && Map.map("message", Out.Message) &&
         fromJSON(Json, Out.Location, At);
}

static unsigned countOf(uint64_t Number) {
  return static_cast<unsigned>(
      std::min<uint64_t>(Number, std::numeric_limits<unsigned>::max()));
}

/// Not every version of LLVM reads an unsigned by itself.
static bool mapCount(ObjectMapper &Map, llvm::StringLiteral Key,
                     unsigned &Out) {
  uint64_t Number = 0;
  if (!Map.map(Key, Number))
    return false;
  Out = countOf(Number);
  return true;
}

static bool fromJSON(const Value &Json, Validation &Out, Path At) {
  ObjectMapper Map(Json, At);
  uint64_t Runs = Out.Runs;
  if (!Map || !Map.map("status", Out.Status) ||
      !Map.mapOptional("runs", Runs) || !Map.mapOptional("detail", Out.Detail))
    return false;
  Out.Runs = countOf(Runs);
  return true;
}

/// The reason of a suppression, which is an object with that one member.
struct Reason {
  std::string Text;
};

static bool fromJSON(const Value &Json, Reason &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("reason", Out.Text);
}

static bool fromJSON(const Value &Json, Finding &Out, Path At) {
  ObjectMapper Map(Json, At);
  std::optional<Reason> Suppressed;
  bool Fine =
      Map && Map.map("check", Out.Check) && Map.map("verdict", Out.Verdict) &&
      Map.map("severity", Out.Severity) && Map.map("message", Out.Message) &&
      Map.map("location", Out.Location) &&
      Map.map("fingerprint", Out.Fingerprint) &&
      Map.map("device_class", Out.DeviceClass) &&
      Map.map("data_class", Out.DataClass) && Map.map("victim", Out.Victim) &&
      Map.map("profiles", Out.Profiles) && Map.map("guard", Out.Guard) &&
      Map.map("trace", Out.Trace) && Map.map("site_ids", Out.SiteIds) &&
      Map.map("validation", Out.Validation) &&
      Map.map("suppression", Suppressed) && Map.map("change", Out.Change) &&
      Map.mapOptional("change_note", Out.ChangeNote) &&
      Map.mapOptional("action", Out.Action);
  if (Suppressed)
    Out.Suppression = std::move(Suppressed->Text);
  return Fine;
}

static bool fromJSON(const Value &Json, ProfileVerdict &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("verdict", Out.Verdict) &&
         Map.map("reason", Out.Reason);
}

static bool fromJSON(const Value &Json, Site &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("id", Out.Id) && Map.map("kind", Out.Kind) &&
         Map.map("verdict", Out.Verdict) &&
         Map.map("by_profile", Out.ByProfile) &&
         Map.map("location", Out.Location) &&
         Map.map("expression", Out.Expression) &&
         Map.map("device_class", Out.DeviceClass) &&
         Map.map("data_class", Out.DataClass) &&
         Map.mapOptional("validation", Out.Validation);
}

static bool fromJSON(const Value &Json, Skipped &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("kind", Out.Kind) && Map.map("what", Out.What) &&
         Map.map("reason", Out.Reason) && Map.map("effect", Out.Effect);
}

static bool fromJSON(const Value &Json, ToolInfo &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("name", Out.Name) && Map.map("version", Out.Version) &&
         Map.map("llvm", Out.Llvm);
}

static bool fromJSON(const Value &Json, KernelInfo &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("release", Out.Release) &&
         Map.map("architecture", Out.Architecture) &&
         Map.map("has_markers", Out.HasMarkers) &&
         Map.map("has_dma_core", Out.HasDmaCore);
}

static bool fromJSON(const Value &Json, Configuration &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("options", Out.Options) &&
         Map.map("paths", Out.Paths) && Map.map("warnings", Out.Warnings);
}

static bool fromJSON(const Value &Json, AssumptionState &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("id", Out.Id) && Map.map("text", Out.Text) &&
         Map.map("enabled", Out.Enabled);
}

static bool fromJSON(const Value &Json, Summary &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("complete", Out.Complete) &&
         mapCount(Map, "units_analyzed", Out.UnitsAnalyzed) &&
         mapCount(Map, "units_failed", Out.UnitsFailed) &&
         mapCount(Map, "units_not_applicable", Out.UnitsNotApplicable);
}

static bool fromJSON(const Value &Json, PatchResult &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("subject", Out.Subject) &&
         Map.map("verdict", Out.Verdict) &&
         mapCount(Map, "introduced", Out.Introduced) &&
         mapCount(Map, "fixed", Out.Fixed) &&
         mapCount(Map, "changed", Out.Changed) &&
         Map.map("reasons", Out.Reasons);
}

static bool fromJSON(const Value &Json, Hunk &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("file", Out.File) &&
         mapCount(Map, "start", Out.Start) &&
         mapCount(Map, "count", Out.Count) && Map.map("text", Out.Text) &&
         (!Json.getAsObject()->get("patch") ||
          mapCount(Map, "patch", Out.Patch));
}

static bool fromJSON(const Value &Json, GateResult &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("verdict", Out.Verdict) &&
         Map.map("reasons", Out.Reasons) && Map.map("files", Out.Files) &&
         Map.map("units", Out.Units) && Map.map("fixed", Out.Fixed) &&
         Map.map("patches", Out.Patches) && Map.map("hunks", Out.Hunks);
}

static bool fromJSON(const Value &Json, StaleEntry &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("fingerprint", Out.Fingerprint) &&
         Map.map("check", Out.Check) && Map.map("file", Out.File);
}

static bool fromJSON(const Value &Json, Report &Out, Path At) {
  ObjectMapper Map(Json, At);
  return Map && Map.map("tool", Out.Tool) && Map.map("kernel", Out.Kernel) &&
         Map.map("configuration", Out.Configuration) &&
         Map.map("profiles", Out.Profiles) &&
         Map.map("assumptions", Out.Assumptions) &&
         Map.map("summary", Out.Summary) && Map.map("findings", Out.Findings) &&
         Map.map("sites", Out.Sites) && Map.map("skipped", Out.Skipped) &&
         Map.map("gate", Out.Gate) && Map.mapOptional("stale", Out.Stale);
}

/// How deep the brackets of a text are nested, those in strings left out.
static unsigned depthOf(StringRef Text) {
  unsigned Depth = 0, Deepest = 0;
  bool InString = false;
  for (size_t I = 0; I < Text.size(); ++I) {
    char C = Text[I];
    if (InString && C == '\\')
      ++I;
    else if (C == '"')
      InString = !InString;
    else if (!InString && (C == '[' || C == '{'))
      Deepest = std::max(Deepest, ++Depth);
    else if (!InString && (C == ']' || C == '}') && Depth)
      --Depth;
  }
  return Deepest;
}

llvm::Expected<Value> parseJson(StringRef Text) {
  constexpr unsigned DeepestAllowed = 100;
  if (depthOf(Text) > DeepestAllowed)
    return llvm::createStringError("nested deeper than %u levels",
                                   DeepestAllowed);
  return llvm::json::parse(Text);
}

llvm::Expected<Report> readReport(StringRef Text, StringRef Name) {
  auto Bad = [&](const llvm::Twine &Problem) {
    return llvm::createStringError(
        Name + ": no usable report: " + Problem +
        "; make it again with `cocodma analyze --format json`");
  };
  llvm::Expected<Value> Json = parseJson(Text);
  if (!Json)
    return Bad(llvm::toString(Json.takeError()));
  const llvm::json::Object *Top = Json->getAsObject();
  if (!Top)
    return Bad("it is no JSON object");
  std::optional<int64_t> Version = Top->getInteger("schema_version");
  if (Version != ReportSchemaVersion)
    return Bad("its schema_version is not " + llvm::Twine(ReportSchemaVersion));
  Report Result;
  Path::Root Root("report");
  if (!fromJSON(*Json, Result, Root))
    return Bad(llvm::toString(Root.getError()));
  return Result;
}

llvm::Expected<Report> readReportFile(StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFileOrSTDIN(Path, /*IsText=*/false);
  if (std::error_code Reason = Buffer.getError())
    return llvm::createStringError(
        Reason, Path + ": cannot be read: " + Reason.message());
  return readReport((*Buffer)->getBuffer(),
                    Path == "-" ? "standard input" : Path);
}

} // namespace cocodma

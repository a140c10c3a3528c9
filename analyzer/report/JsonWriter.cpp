//===- JsonWriter.cpp - A report as JSON ----------------------------------===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JsonWriter.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace cocodma;
using llvm::StringRef;
using llvm::json::OStream;

namespace {

/// One report on its way to a stream.
class Writer {
public:
  explicit Writer(llvm::raw_ostream &Out) : Json(Out, 2) {}

  void write(const Report &R) {
    Json.object([&] {
      Json.attribute("schema_version", ReportSchemaVersion);
      Json.attributeObject("tool", [&] { tool(R.Tool); });
      Json.attributeObject("kernel", [&] { kernel(R.Kernel); });
      Json.attributeObject("configuration",
                           [&] { configuration(R.Configuration); });
      strings("profiles", R.Profiles);
      list("assumptions", R.Assumptions,
           [&](const AssumptionState &A) { assumption(A); });
      Json.attributeObject("summary", [&] { summary(R); });
      list("findings", R.Findings, [&](const Finding &F) { finding(F); });
      list("sites", R.Sites, [&](const Site &S) { site(S); });
      list("skipped", R.Skipped, [&](const Skipped &S) { skipped(S); });
      if (R.Gate)
        Json.attributeObject("gate", [&] { gate(*R.Gate); });
      if (!R.Stale.empty())
        list("stale", R.Stale, [&](const StaleEntry &S) { stale(S); });
    });
  }

private:
  void text(StringRef Key, StringRef Value) {
    Json.attribute(Key, llvm::json::fixUTF8(Value));
  }

  void strings(StringRef Key, llvm::ArrayRef<std::string> Values) {
    Json.attributeArray(Key, [&] {
      for (const std::string &Value : Values)
        Json.value(llvm::json::fixUTF8(Value));
    });
  }

  template <typename Item, typename Write>
  void list(StringRef Key, const std::vector<Item> &Items, Write WriteItem) {
    Json.attributeArray(Key, [&] {
      for (const Item &I : Items)
        Json.object([&] { WriteItem(I); });
    });
  }

  void tool(const ToolInfo &T) {
    text("name", T.Name);
    text("version", T.Version);
    text("llvm", T.Llvm);
  }

  void kernel(const KernelInfo &K) {
    text("release", K.Release);
    text("architecture", K.Architecture);
    Json.attribute("has_markers", K.HasMarkers);
    Json.attribute("has_dma_core", K.HasDmaCore);
  }

  void configuration(const Configuration &C) {
    Json.attributeObject("options", [&] {
      for (const auto &[Name, Value] : C.Options)
        text(llvm::json::fixUTF8(Name), Value);
    });
    strings("paths", C.Paths);
    strings("warnings", C.Warnings);
  }

  void assumption(const AssumptionState &A) {
    text("id", A.Id);
    text("text", A.Text);
    Json.attribute("enabled", A.Enabled);
  }

  void summary(const Report &R) {
    Json.attribute("complete", R.Summary.Complete);
    Json.attribute("units_analyzed", R.Summary.UnitsAnalyzed);
    Json.attribute("units_failed", R.Summary.UnitsFailed);
    Json.attribute("units_not_applicable", R.Summary.UnitsNotApplicable);
    Json.attribute("findings", countReported(R.Findings));
    std::array<unsigned, 7> Counts = countByVerdict(R.Sites);
    Json.attributeObject("by_verdict", [&] {
      for (Verdict Value : AllVerdicts)
        Json.attribute(nameOf(Value), Counts[static_cast<size_t>(Value)]);
    });
  }

  /// The attributes of a location; the caller opens the object.
  void place(const SourceLocation &L) {
    text("file", L.File);
    Json.attribute("line", L.Line);
    Json.attribute("column", L.Column);
    text("function", L.Function);
  }

  void finding(const Finding &F) {
    text("check", F.Check);
    Json.attribute("verdict", nameOf(F.Verdict));
    Json.attribute("severity", nameOf(F.Severity));
    text("message", F.Message);
    Json.attributeObject("location", [&] { place(F.Location); });
    text("fingerprint", F.Fingerprint);
    text("device_class", F.DeviceClass);
    text("data_class", F.DataClass);
    text("victim", F.Victim);
    strings("profiles", F.Profiles);
    text("guard", F.Guard);
    list("trace", F.Trace, [&](const TraceStep &Step) {
      text("kind", Step.Kind);
      place(Step.Location);
      text("message", Step.Message);
    });
    strings("site_ids", F.SiteIds);
    Json.attributeObject("validation", [&] { validation(F.Validation); });
    if (F.Suppression)
      Json.attributeObject("suppression",
                           [&] { text("reason", *F.Suppression); });
    if (F.Change)
      Json.attribute("change", nameOf(*F.Change));
    if (!F.ChangeNote.empty())
      text("change_note", F.ChangeNote);
    if (!F.Action.empty())
      text("action", F.Action);
  }

  void gate(const GateResult &G) {
    text("verdict", G.Verdict);
    strings("reasons", G.Reasons);
    strings("files", G.Files);
    strings("units", G.Units);
    list("fixed", G.Fixed, [&](const Finding &F) { finding(F); });
    list("patches", G.Patches, [&](const PatchResult &P) {
      text("subject", P.Subject);
      text("verdict", P.Verdict);
      Json.attribute("introduced", P.Introduced);
      Json.attribute("fixed", P.Fixed);
      Json.attribute("changed", P.Changed);
      strings("reasons", P.Reasons);
    });
    list("hunks", G.Hunks, [&](const Hunk &H) {
      text("file", H.File);
      Json.attribute("start", H.Start);
      Json.attribute("count", H.Count);
      text("text", H.Text);
      if (H.Patch)
        Json.attribute("patch", H.Patch);
    });
  }

  void stale(const StaleEntry &S) {
    text("fingerprint", S.Fingerprint);
    text("check", S.Check);
    text("file", S.File);
  }

  void validation(const Validation &V) {
    Json.attribute("status", nameOf(V.Status));
    if (V.Runs)
      Json.attribute("runs", V.Runs);
    if (!V.Detail.empty())
      text("detail", V.Detail);
  }

  void site(const Site &S) {
    text("id", S.Id);
    text("kind", S.Kind);
    Json.attribute("verdict", nameOf(S.Verdict));
    Json.attributeObject("by_profile", [&] {
      for (const auto &[Profile, Judged] : S.ByProfile)
        Json.attributeObject(llvm::json::fixUTF8(Profile), [&] {
          Json.attribute("verdict", nameOf(Judged.Verdict));
          text("reason", Judged.Reason);
        });
    });
    Json.attributeObject("location", [&] { place(S.Location); });
    text("expression", S.Expression);
    text("device_class", S.DeviceClass);
    text("data_class", S.DataClass);
    if (S.Validation.Status != ValidationStatus::NotRun)
      Json.attributeObject("validation", [&] { validation(S.Validation); });
  }

  void skipped(const Skipped &S) {
    text("kind", S.Kind);
    text("what", S.What);
    text("reason", S.Reason);
    text("effect", S.Effect);
  }

  OStream Json;
};

} // namespace

void cocodma::writeJson(const Report &R, llvm::raw_ostream &Out) {
  Report Sorted = R;
  sortReport(Sorted);
  Writer(Out).write(Sorted);
  Out << '\n';
}

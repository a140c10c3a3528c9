// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/SarifWriter.h"

#include "report/CheckTable.h"
#include "report/Escape.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

#include <set>

using llvm::StringRef;
using llvm::json::OStream;

namespace cocodma {
namespace {

constexpr size_t MostResults = 25000;
/// A thread flow may have 10,000 locations, a result 1,000 related ones.
constexpr size_t MostSteps = 1000;

StringRef levelOf(Severity S) {
  return S == Severity::High     ? "error"
         : S == Severity::Medium ? "warning"
                                 : "note";
}

/// A number from 0 to 10 by which services sort.
StringRef scoreOf(StringRef Check) {
  if (Check == "coco-fails-closed")
    return "4.0";
  return Check == "coco-ineffective-protection" ? "7.0" : "8.0";
}

StringRef baselineStateOf(Change C) {
  switch (C) {
  case Change::Introduced:
    return "new";
  case Change::Fixed:
    return "absent";
  case Change::Preexisting:
    return "unchanged";
  case Change::Changed:
    return "updated";
  }
  llvm_unreachable("covered switch");
}

/// A folder as the base of URIs, which ends in a slash.
std::string folderUri(StringRef Folder) {
  llvm::SmallString<256> Path = Folder;
  (void)llvm::sys::fs::make_absolute(Path);
  llvm::sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  std::string Uri = uriPath(Path);
  return StringRef(Uri).ends_with("/") ? Uri : Uri + "/";
}

class Writer {
public:
  Writer(ReportSources &Sources, llvm::raw_ostream &Out)
      : Sources(Sources), Json(Out, 2) {}

  void write(const Report &R) {
    for (const CheckEntry &C : checkTable())
      if (C.InAnalyze != Availability::No)
        Rules.push_back(C.Name.str());
    for (const Finding &F : R.Findings)
      addRule(F.Check);
    if (R.Gate)
      for (const Finding &F : R.Gate->Fixed)
        addRule(F.Check);
    Json.object([&] {
      Json.attribute("$schema",
                     "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/"
                     "os/schemas/sarif-schema-2.1.0.json");
      Json.attribute("version", "2.1.0");
      Json.attributeArray("runs", [&] { Json.object([&] { run(R); }); });
    });
  }

private:
  void addRule(const std::string &Check) {
    if (!llvm::is_contained(Rules, Check))
      Rules.push_back(Check);
  }

  void text(StringRef Key, StringRef Value) {
    Json.attribute(Key, llvm::json::fixUTF8(Value));
  }

  /// An object of the one member "text".
  void message(StringRef Key, StringRef Value) {
    Json.attributeObject(Key, [&] { text("text", Value); });
  }

  void run(const Report &R) {
    Json.attributeObject(
        "tool", [&] { Json.attributeObject("driver", [&] { driver(R); }); });
    Json.attributeObject("originalUriBaseIds", [&] {
      Json.attributeObject("%SRCROOT%", [&] {
        if (!Sources.After.root().empty())
          Json.attribute("uri", folderUri(Sources.After.root()));
        message("description", "the root of the kernel's source tree");
      });
    });
    Json.attributeArray("invocations",
                        [&] { Json.object([&] { invocation(R); }); });
    Json.attribute("columnKind", "utf16CodeUnits");
    Json.attributeArray("results", [&] {
      size_t Count = 0;
      for (const Finding &F : R.Findings)
        if (Count++ < MostResults)
          Json.object([&] { result(F, F.Change); });
      if (R.Gate)
        for (const Finding &F : R.Gate->Fixed)
          if (Count++ < MostResults)
            Json.object([&] { result(F, Change::Fixed); });
    });
    Json.attributeObject("properties", [&] { properties(R); });
  }

  void driver(const Report &R) {
    text("name", R.Tool.Name);
    text("version", R.Tool.Version);
    text("semanticVersion", R.Tool.Version);
    Json.attributeArray("rules", [&] {
      for (const std::string &Name : Rules)
        Json.object([&] { rule(Name); });
    });
  }

  void rule(const std::string &Name) {
    const CheckEntry *Known = findCheck(Name);
    text("id", Name);
    text("name", Name);
    message("shortDescription", Known ? StringRef(Known->Title) : Name);
    std::string Full = Known ? (Known->Summary + ".").str() : Name + ".";
    Full[0] = llvm::toUpper(Full[0]);
    message("fullDescription", Full);
    std::string Advice = Known ? Known->Advice.str() : Full;
    Json.attributeObject("help", [&] {
      text("text", Full + "\n\n" + Advice);
      text("markdown", "## " + Name + "\n\n" + Full + "\n\n" + Advice + "\n");
    });
    Json.attributeObject("defaultConfiguration", [&] {
      Json.attribute("level",
                     Known && Known->Severity != "high" ? "warning" : "error");
    });
    Json.attributeObject("properties", [&] {
      Json.attributeArray("tags", [&] {
        Json.value("security");
        Json.value("confidential-computing");
      });
      Json.attribute("precision", "high");
      Json.attribute("problem.severity",
                     Known && Known->Severity != "high" ? "warning" : "error");
      Json.attribute("security-severity", scoreOf(Name));
    });
  }

  void invocation(const Report &R) {
    Json.attribute("executionSuccessful", R.Summary.Complete);
    Json.attributeArray("toolExecutionNotifications", [&] {
      for (const Skipped &S : R.Skipped)
        notification("note",
                     S.What + ": " + S.Reason +
                         (S.Effect.empty() ? "" : " (" + S.Effect + ")"));
      for (const StaleEntry &S : R.Stale)
        notification("warning", "the baseline's entry " + S.Fingerprint + " (" +
                                    S.Check + ", " + S.File +
                                    ") fits no finding any more");
      size_t Fixed = R.Gate ? R.Gate->Fixed.size() : 0;
      if (R.Findings.size() + Fixed > MostResults)
        notification("error", "only the first " + std::to_string(MostResults) +
                                  " results are here");
    });
    Json.attributeArray("toolConfigurationNotifications", [&] {
      for (const std::string &Warning : R.Configuration.Warnings)
        notification("warning", Warning);
    });
  }

  void notification(StringRef Level, const std::string &Text) {
    Json.object([&] {
      Json.attribute("level", Level);
      message("message", Text);
    });
  }

  void result(const Finding &F, std::optional<Change> State) {
    Side = State == Change::Fixed ? &Sources.Before : &Sources.After;
    text("ruleId", F.Check);
    Json.attribute("ruleIndex", llvm::find(Rules, F.Check) - Rules.begin());
    Json.attribute("level", levelOf(F.Severity));
    message("message", messageOf(F));
    Json.attributeArray("locations",
                        [&] { Json.object([&] { location(F.Location); }); });
    Json.attributeObject("partialFingerprints", [&] {
      text("cocodma/v1", F.Fingerprint);
      text("primaryLocationLineHash", F.Fingerprint + ":1");
    });
    if (State)
      Json.attribute("baselineState", baselineStateOf(*State));
    Json.attributeArray("suppressions", [&] {
      if (F.Suppression)
        Json.object([&] {
          Json.attribute("kind", "inSource");
          Json.attribute("status", "accepted");
          text("justification", *F.Suppression);
        });
      if (F.Action == "ignore")
        Json.object([&] {
          Json.attribute("kind", "external");
          Json.attribute("justification", "the policy ignores it");
        });
    });
    if (!F.Trace.empty()) {
      codeFlow(F);
      related(F);
    }
    Json.attributeObject("properties", [&] { about(F); });
  }

  /// The message, with a link to the last step. Brackets in it would be links.
  std::string messageOf(const Finding &F) {
    std::string Result;
    for (char C : plainText(F.Message)) {
      if (C == '[' || C == ']' || C == '\\')
        Result += '\\';
      Result += C;
    }
    if (!F.Profiles.empty())
      Result += " on " + llvm::join(F.Profiles, ", ");
    if (size_t Steps = std::min(F.Trace.size(), MostSteps))
      Result += ", [here](" + std::to_string(Steps - 1) + ")";
    return Result + ".";
  }

  /// The members of a location; the caller opens the object.
  void location(const SourceLocation &L) {
    Json.attributeObject("physicalLocation", [&] {
      Json.attributeObject("artifactLocation", [&] {
        Json.attribute("uri", uriPath(L.File));
        if (!StringRef(L.File).starts_with("/"))
          Json.attribute("uriBaseId", "%SRCROOT%");
      });
      if (L.Line)
        Json.attributeObject("region", [&] {
          Json.attribute("startLine", L.Line);
          if (L.Column)
            Json.attribute("startColumn",
                           Side->columnInUtf16(L.File, L.Line, L.Column));
        });
    });
    if (!L.Function.empty())
      Json.attributeArray("logicalLocations", [&] {
        Json.object([&] {
          text("name", L.Function);
          Json.attribute("kind", "function");
        });
      });
  }

  void codeFlow(const Finding &F) {
    Json.attributeArray("codeFlows", [&] {
      Json.object([&] {
        Json.attributeArray("threadFlows", [&] {
          Json.object([&] {
            Json.attributeArray("locations", [&] {
              for (size_t I = 0; I < std::min(F.Trace.size(), MostSteps); ++I)
                Json.object([&] { step(F, I); });
            });
          });
        });
      });
    });
  }

  void step(const Finding &F, size_t I) {
    const TraceStep &Step = F.Trace[I];
    Json.attribute("executionOrder", static_cast<int64_t>(I + 1));
    Json.attribute("importance",
                   I + 1 == F.Trace.size() ? "essential" : "important");
    Json.attributeArray("kinds", [&] { Json.value(fixed(Step.Kind)); });
    Json.attributeObject("location", [&] {
      location(Step.Location);
      message("message", plainText(Step.Message));
    });
  }

  void related(const Finding &F) {
    Json.attributeArray("relatedLocations", [&] {
      for (size_t I = 0; I < std::min(F.Trace.size(), MostSteps); ++I)
        Json.object([&] {
          Json.attribute("id", static_cast<int64_t>(I));
          location(F.Trace[I].Location);
          message("message", plainText(F.Trace[I].Message));
        });
    });
  }

  void about(const Finding &F) {
    Json.attribute("verdict", nameOf(F.Verdict));
    text("device_class", F.DeviceClass);
    text("data_class", F.DataClass);
    text("victim", F.Victim);
    text("guard", F.Guard);
    text("validation", nameOf(F.Validation.Status));
    strings("profiles", F.Profiles);
    if (!F.ChangeNote.empty())
      text("change_note", F.ChangeNote);
    if (!F.Action.empty())
      text("action", F.Action);
  }

  void properties(const Report &R) {
    text("kernel_release", R.Kernel.Release);
    strings("profiles", R.Profiles);
    Json.attributeArray("assumptions", [&] {
      for (const AssumptionState &A : R.Assumptions)
        if (A.Enabled)
          Json.value(fixed(A.Id + ": " + A.Text));
    });
    if (R.Gate) {
      text("gate_verdict", R.Gate->Verdict);
      strings("gate_reasons", R.Gate->Reasons);
    }
  }

  void strings(StringRef Key, const std::vector<std::string> &Values) {
    Json.attributeArray(Key, [&] {
      for (const std::string &Value : Values)
        Json.value(fixed(Value));
    });
  }

  static std::string fixed(StringRef Value) {
    return llvm::json::fixUTF8(Value);
  }

  ReportSources &Sources;
  /// Those of the result that is written.
  SourceText *Side = nullptr;
  OStream Json;
  std::vector<std::string> Rules;
};

} // namespace

void writeSarif(const Report &R, ReportSources &Sources,
                llvm::raw_ostream &Out) {
  Report Sorted = R;
  sortReport(Sorted);
  Writer(Sources, Out).write(Sorted);
  Out << '\n';
}

} // namespace cocodma

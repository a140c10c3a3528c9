// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/RdJsonWriter.h"

#include "report/Escape.h"
#include "report/TextWriter.h"

#include "llvm/Support/JSON.h"

namespace cocodma {
namespace {

/// How much of a path a comment shows. Services cut long comments off.
constexpr size_t MostSteps = 40;

/// What is nobody's news is shown, but is no reason to stop.
llvm::StringRef severityName(const Finding &F) {
  if (F.Change && *F.Change != Change::Introduced)
    return "INFO";
  return F.Severity == Severity::High     ? "ERROR"
         : F.Severity == Severity::Medium ? "WARNING"
                                          : "INFO";
}

std::string messageOf(const Finding &F) {
  std::string Text =
      markdownText(F.Message) + "\n\n" + markdownText(aboutFinding(F)) + "\n";
  size_t Number = 0;
  for (const TraceStep &Step : F.Trace) {
    if (++Number > MostSteps) {
      Text += "\n" + std::to_string(F.Trace.size() - MostSteps) +
              " further steps are in the report.";
      break;
    }
    Text += "\n" + std::to_string(Number) + ". " +
            markdownCode(Step.Location.File + ":" +
                         std::to_string(Step.Location.Line)) +
            " " + markdownText(Step.Message);
  }
  return Text;
}

void writeFinding(const Finding &F, llvm::json::OStream &Json) {
  Json.object([&] {
    Json.attribute("message", messageOf(F));
    Json.attributeObject("location", [&] {
      Json.attribute("path", llvm::json::fixUTF8(F.Location.File));
      Json.attributeObject("range", [&] {
        Json.attributeObject("start", [&] {
          Json.attribute("line", std::max(1u, F.Location.Line));
          Json.attribute("column", std::max(1u, F.Location.Column));
        });
      });
    });
    Json.attribute("severity", severityName(F));
    Json.attributeObject("code",
                         [&] { Json.attribute("value", plainText(F.Check)); });
  });
}

} // namespace

void writeRdJson(const Report &R, llvm::raw_ostream &Out) {
  Report Sorted = R;
  sortReport(Sorted);
  llvm::json::OStream Json(Out, 2);
  Json.object([&] {
    Json.attributeObject("source", [&] { Json.attribute("name", "cocodma"); });
    Json.attributeArray("diagnostics", [&] {
      for (const Finding &F : Sorted.Findings)
        if (!F.Suppression && F.Action != "ignore")
          writeFinding(F, Json);
    });
  });
  Out << '\n';
}

} // namespace cocodma

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/GitLabWriter.h"

#include "report/Escape.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

namespace cocodma {

static llvm::StringRef severityName(Severity S) {
  return S == Severity::High     ? "critical"
         : S == Severity::Medium ? "major"
                                 : "minor";
}

void writeGitLab(const Report &R, llvm::raw_ostream &Out) {
  Report Sorted = R;
  sortReport(Sorted);
  llvm::json::OStream Json(Out, 2);
  Json.array([&] {
    for (const Finding &F : Sorted.Findings) {
      if (F.Suppression || F.Action == "ignore")
        continue;
      Json.object([&] {
        Json.attribute("description", plainText(F.Message + " on " +
                                                llvm::join(F.Profiles, ", ")));
        Json.attribute("check_name", plainText(F.Check));
        Json.attribute("fingerprint", plainText(F.Fingerprint));
        Json.attribute("severity", severityName(F.Severity));
        Json.attributeObject("location", [&] {
          Json.attribute("path", llvm::json::fixUTF8(F.Location.File));
          Json.attributeObject("lines", [&] {
            Json.attribute("begin", std::max(1u, F.Location.Line));
          });
        });
      });
    }
  });
  Out << '\n';
}

} // namespace cocodma

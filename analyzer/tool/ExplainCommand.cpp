// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/ExplainCommand.h"

#include "report/CheckTable.h"
#include "tool/Options.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace cocodma {
namespace {

struct Page {
  StringRef Check;
  StringRef Text;
};

constexpr Page Pages[] = {
#include "check-pages.inc"
};

/// What docs/checks/ says about a check, below its table.
StringRef pageOf(StringRef Check) {
  for (const Page &P : Pages)
    if (P.Check == Check)
      return P.Text;
  return "";
}

} // namespace

int runExplain() {
  if (CheckName.empty()) {
    listChecks(outs());
    return Clean;
  }
  if (const CheckEntry *Check = findCheck(CheckName)) {
    explainCheck(*Check, outs());
    outs() << "\n" << pageOf(Check->Name).trim() << "\n";
    return Clean;
  }
  std::string All;
  for (const CheckEntry &Check : checkTable())
    All += (All.empty() ? "" : ", ") + Check.Name.str();
  return usageError("unknown check '" + CheckName + "'; there are: " + All);
}

} // namespace cocodma

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as a baseline and as a policy.
#include "gate/Baseline.h"
#include "gate/Policy.h"

using namespace cocodma;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  llvm::StringRef Text(reinterpret_cast<const char *>(Data), Size);
  Report R;
  R.Findings.emplace_back();
  R.Findings[0].Profiles = {"snp-vtom"};
  if (llvm::Expected<Baseline> Known = readBaseline(Text, "input"))
    applyBaseline(R, *Known);
  else
    llvm::consumeError(Known.takeError());
  if (llvm::Expected<Policy> Rules = readPolicy(Text, "input"))
    applyPolicy(R, *Rules);
  else
    llvm::consumeError(Rules.takeError());
  return 0;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/FaultInjector.h"

namespace cocodma::model {

void FaultInjector::setRandom(std::uint64_t Seed, unsigned Chance) {
  State = Seed;
  Percent = Chance;
}

/// splitmix64: short, and the same everywhere.
std::uint64_t FaultInjector::random() {
  State += 0x9e3779b97f4a7c15ULL;
  std::uint64_t Value = State;
  Value = (Value ^ (Value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  Value = (Value ^ (Value >> 27)) * 0x94d049bb133111ebULL;
  return Value ^ (Value >> 31);
}

bool FaultInjector::fails(FaultPoint At, FaultHow &How) {
  if (!Enabled)
    return false;
  unsigned Call = ++Calls[static_cast<unsigned>(At)];
  bool Fails = false;
  for (const Fault &F : Faults)
    if (F.At == At && (F.Call == Call || F.Call == 0)) {
      How = F.How;
      Fails = true;
      break;
    }
  if (!Fails && Percent && random() % 100 < Percent) {
    How = static_cast<FaultHow>(random() % 3);
    Fails = true;
  }
  Injected += Fails;
  return Fails;
}

bool FaultInjector::fails(FaultPoint At) {
  FaultHow Ignored = FaultHow::Before;
  return fails(At, Ignored);
}

} // namespace cocodma::model

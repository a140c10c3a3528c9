// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/SharingPlan.h"

#include <algorithm>
#include <iterator>

namespace cocodma {
namespace {

/// Compiling with all bodies and writing, in percent of parsing it in one unit.
constexpr int64_t CostPercent = 140;
/// Bytes that a file more has to save: opening it costs something.
constexpr int64_t LeastGain = 256 << 10;

class Planning {
public:
  Planning(llvm::ArrayRef<SharingUnit> Units, llvm::ArrayRef<uint64_t> Sizes)
      : Units(Units), Sizes(Sizes) {}

  std::vector<SharingNode> run() {
    std::vector<unsigned> All(Units.size());
    for (unsigned I = 0; I < All.size(); ++I)
      All[I] = I;
    split(std::nullopt, llvm::BitVector(Sizes.size()), std::move(All));
    return std::move(Nodes);
  }

private:
  struct Choice {
    std::vector<unsigned> Members;
    llvm::BitVector Files;
    int64_t Gain = LeastGain;
  };

  int64_t bytes(const llvm::BitVector &Files) const {
    int64_t Result = 0;
    for (unsigned File : Files.set_bits())
      Result += static_cast<int64_t>(Sizes[File]);
    return Result;
  }

  llvm::BitVector common(llvm::ArrayRef<unsigned> Of) const {
    llvm::BitVector Result = Units[Of.front()].Files;
    for (unsigned I : Of.drop_front())
      Result &= Units[I].Files;
    return Result;
  }

  /// What is saved by compiling \p Files for \p Of, which have \p Has bytes.
  int64_t gain(llvm::ArrayRef<unsigned> Of, int64_t Has, int64_t Files) const {
    int64_t Result = -(Files - Has) * CostPercent / 100;
    for (unsigned I : Of)
      Result += std::max<int64_t>(
          0, Files - std::max(Has, static_cast<int64_t>(Units[I].Saved)));
    return Result;
  }

  /// The best set of \p Of that has a file beyond \p Has in common.
  Choice choose(llvm::ArrayRef<unsigned> Of, const llvm::BitVector &Has) const {
    Choice Best;
    llvm::BitVector Open(Sizes.size());
    for (unsigned I : Of)
      Open |= Units[I].Files;
    Open.reset(Has);
    const int64_t HasBytes = bytes(Has);
    while (Open.any()) {
      const unsigned File = Open.find_first();
      Choice One;
      for (unsigned I : Of)
        if (Units[I].Files.test(File))
          One.Members.push_back(I);
      One.Files = common(One.Members);
      Open.reset(File);
      One.Gain = gain(One.Members, HasBytes, bytes(One.Files));
      if (One.Gain > Best.Gain)
        Best = std::move(One);
    }
    return Best;
  }

  /// Makes the nodes of \p Of below \p Parent, which has \p Has. What is left
  /// over uses the parent.
  void split(std::optional<unsigned> Parent, const llvm::BitVector &Has,
             std::vector<unsigned> Of) {
    while (Of.size() > 1) {
      Choice Best = choose(Of, Has);
      if (Best.Members.empty())
        break;
      std::vector<unsigned> Rest;
      std::set_difference(Of.begin(), Of.end(), Best.Members.begin(),
                          Best.Members.end(), std::back_inserter(Rest));
      Of = std::move(Rest);
      const unsigned Node = Nodes.size();
      Nodes.push_back({Parent, Best.Members, {}, Best.Files});
      split(Node, Best.Files, std::move(Best.Members));
    }
    if (Parent)
      Nodes[*Parent].Units = std::move(Of);
  }

  llvm::ArrayRef<SharingUnit> Units;
  llvm::ArrayRef<uint64_t> Sizes;
  std::vector<SharingNode> Nodes;
};

} // namespace

std::vector<SharingNode> planSharing(llvm::ArrayRef<SharingUnit> Units,
                                     llvm::ArrayRef<uint64_t> Sizes) {
  return Planning(Units, Sizes).run();
}

} // namespace cocodma

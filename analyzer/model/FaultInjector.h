// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Faults on demand: the n-th call of a kind, or any call by chance.
#ifndef COCODMA_MODEL_FAULTINJECTOR_H
#define COCODMA_MODEL_FAULTINJECTOR_H

#include <array>
#include <cstdint>
#include <vector>

namespace cocodma::model {

/// What can be made to fail.
enum class FaultPoint : std::uint8_t {
  Decrypt,     ///< set_memory_decrypted()
  Encrypt,     ///< set_memory_encrypted()
  Allocation,  ///< Pages, slab objects and mappings of pages.
  Pool,        ///< A mapping finds the bounce buffer full.
  PoolGrowth,  ///< A full bounce buffer cannot grow for a mapping.
  PostMessage, ///< The other side takes no control message.
  Host,        ///< It takes it, and answers that it will not.
};
inline constexpr unsigned FaultPoints = 7;

/// How far a conversion comes before it fails (the kernel's functions go page
/// by page and promise nothing about the rest, arch/x86/mm/pat/set_memory.c).
enum class FaultHow : std::uint8_t { Before, HalfWay, After };

/// One fault that was asked for.
struct Fault {
  FaultPoint At = FaultPoint::Decrypt;
  unsigned Call = 1; ///< Which call from now on, counted from 1; 0 means all.
  FaultHow How = FaultHow::Before;
};

/// Decides for each call whether it fails.
class FaultInjector {
public:
  void add(const Fault &F) { Faults.push_back(F); }
  /// Besides, each call fails with probability \p Percent / 100, how is chosen
  /// as well. Equal seeds give equal faults.
  void setRandom(std::uint64_t Seed, unsigned Percent);
  /// Nothing fails and nothing is counted while it is off (during boot).
  void enable(bool On) { Enabled = On; }

  /// Counts a call of \p At; true if it is to fail, with \p How set.
  bool fails(FaultPoint At, FaultHow &How);
  /// The same where there is only one way to fail.
  bool fails(FaultPoint At);
  /// How many calls failed.
  unsigned injected() const { return Injected; }

private:
  std::uint64_t random();

  std::vector<Fault> Faults;
  std::array<unsigned, FaultPoints> Calls{};
  std::uint64_t State = 0;
  unsigned Percent = 0;
  unsigned Injected = 0;
  bool Enabled = true;
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_FAULTINJECTOR_H

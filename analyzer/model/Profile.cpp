// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Profile.h"

namespace cocodma::model {

namespace {

// Isolation types of the hypervisor's interface (TLFS, leaf 0x4000000c).
constexpr unsigned IsolationNone = 0, IsolationSnp = 2, IsolationTdx = 3;

std::vector<Profile> makeProfiles() {
  // Positions of the bits differ between machines; these are usual ones: the
  // C-bit from CPUID 0x8000001f, a guest-physical width of 52 on TDX and of 48
  // on CCA, a vTOM at 2^46 (Hyper-V's shared_gpa_boundary).
  Profile Vtom{"snp-vtom", Encoding::SharedBit,
               46,         true,
               false,      false,
               true,       IsolationSnp,
               true,       PrivateRead::Fault,
               "RMP check"};
  Profile TdxParavisor{"tdx-paravisor",
                       Encoding::SharedBit,
                       51,
                       true,
                       false,
                       false,
                       true,
                       IsolationTdx,
                       true,
                       PrivateRead::Fault,
                       "no entry in the shared EPT"};
  Profile Snp{"snp",      Encoding::PrivateBit,
              51,         true,
              false,      true,
              false,      IsolationNone,
              true,       PrivateRead::Fault,
              "RMP check"};
  Profile Tdx{"tdx",
              Encoding::SharedBit,
              51,
              true,
              false,
              false,
              false,
              IsolationNone,
              true,
              PrivateRead::Fault,
              "no entry in the shared EPT"};
  Profile Cca{"cca",
              Encoding::SharedBit,
              47,
              true,
              false,
              false,
              false,
              IsolationNone,
              true,
              PrivateRead::Fault,
              "granule protection fault"};
  Profile Sme{"sme-host",  Encoding::PrivateBit,
              47,          false,
              true,        false,
              false,       IsolationNone,
              false,       PrivateRead::Ciphertext,
              "ciphertext"};
  Profile Plain;
  Plain.Name = "none";
  return {Vtom, TdxParavisor, Snp, Tdx, Cca, Sme, Plain};
}

const std::vector<Profile> &profiles() {
  static const std::vector<Profile> All = makeProfiles();
  return All;
}

} // namespace

std::uint64_t Profile::markPrivate(std::uint64_t Address) const {
  switch (AddressEncoding) {
  case Encoding::PrivateBit:
    return Address | (1ULL << Bit);
  case Encoding::SharedBit:
    return Address & ~(1ULL << Bit);
  case Encoding::None:
    break;
  }
  return Address;
}

std::uint64_t Profile::markShared(std::uint64_t Address) const {
  switch (AddressEncoding) {
  case Encoding::PrivateBit:
    return Address & ~(1ULL << Bit);
  case Encoding::SharedBit:
    return Address | (1ULL << Bit);
  case Encoding::None:
    break;
  }
  return Address;
}

std::uint64_t Profile::canonical(std::uint64_t Address) const {
  return separatesViews() ? Address & ~(1ULL << Bit) : Address;
}

bool Profile::meansShared(std::uint64_t Address) const {
  bool Set = separatesViews() && (Address >> Bit & 1);
  switch (AddressEncoding) {
  case Encoding::PrivateBit:
    return !Set;
  case Encoding::SharedBit:
    return Set;
  case Encoding::None:
    break;
  }
  return false;
}

std::optional<Profile> findProfile(std::string_view Name) {
  for (const Profile &P : profiles())
    if (P.Name == Name)
      return P;
  return std::nullopt;
}

const std::vector<std::string> &profileNames() {
  static const std::vector<std::string> Names = [] {
    std::vector<std::string> Result;
    for (const Profile &P : profiles())
      Result.push_back(P.Name);
    return Result;
  }();
  return Names;
}

} // namespace cocodma::model

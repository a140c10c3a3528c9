// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a confidential platform looks like to a guest: which address means
// private memory and which means shared, and who may read what.
#ifndef COCODMA_MODEL_PROFILE_H
#define COCODMA_MODEL_PROFILE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cocodma::model {

/// How a guest-physical address says whether private or shared memory is meant.
enum class Encoding {
  None,       ///< There is one kind of memory only.
  PrivateBit, ///< A set bit means private (AMD's C-bit, APM volume 2, 15.34).
  SharedBit,  ///< A set bit means shared: TDX (GPA bit GPAW-1, TDX module
              ///< specification), CCA (upper half of the IPA space, RMM
              ///< specification), and addresses above AMD's vTOM.
};

/// What an untrusted device gets when it reads private memory.
enum class PrivateRead {
  Data,       ///< The data: nothing is protected.
  Ciphertext, ///< Other bytes than were written (SME: a device without the
              ///< key).
  Fault,      ///< Nothing: the access is blocked.
};

/// A platform of the spec (spec/default-spec.json has the same names; these are
/// the facts of them that hardware and firmware account for).
struct Profile {
  std::string Name;
  Encoding AddressEncoding = Encoding::None;
  unsigned Bit = 0;            ///< Of AddressEncoding, if it is not None.
  bool Guest = false;          ///< CC_ATTR_GUEST_MEM_ENCRYPT.
  bool HostEncrypts = false;   ///< CC_ATTR_HOST_MEM_ENCRYPT (SME).
  bool StateEncrypted = false; ///< CC_ATTR_GUEST_STATE_ENCRYPT.
  bool Paravisor = false; ///< Something inside the guest's trust boundary that
                          ///< reads private memory and offers devices (VTL2).
  unsigned Isolation = 0; ///< hv_isolation_type as the hypervisor's CPUID leaf
                          ///< 0x4000000c reports it.
  bool HasHost = true;    ///< Whether someone outside watches memory at all.
  PrivateRead DeviceRead = PrivateRead::Data;
  const char *FaultName = ""; ///< What a blocked access is called there.

  /// The address of private memory at \p Address, which has no mark.
  std::uint64_t markPrivate(std::uint64_t Address) const;
  /// The address of shared memory at \p Address, which has no mark.
  std::uint64_t markShared(std::uint64_t Address) const;
  /// \p Address without marks.
  std::uint64_t canonical(std::uint64_t Address) const;
  /// Whether \p Address, with its marks, means shared memory. Where there is
  /// one kind of memory this is false.
  bool meansShared(std::uint64_t Address) const;
  /// Whether memory has a private and a shared view of its own.
  bool separatesViews() const { return AddressEncoding != Encoding::None; }
};

/// The profile of that name; none if there is none.
std::optional<Profile> findProfile(std::string_view Name);

/// The names, in the order of the documentation.
const std::vector<std::string> &profileNames();

} // namespace cocodma::model

#endif // COCODMA_MODEL_PROFILE_H

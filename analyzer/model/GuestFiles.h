// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What backs the memory of guests: two files in memory, for private and for
// shared contents, and where they are mapped. One guest after the other can use
// them; copies of the process see the same.
#ifndef COCODMA_MODEL_GUESTFILES_H
#define COCODMA_MODEL_GUESTFILES_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace cocodma::model {

/// Two files of equal size, which nobody can change, and three mappings.
class GuestFiles {
public:
  /// Makes and maps two files of \p Size bytes, all zero. Null, with the reason
  /// in \p Error, if the system refuses.
  static std::unique_ptr<GuestFiles> create(std::size_t Size,
                                            std::string &Error);
  ~GuestFiles();
  GuestFiles(const GuestFiles &) = delete;
  GuestFiles &operator=(const GuestFiles &) = delete;

  /// Both hold zeros again. No guest may use them; what is mapped elsewhere
  /// than at linear() stays so. False if the system refuses.
  bool clear();

  std::size_t size() const { return Size; }
  int privateFile() const { return Private; }
  int sharedFile() const { return Shared; }
  /// Where a guest has its linear map: private contents at first, and for the
  /// guest to map over.
  std::uint8_t *linear() const { return Linear; }
  std::uint8_t *privateView() const { return PrivateView; }
  std::uint8_t *sharedView() const { return SharedView; }

private:
  explicit GuestFiles(std::size_t Size) : Size(Size) {}
  bool map();

  std::size_t Size;
  int Private = -1;
  int Shared = -1;
  std::uint8_t *Linear = nullptr;
  std::uint8_t *PrivateView = nullptr;
  std::uint8_t *SharedView = nullptr;
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_GUESTFILES_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/GuestFiles.h"
#include "model/SystemGate.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace cocodma::model {

namespace {

std::uint8_t *mapFile(int File, std::size_t Size) {
  void *At = mmap(nullptr, Size, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_NORESERVE, File, 0);
  return At == MAP_FAILED ? nullptr : static_cast<std::uint8_t *>(At);
}

/// A file in memory that nobody can make larger or smaller.
int makeFile(const char *Name, std::size_t Size) {
  int File = memfd_create(Name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (File < 0)
    return -1;
  if (ftruncate(File, static_cast<off_t>(Size)) ||
      fcntl(File, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) {
    close(File);
    return -1;
  }
  return File;
}

} // namespace

std::unique_ptr<GuestFiles> GuestFiles::create(std::size_t Size,
                                               std::string &Error) {
  std::unique_ptr<GuestFiles> Files(new GuestFiles(Size));
  if (Files->map())
    return Files;
  Error =
      std::string("the guest's memory cannot be made: ") + std::strerror(errno);
  return nullptr;
}

bool GuestFiles::map() {
  Private = makeFile("private", Size);
  Shared = makeFile("shared", Size);
  if (Private < 0 || Shared < 0)
    return false;
  Linear = mapFile(Private, Size);
  PrivateView = mapFile(Private, Size);
  SharedView = mapFile(Shared, Size);
  return Linear && PrivateView && SharedView;
}

GuestFiles::~GuestFiles() {
  for (std::uint8_t *View : {Linear, PrivateView, SharedView})
    if (View)
      munmap(View, Size);
  for (int File : {Private, Shared})
    if (File >= 0)
      close(File);
}

bool GuestFiles::clear() {
  for (int File : {Private, Shared})
    if (callThroughGate(SYS_fallocate, File,
                        FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                        static_cast<long>(Size)))
      return false;
  return true;
}

} // namespace cocodma::model

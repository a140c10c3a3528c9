// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Checks.h"

#include "llvm/ADT/STLExtras.h"

namespace cocodma {

static constexpr CheckText Checks[] = {
    {"coco-bounce", "private data is bounced",
     "private data of a confidential channel is mapped through swiotlb, which "
     "copies it to shared memory",
     "Let the device of a confidential channel do without bouncing: take its "
     "pool away before the first probe, or do not map buffers whose channel's "
     "flag is set."},
    {"coco-copy-to-shared", "private data is copied to shared memory",
     "private data of a confidential channel is copied to memory that is "
     "shared with the host",
     "Copy to memory whose encryption follows the flag of the channel that the "
     "data belongs to."},
    {"coco-decrypted-free", "shared memory goes back to the allocator",
     "memory whose pages are shared with the host, or may be, is freed: its "
     "next owner writes private data there",
     "Make the pages private again and test the result; where that failed, "
     "leak the pages instead of freeing them."},
    {"coco-fails-closed", "the I/O of a confidential channel cannot work",
     "nothing leaks, but every mapping for a confidential channel fails: its "
     "I/O does not work",
     "Let the mapping succeed without bouncing: what protects the data must "
     "not make the DMA layer refuse it."},
    {"coco-ineffective-protection", "a protection takes no effect",
     "a protection of a confidential device is overwritten before the first "
     "probe or comes after it",
     "Set it between the initialization of the device and its registration."},
    {"coco-shared-buffer", "private memory is decrypted",
     "private memory of a confidential channel is decrypted or gets a "
     "decrypted mapping",
     "Guard the decryption by the flag of the channel that the memory belongs "
     "to, the same one that guards its encryption when it is freed."},
    {"coco-subpage-sharing", "a shared page holds other data",
     "memory is decrypted that shares its pages with other private data of the "
     "guest",
     "Allocate whole pages for what is decrypted."},
};

llvm::ArrayRef<CheckText> allChecks() { return Checks; }

const CheckText *checkNamed(llvm::StringRef Name) {
  const CheckText *Found =
      llvm::find_if(Checks, [=](const CheckText &C) { return C.Name == Name; });
  return Found == std::end(Checks) ? nullptr : Found;
}

} // namespace cocodma

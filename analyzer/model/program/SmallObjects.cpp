// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program's `new` and `delete`: small objects lie close together. After a
// copy of the process was made, each page that either side writes to costs a
// fault and mostly a copy; a general heap is spread over many.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <unistd.h>

namespace {

constexpr std::size_t Step = 16;      ///< Alignment, and between sizes.
constexpr std::size_t Largest = 4096; ///< Beyond that malloc() serves.

/// What was freed, by size; the memory itself holds the list.
struct FreeObject {
  FreeObject *Next;
};

alignas(4096) std::uint8_t Room[4 << 20];
std::size_t Used = 0;
FreeObject *Free[Largest / Step + 1];

/// Index of the list of objects that are large enough.
std::size_t listOf(std::size_t Size) {
  return (Size ? Size + Step - 1 : Step) / Step;
}

bool isOurs(const void *Object) {
  const auto *At = static_cast<const std::uint8_t *>(Object);
  return At >= Room && At < Room + sizeof(Room);
}

void *take(std::size_t List) {
  if (FreeObject *Object = Free[List]) {
    Free[List] = Object->Next;
    return Object;
  }
  if (List * Step > sizeof(Room) - Used)
    return nullptr;
  Used += List * Step;
  return Room + Used - List * Step;
}

} // namespace

void *operator new(std::size_t Size) {
  void *Object = Size <= Largest ? take(listOf(Size)) : nullptr;
  if (!Object)
    Object = std::malloc(Size ? Size : 1);
  if (!Object)
    _exit(71); // Nobody here catches an exception.
  return Object;
}

void operator delete(void *Object, std::size_t Size) noexcept {
  if (!isOurs(Object)) {
    std::free(Object);
    return;
  }
  auto *Freed = static_cast<FreeObject *>(Object);
  Freed->Next = Free[listOf(Size)];
  Free[listOf(Size)] = Freed;
}

/// Without its size an object of the room is lost until the process ends.
void operator delete(void *Object) noexcept {
  if (!isOurs(Object))
    std::free(Object);
}

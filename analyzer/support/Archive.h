// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain data as bytes and back, for files of our own caches. A type says once
// which fields it has:
//
//   template <typename Archive>
//   void fields(Archive &A, Archived<Archive, Thing> V) {
//     A.value(V.Name);
//     A.value(V.Parts);
//   }
//
// in namespace cocodma, and that serves reading and writing.
#ifndef COCODMA_SUPPORT_ARCHIVE_H
#define COCODMA_SUPPORT_ARCHIVE_H

#include "llvm/ADT/StringRef.h"

#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace cocodma {

/// What is copied byte by byte: it must have no padding, whose bytes could be
/// anything, so that the same data gives the same bytes.
template <typename T>
concept Plain = std::is_trivially_copyable_v<T>;

/// Appends values to a string.
class ArchiveWriter {
public:
  std::string Bytes;

  template <Plain T> void value(const T &V) {
    static_assert(std::has_unique_object_representations_v<T>);
    Bytes.append(reinterpret_cast<const char *>(&V), sizeof(T));
  }
  void value(const std::string &V) {
    value(uint64_t(V.size()));
    Bytes += V;
  }
  template <typename T> void value(const std::vector<T> &V) {
    value(uint64_t(V.size()));
    if constexpr (std::is_same_v<T, bool>) {
      for (bool Element : V)
        value(Element);
    } else if constexpr (Plain<T>) {
      if (!V.empty())
        Bytes.append(reinterpret_cast<const char *>(V.data()),
                     V.size() * sizeof(T));
    } else {
      for (const T &Element : V)
        element(Element);
    }
  }
  template <typename T> void value(const std::set<T> &V) {
    value(uint64_t(V.size()));
    for (const T &Element : V)
      element(Element);
  }
  template <typename K, typename T> void value(const std::map<K, T> &V) {
    value(uint64_t(V.size()));
    for (const auto &[Key, Element] : V) {
      element(Key);
      element(Element);
    }
  }
  template <typename T> void value(const std::optional<T> &V) {
    value(V.has_value());
    if (V)
      element(*V);
  }

private:
  template <typename T> void element(const T &V) {
    if constexpr (requires { value(V); })
      value(V);
    else
      fields(*this, V);
  }
  template <typename K, typename T> void element(const std::pair<K, T> &V) {
    element(V.first);
    element(V.second);
  }
};

/// Reads values back; after an error every further value is empty. Bytes may be
/// damaged: nothing is read beyond their end, and no count makes it allocate
/// more than they could hold.
class ArchiveReader {
public:
  /// Borrows \p Bytes.
  explicit ArchiveReader(llvm::StringRef Bytes) : Left(Bytes) {}

  template <Plain T> void value(T &V) {
    if (Left.size() < sizeof(T))
      return fail();
    std::memcpy(&V, Left.data(), sizeof(T));
    Left = Left.drop_front(sizeof(T));
  }
  void value(bool &V) {
    uint8_t Byte = 0;
    value(Byte);
    if (Byte > 1)
      return fail();
    V = Byte;
  }
  void value(std::string &V) {
    uint64_t Size = count();
    V = Left.take_front(Size).str();
    Left = Left.drop_front(Size);
  }
  template <typename T> void value(std::vector<T> &V) {
    uint64_t Size = count();
    if constexpr (std::is_same_v<T, bool>) {
      V.resize(Size);
      for (uint64_t I = 0; I < Size; ++I) {
        bool Element = false;
        value(Element);
        V[I] = Element;
      }
    } else if constexpr (Plain<T>) {
      if (Size > Left.size() / sizeof(T))
        return fail();
      V.resize(Size);
      if (Size)
        std::memcpy(V.data(), Left.data(), Size * sizeof(T));
      Left = Left.drop_front(Size * sizeof(T));
    } else {
      V.resize(Size);
      for (T &Element : V) {
        if (Failed)
          return;
        element(Element);
      }
    }
  }
  template <typename T> void value(std::set<T> &V) {
    for (uint64_t Size = count(); Size && !Failed; --Size) {
      T Element{};
      element(Element);
      V.insert(std::move(Element));
    }
  }
  template <typename K, typename T> void value(std::map<K, T> &V) {
    for (uint64_t Size = count(); Size && !Failed; --Size) {
      K Key{};
      element(Key);
      element(V[Key]);
    }
  }
  template <typename T> void value(std::optional<T> &V) {
    bool Some = false;
    value(Some);
    V.reset();
    if (Some)
      element(V.emplace());
  }
  /// True if something did not fit, or something is left.
  bool failed() const { return Failed || !Left.empty(); }
  /// Gives up: what was read makes no sense.
  void fail() {
    Failed = true;
    Left = {};
  }

private:
  /// No element takes less than a byte: a larger count is damage.
  uint64_t count() {
    uint64_t Size = 0;
    value(Size);
    if (Size <= Left.size())
      return Size;
    fail();
    return 0;
  }
  template <typename T> void element(T &V) {
    if constexpr (requires { value(V); })
      value(V);
    else
      fields(*this, V);
  }
  template <typename K, typename T> void element(std::pair<K, T> &V) {
    element(V.first);
    element(V.second);
  }

  llvm::StringRef Left;
  bool Failed = false;
};

/// Lets one list of fields serve reading and writing.
template <typename Archive, typename T>
using Archived =
    std::conditional_t<std::is_same_v<Archive, ArchiveWriter>, const T &, T &>;

} // namespace cocodma

#endif // COCODMA_SUPPORT_ARCHIVE_H

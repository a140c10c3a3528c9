// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "summary/Serialization.h"

#include "support/Archive.h"

#include "llvm/Support/xxhash.h"

#include <cstring>

namespace cocodma {
namespace {

constexpr char Magic[8] = {'c', 'o', 'c', 'o', 'u', 'n', 'i', 't'};

/// Fixed part in front of the payload.
struct Header {
  char Magic[8];
  uint32_t Version;
  uint32_t Reserved;
  uint64_t Size;
  uint64_t Checksum;
};

// Vectors of these are copied byte by byte.
static_assert(std::has_unique_object_representations_v<Inst> &&
              std::has_unique_object_representations_v<SummaryType> &&
              std::has_unique_object_representations_v<LocalVariable> &&
              std::has_unique_object_representations_v<DeclarationSummary> &&
              std::has_unique_object_representations_v<SwitchCase> &&
              std::has_unique_object_representations_v<NamedConstant>);

} // namespace

template <typename Archive>
void fields(Archive &A, Archived<Archive, Block> V) {
  A.value(V.First);
  A.value(V.End);
  A.value(V.Kind);
  A.value(V.Condition);
  A.value(V.Key);
  A.value(V.Line);
  A.value(V.Column);
  A.value(V.File);
  A.value(V.Text);
  A.value(V.Successors);
  A.value(V.Cases);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, FunctionSummary> V) {
  A.value(V.Name);
  A.value(V.File);
  A.value(V.Line);
  A.value(V.Result);
  A.value(V.Internal);
  A.value(V.Weak);
  A.value(V.Inline);
  A.value(V.Initial);
  A.value(V.Final);
  A.value(V.ParameterCount);
  A.value(V.Locals);
  A.value(V.Insts);
  A.value(V.Operands);
  A.value(V.Blocks);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, InitializerEntry> V) {
  A.value(V.Path);
  A.value(V.What);
  A.value(V.Value);
  A.value(V.Name);
  A.value(V.TargetPath);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, GlobalSummary> V) {
  A.value(V.Name);
  A.value(V.File);
  A.value(V.Line);
  A.value(V.Type);
  A.value(V.Internal);
  A.value(V.Weak);
  A.value(V.Defined);
  A.value(V.Constant);
  A.value(V.Placed);
  A.value(V.Alignment);
  A.value(V.Initializer);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, Dependency> V) {
  A.value(V.Path);
  A.value(V.Hash);
  A.value(V.Size);
  A.value(V.ModificationTime);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, DesignPlace> V) {
  A.value(V.File);
  A.value(V.Line);
  A.value(V.Column);
  A.value(V.Function);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, DesignNote> V) {
  fields(A, V.At);
  A.value(V.Text);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, DesignFinding> V) {
  A.value(V.Check);
  fields(A, V.At);
  A.value(V.Message);
  A.value(V.Subject);
  A.value(V.Lacking);
  A.value(V.Unless);
  A.value(V.Notes);
}
template <typename Archive>
void fields(Archive &A, Archived<Archive, UnitSummary> V) {
  A.value(V.Source);
  A.value(V.Module);
  A.value(V.Strings);
  A.value(V.Types);
  A.value(V.Functions);
  A.value(V.Globals);
  A.value(V.Declarations);
  A.value(V.NamedConstants);
  A.value(V.KnownFields);
  A.value(V.Dependencies);
  A.value(V.Limits);
  A.value(V.Design);
  A.value(V.BusTellers);
  A.value(V.DesignLost);
}

std::string serialize(const UnitSummary &Unit) {
  ArchiveWriter Payload;
  fields(Payload, Unit);
  Header Front = {};
  std::memcpy(Front.Magic, Magic, sizeof(Magic));
  Front.Version = SummaryFormatVersion;
  Front.Size = Payload.Bytes.size();
  Front.Checksum = llvm::xxh3_64bits(Payload.Bytes);
  std::string Result(reinterpret_cast<const char *>(&Front), sizeof(Front));
  return Result + Payload.Bytes;
}

llvm::Expected<UnitSummary> deserialize(llvm::StringRef Bytes) {
  Header Front;
  if (Bytes.size() < sizeof(Front))
    return llvm::createStringError("not a unit summary: too short");
  std::memcpy(&Front, Bytes.data(), sizeof(Front));
  llvm::StringRef Payload = Bytes.drop_front(sizeof(Front));
  if (std::memcmp(Front.Magic, Magic, sizeof(Magic)) != 0)
    return llvm::createStringError("not a unit summary");
  if (Front.Version != SummaryFormatVersion)
    return llvm::createStringError("a unit summary of another version");
  if (Front.Size != Payload.size() ||
      Front.Checksum != llvm::xxh3_64bits(Payload))
    return llvm::createStringError("a damaged unit summary");
  ArchiveReader In(Payload);
  UnitSummary Unit;
  fields(In, Unit);
  if (In.failed())
    return llvm::createStringError("a damaged unit summary");
  return Unit;
}

} // namespace cocodma

//===- SpecNames.h - Names of the enumerations of a spec --------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One table for each enumeration, for reading and for printing. Internal to
// the spec library.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_SPEC_SPECNAMES_H
#define COCODMA_SPEC_SPECNAMES_H

#include "Spec.h"

namespace cocodma {

/// A value of an enumeration and its name in JSON.
template <typename Enum> struct NamedValue {
  Enum Value;
  const char *Name;
};

inline constexpr NamedValue<AttributedKind> AttributedKindNames[] = {
    {AttributedKind::Map, "map"},
    {AttributedKind::MapList, "map-list"},
    {AttributedKind::MapMmio, "map-mmio"},
    {AttributedKind::Unmap, "unmap"},
    {AttributedKind::UnmapList, "unmap-list"},
    {AttributedKind::Allocate, "allocate"},
};

inline constexpr NamedValue<Encryption> EncryptionNames[] = {
    {Encryption::None, "none"}, {Encryption::SevSnp, "sev-snp"},
    {Encryption::Tdx, "tdx"},   {Encryption::Cca, "cca"},
    {Encryption::Sme, "sme"},
};

inline constexpr NamedValue<Effect> EffectNames[] = {
    {Effect::Share, "share"},
    {Effect::Unshare, "unshare"},
    {Effect::Bounce, "bounce"},
    {Effect::DecryptedProtection, "decrypted-protection"},
    {Effect::EncryptedProtection, "encrypted-protection"},
    {Effect::Alias, "alias"},
    {Effect::Unalias, "unalias"},
    {Effect::Allocate, "allocate"},
    {Effect::Free, "free"},
    {Effect::Copy, "copy"},
    {Effect::RegisterDevice, "register-device"},
    {Effect::Wait, "wait"},
    {Effect::Wake, "wake"},
    {Effect::SetBit, "set-bit"},
    {Effect::ClearBit, "clear-bit"},
    {Effect::ChangeBit, "change-bit"},
    {Effect::Compare, "compare"},
    {Effect::Fill, "fill"},
    {Effect::EnableKey, "enable-key"},
    {Effect::DisableKey, "disable-key"},
    {Effect::SetTarget, "set-target"},
    {Effect::FillIn, "fill-in"},
    {Effect::PutIn, "put-in"},
    {Effect::LookUp, "look-up"},
    {Effect::TakeOut, "take-out"},
    {Effect::SetUp, "set-up"},
    {Effect::Stop, "stop"},
    {Effect::TakeReference, "take-reference"},
};

/// The effect that takes a function of an earlier file out again.
inline constexpr const char *NoEffectName = "none";

inline constexpr NamedValue<Role> RoleNames[] = {
    {Role::Address, "address"},
    {Role::Bit, "bit"},
    {Role::Pages, "pages"},
    {Role::Bytes, "bytes"},
    {Role::Device, "device"},
    {Role::Slot, "slot"},
    {Role::Direction, "direction"},
    {Role::Protection, "protection"},
    {Role::Flags, "flags"},
    {Role::PageArray, "page_array"},
    {Role::FrameArray, "frame_array"},
    {Role::Frame, "frame"},
    {Role::Physical, "physical"},
    {Role::Size, "size"},
    {Role::Count, "count"},
    {Role::Order, "order"},
    {Role::AllocationFlags, "allocation_flags"},
    {Role::Cache, "cache"},
    {Role::Source, "source"},
    {Role::Destination, "destination"},
    {Role::Other, "other"},
    {Role::Byte, "byte"},
    {Role::Key, "key"},
};

inline constexpr NamedValue<Result> ResultNames[] = {
    {Result::ZeroOnSuccess, "zero-on-success"},
    {Result::TrueOnSuccess, "true-on-success"},
    {Result::Always, "always"},
};

/// The constants true and false are written as such in JSON.
inline constexpr NamedValue<Zeroed> ZeroedNames[] = {
    {Zeroed::Never, "false"},
    {Zeroed::Always, "true"},
    {Zeroed::ByAllocationFlags, "by-gfp"},
};

inline constexpr NamedValue<Unit> UnitNames[] = {
    {Unit::Slab, "slab"},         {Unit::Pages, "pages"},
    {Unit::Vmalloc, "vmalloc"},   {Unit::PerCpu, "percpu"},
    {Unit::Fragment, "fragment"}, {Unit::Area, "area"},
    {Unit::Pool, "pool"},
};

inline constexpr NamedValue<Handle> HandleNames[] = {
    {Handle::Address, "address"},
    {Handle::Page, "page"},
    {Handle::Frame, "frame"},
};

inline constexpr NamedValue<Failure> FailureNames[] = {
    {Failure::Null, "null"},
    {Failure::ErrorPointer, "error-pointer"},
};

} // namespace cocodma

#endif // COCODMA_SPEC_SPECNAMES_H

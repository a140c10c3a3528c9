//===- Spec.h - The vocabulary of the analysis ------------------*- C++ -*-===//
//
// Part of cocodma, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What cannot be computed from a kernel tree: the meaning of a few names. Plain
// data, read from JSON (SpecReader.h; docs/spec.schema.json is normative).
//
// The spec is the floor below which nothing is computed. It names no driver
// function and gives no verdict to any call above the primitives. A name that a
// tree does not have is simply never met.
//
//===----------------------------------------------------------------------===//

#ifndef COCODMA_SPEC_SPEC_H
#define COCODMA_SPEC_SPEC_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cocodma {

/// Something that holds on a profile, whatever the code says.
struct Fact {
  enum class Kind {
    /// The result of a call of Name with Arguments (enumerators, by name).
    Call,
    /// The value of the global variable Name, or of its field Path ("a.b").
    Global,
    /// The state of the static key Name.
    StaticKey,
    /// The presence of the CPU feature Name (X86_FEATURE_...).
    CpuFeature
  };
  /// A bool ("is not zero" for integers), a number, or an enumerator's name.
  using Value = std::variant<bool, int64_t, std::string>;

  Kind FactKind = Kind::Call;
  std::string Name;
  /// The field, for a global that is a struct; else empty.
  std::string Path;
  /// The arguments of a call.
  std::vector<std::string> Arguments;
  /// The number of a CPU feature, as the code tests it.
  std::optional<int64_t> Number;
  Value Is = false;

  /// True if both speak of the same thing, whatever they say about it.
  bool sameSubject(const Fact &Other) const {
    return FactKind == Other.FactKind && Name == Other.Name &&
           Path == Other.Path && Arguments == Other.Arguments;
  }
};

/// How memory is encrypted on a profile.
enum class Encryption { None, SevSnp, Tdx, Cca, Sme };

/// A platform on which sites are judged.
struct Profile {
  std::string Name;
  std::string Description;
  /// A confidential guest: what is shared is visible to the host.
  bool Guest = false;
  /// A trusted paravisor stands between the guest and the host.
  bool Paravisor = false;
  Encryption Kind = Encryption::None;
  /// The option without which a kernel cannot be such a guest; may be empty.
  std::string Option;
  std::vector<Fact> Facts;
};

/// What a primitive does.
enum class Effect {
  /// Makes pages host-visible.
  Share,
  /// Makes pages private again.
  Unshare,
  /// Copies between the original buffer and its bounce slot.
  Bounce,
  /// Its result is its argument (a protection, an address) made decrypted.
  DecryptedProtection,
  /// Its result is its argument made encrypted.
  EncryptedProtection,
  /// Maps memory a second time; shared if the protection or a flag says so.
  Alias,
  /// Takes such a mapping down.
  Unalias,
  /// Gives new memory, private at first.
  Allocate,
  /// Gives memory back.
  Free,
  /// Copies memory.
  Copy,
  /// Makes a device known to the driver core, which may probe it.
  RegisterDevice,
  /// Waits until somebody wakes what its argument points to.
  Wait,
  /// Wakes those who wait.
  Wake,
  /// Sets a bit of a bitmap; what the bit was is the result.
  SetBit,
  /// Clears one.
  ClearBit,
  /// Turns one over.
  ChangeBit,
  /// Compares memory: zero if it is the same.
  Compare,
  /// Sets all bytes of memory to a value; its result is the memory.
  Fill,
  /// Makes branches go the way of a static key that is on.
  EnableKey,
  /// Off.
  DisableKey,
  /// Makes calls of a static call go to another function.
  SetTarget,
  /// Fills in a record: nothing is known of what it holds then.
  FillIn,
  /// Puts a pointer into a container.
  PutIn,
  /// Its result is the pointer that a container holds.
  LookUp,
  /// The same, which is no longer in it then.
  TakeOut,
  /// Puts code into a record, to be called once somebody is given that.
  SetUp,
  /// Stops what a record was given to somebody for, or waits for its end.
  Stop,
  /// Its result is its argument, to which it takes a reference.
  TakeReference
};

/// What an argument of a primitive is for.
enum class Role {
  /// The number of a bit in a bitmap.
  Bit,
  /// The memory that is shared, mapped to, unmapped or freed.
  Address,
  /// How many pages.
  Pages,
  /// How many bytes.
  Bytes,
  /// The struct device.
  Device,
  /// The bounce slot.
  Slot,
  /// The direction of a transfer.
  Direction,
  /// A page protection, or the address that carries the encryption bit.
  Protection,
  /// Flags that may hold Primitive::Flag.
  Flags,
  /// An array of struct page pointers.
  PageArray,
  /// An array of page frame numbers.
  FrameArray,
  /// A page frame number.
  Frame,
  /// A physical address.
  Physical,
  /// The size of an object in bytes.
  Size,
  /// How many objects or pages.
  Count,
  /// The logarithm of the number of pages.
  Order,
  /// The allocation flags.
  AllocationFlags,
  /// The slab cache that knows the size.
  Cache,
  /// Where a copy comes from, or what is stored.
  Source,
  /// Where a copy goes to.
  Destination,
  /// The memory that Address is compared with.
  Other,
  /// The byte that memory is filled with.
  Byte,
  /// By which a container finds what it holds.
  Key
};

/// An argument of a function: a 0-based position or, where the position
/// depends on the configuration, the spelling of its parameter's type.
using Argument = std::variant<unsigned, std::string>;

/// How a function of the effects Share and Unshare tells success.
enum class Result { ZeroOnSuccess, TrueOnSuccess, Always };
/// Whether an allocation is zeroed.
enum class Zeroed { Never, Always, ByAllocationFlags };
/// What an allocation is cut from: does it share its pages with others?
enum class Unit {
  /// Objects of a slab share pages with objects of anyone.
  Slab,
  /// Whole pages.
  Pages,
  /// Whole pages, virtually contiguous.
  Vmalloc,
  /// Per-CPU chunks share pages with others.
  PerCpu,
  /// Fragments share a page with others.
  Fragment,
  /// Whole pages of an area of contiguous memory.
  Area,
  /// Parts of memory that somebody gave to a pool.
  Pool
};
/// How a primitive takes or gives memory.
enum class Handle { Address, Page, Frame };

/// What an allocation that failed returns.
enum class Failure { Null, ErrorPointer };

/// A function that has an effect by definition.
struct Primitive {
  std::string Function;
  cocodma::Effect Effect = Effect::Share;
  std::map<Role, Argument> Arguments;
  /// For Share and Unshare.
  Result Success = Result::ZeroOnSuccess;
  /// For Bounce: the direction in which private data goes to the slot.
  std::string ToDevice;
  /// For Alias with Flags: the flag that makes the mapping shared. For FillIn:
  /// the one without which nothing is filled in. An enumerator, or a number.
  std::string Flag;
  /// For RegisterDevice: the function in which the driver core looks for
  /// drivers. What comes before its call, the first probe finds done.
  std::string Until;
  /// For SetUp: where the record keeps the code, as "record.field".
  std::string Member;
  /// For Allocate.
  cocodma::Zeroed Zeroed = Zeroed::Never;
  cocodma::Unit Unit = Unit::Slab;
  /// For Free: it takes back only what was cut from this; none: anything.
  std::optional<cocodma::Unit> TakesBack;
  /// What Allocate returns, and what Free is given.
  Handle By = Handle::Address;
  /// For Allocate.
  cocodma::Failure Failure = cocodma::Failure::Null;

  /// The argument of the given role, if it has one.
  std::optional<Argument> argument(Role Which) const;
  /// Its position; nothing if it has none or is given by its type.
  std::optional<unsigned> position(Role Which) const;
};

/// A member of a struct.
struct StructMember {
  std::string Struct;
  std::string Member;
};

/// The bit of the host's offer that a marker stands for.
struct Offer {
  std::string Struct;
  std::string Field;
  /// The name of the mask; often a macro.
  std::string Mask;
  /// Its value, if the tree at hand does not give it.
  std::optional<int64_t> MaskValue;
};

/// The classes of data that the rules tell apart by what the memory is: the
/// ring of a channel, other memory of a device, and memory of the bus itself. A
/// marker's `data_class` in the spec says which of them it is about.
inline constexpr const char *RingData = "ring";
inline constexpr const char *ExternalData = "external";
inline constexpr const char *ControlData = "control";

/// What marks a data class as confidential: a field, or a function of the bus.
struct Marker {
  std::string DataClass;
  /// A field of the channel or, for a class without channels, of the device.
  std::string Field;
  /// A function without arguments that is true for confidential data.
  std::string Function;
  std::optional<Offer> From;
};

/// The channel of a device: struct, and the member of the device that points
/// to it.
struct Channel {
  std::string Struct;
  std::string FromDevice;
};

/// How a driver of a bus names its devices, and the host's offer its kind.
struct DeviceIds {
  /// The member of the driver that points to a table of Id.Struct.
  std::string Table;
  /// The member of an entry of that table that holds the id.
  StructMember Id;
  /// The member of the host's offer that holds it.
  StructMember Offered;
  /// Structs by which a driver hands its devices to user space: such a driver
  /// is bound to any device, by hand, whatever its table says.
  std::vector<std::string> ByHand;
};

/// A class of devices: those of one bus.
struct DeviceClass {
  std::string Name;
  /// The struct of the bus's devices and its embedded struct device.
  StructMember Device;
  /// The struct of the bus's drivers and its embedded struct device_driver.
  StructMember Driver;
  /// Absent for a bus whose drivers are not told by ids.
  std::optional<DeviceIds> Ids;
  /// Absent for a bus without channels.
  std::optional<cocodma::Channel> Channel;
  /// The member of the channel that points to the ring; may be empty.
  std::string RingMemory;
  std::vector<Marker> Markers;

  /// The marker of a data class; null if it has none.
  const Marker *marker(llvm::StringRef DataClass) const;
  /// The struct that has the fields of the markers.
  const std::string &markerStruct() const {
    return Channel ? Channel->Struct : Device.Struct;
  }
  /// "struct.field" of a marker; empty if it is a function.
  std::string markerField(const Marker &Which) const {
    return Which.Field.empty() ? "" : markerStruct() + "." + Which.Field;
  }
};

/// How the driver core binds a driver to a device: names of structs and
/// members. All names are set if the core is known.
struct DriverCore {
  std::string Struct;
  std::string Driver;
  std::string Bus;
  std::string DriverStruct;
  std::string BusStruct;
  /// Member of the bus: called for each device before the driver's probe.
  std::string Configure;
  /// Member of bus and driver: binds the driver.
  std::string Probe;
  /// Member of the bus: whether a driver is for a device. May be empty.
  std::string Match;
  /// Unbinds the driver of the device that it is given. May be empty.
  std::string Unbind;
  /// Members of the bus that this calls, in that order: where its code is not
  /// in the database.
  std::vector<std::string> Unbound;
  /// Members of any table: after their call no other operation comes before the
  /// one that undoes them.
  std::vector<std::string> Last;
  /// Of such members those that another one undoes, which is called after no
  /// other operation.
  std::map<std::string, std::string> Undone;
  /// Operations ("table.member") that no other one of their table comes before,
  /// for the object that they are given, in the order of their calls.
  std::vector<std::string> First;
};

/// That the kernel's command line changes no variable (Assumption::Id).
inline constexpr const char *BootDefaults = "boot-defaults";

/// Something that the analysis takes for granted; printed in every report.
struct Assumption {
  std::string Id;
  std::string Text;
  bool Default = true;
};

/// A mapping function that may bounce, used only when the database has no DMA
/// core.
struct MayBounce {
  std::string Function;
  unsigned Device = 0;
  unsigned Buffer = 1;
};

/// A function that is used only where its code is not in the database: it makes
/// a pool for a device, or takes memory from one as another function gives it.
struct PoolFunction {
  std::string Function;
  /// Of a function that makes a pool: the position of the device.
  std::optional<unsigned> Device;
  /// Of a function that takes memory: the position of the pool, the function
  /// that it calls, and by position there that of its own argument.
  std::optional<unsigned> Pool;
  std::string Calls;
  std::map<unsigned, unsigned> Arguments;
  /// Its arguments that are always the same.
  std::map<unsigned, int64_t> Constants;
  /// The position of the pool's device in that call.
  unsigned DeviceThere = 0;
};

/// The callbacks of the struct that holds a device's DMA operations.
struct OperationTable {
  std::string Struct;
  /// Variables that point to the operations of every device. Not every
  /// architecture has one.
  std::vector<std::string> Globals;
  /// Of each group a table must set one, as far as the struct has any.
  std::vector<std::vector<std::string>> Required;
  /// What a table needs as well if its mappings may bounce.
  std::vector<std::string> Synchronization;
  /// Tells whether a device can do DMA at all.
  std::string Support;
};

/// What a function with DMA attributes does.
enum class AttributedKind {
  Map,
  /// Maps a list in place: the list stands for its addresses, too.
  MapList,
  /// Maps device memory, which is neither private nor shared.
  MapMmio,
  Unmap,
  UnmapList,
  Allocate
};

/// True for what makes memory reachable by a device, one piece or a list.
constexpr bool mapsMemory(AttributedKind Kind) {
  return Kind == AttributedKind::Map || Kind == AttributedKind::MapList;
}

/// True for what takes such a mapping back.
constexpr bool unmapsMemory(AttributedKind Kind) {
  return Kind == AttributedKind::Unmap || Kind == AttributedKind::UnmapList;
}

/// A function that takes DMA attributes.
struct AttributedFunction {
  std::string Function;
  AttributedKind Kind = AttributedKind::Map;
  /// Position of the memory or, for Unmap, of the DMA address.
  unsigned Memory = 0;
  /// Position of the attributes.
  unsigned Attributes = 0;
};

/// An operation of the runtime model's scenarios (docs/scenario.schema.json),
/// and the functions of the DMA layer behind it.
struct LayerOperation {
  std::string Operation; ///< As scenarios spell it.
  /// Map, MapList, MapMmio or Allocate.
  AttributedKind Kind = AttributedKind::Map;
  /// What drivers call for it; a final "*" stands for any rest.
  std::vector<std::string> Called;
  std::string Function; ///< Which all of these lead to.
  int64_t Error = 0;    ///< What that returns for an error.
  std::string UndoneBy; ///< The function that takes back what it made.
};

/// The DMA layer as the runtime model executes it.
struct DmaLayer {
  std::vector<LayerOperation> Operations;
  /// Functions that give a bounce slot back.
  std::vector<std::string> SlotRelease;

  /// The operation for what a driver calls; null if there is none. The first
  /// in the order of the spec.
  const LayerOperation *calledBy(llvm::StringRef Function) const;
};

/// Members of a struct; "*" stands for all.
struct FieldGroup {
  std::string Struct;
  std::vector<std::string> Members;
};

/// What the design rules speak of. In names of functions a final "*" stands
/// for any rest. All is empty if the spec has no section "design".
struct DesignVocabulary {
  OperationTable Operations;
  /// Names of types.
  std::vector<std::string> PhysicalTypes;
  std::vector<std::string> AddressTypes;
  /// Functions whose result is a physical address.
  std::vector<std::string> PhysicalFunctions;
  /// Functions of the DMA layer that compute an address, and set nothing up.
  std::vector<std::string> Translations;
  /// Tell whether the devices of a bus take physical addresses by agreement.
  std::vector<std::string> RawByAgreement;
  /// A table of such a struct is what an IOMMU driver has.
  std::vector<std::string> LayerStructs;
  /// Functions that only the DMA core is meant to call.
  std::vector<std::string> InternalFunctions;
  /// Who defines such a function is part of the DMA layer.
  std::vector<std::string> LayerFunctions;
  /// Functions that may map through swiotlb.
  std::vector<std::string> BouncingFunctions;
  /// Functions of the platform that are called for devices of every bus.
  std::vector<std::string> AnyDeviceFunctions;
  /// Fields that belong to the DMA core.
  std::vector<FieldGroup> CoreFields;
  /// The macros of the two attributes.
  std::string SharedAttribute;
  std::string MmioAttribute;
  std::vector<AttributedFunction> Attributed;

  /// The function that takes attributes; null if it is none.
  const AttributedFunction *attributed(llvm::StringRef Function) const;
  /// Whether \p Member of \p Struct belongs to the DMA core.
  bool isCoreField(llvm::StringRef Struct, llvm::StringRef Member) const;
};

/// Whether \p Name is one of \p Patterns, where a final "*" stands for any
/// rest.
bool matchesAny(llvm::StringRef Name, llvm::ArrayRef<std::string> Patterns);

/// How functions tell DMA addresses.
struct DmaAddresses {
  /// The type of the result; empty if no function's result is one.
  std::string Type;
  /// What a mapping that failed returns.
  int64_t Error = -1;
};

/// A bit of a word of flags.
struct FlagBit {
  /// The enumerator that is its number; empty if there is none.
  std::string Constant;
  /// Its number where the kernel has no such enumerator.
  int64_t Otherwise = 0;
};

/// How calls are spelt whose target is patched into the code.
struct StaticCalls {
  std::string Trampoline; ///< The function that is called begins so.
  std::string Key;        ///< The variable that holds the target begins so,
                          ///< and goes on alike.
  std::string Target;     ///< "record.field" of that variable.
};

/// The whole vocabulary. Owns its data; pointers that it gives away are valid
/// until it changes.
struct Spec {
  std::vector<cocodma::Profile> Profiles;
  std::vector<cocodma::Primitive> Primitives;
  std::vector<DeviceClass> Classes;
  DriverCore Core;
  /// The struct that describes a page: a pointer to it is a handle of memory.
  std::string PageStruct;
  /// The struct of a table that names the function of a boot option.
  std::string BootParameter;
  std::vector<Assumption> Assumptions;
  std::vector<cocodma::MayBounce> MayBounce;
  DmaLayer Layer;
  std::vector<PoolFunction> Pools;
  DesignVocabulary Design;
  /// Bytes of a page, the unit in which visibility changes: a power of two.
  uint64_t PageSize = 4096;
  DmaAddresses Addresses;
  /// Empty if the kernel has none.
  cocodma::StaticCalls StaticCalls;
  /// Which flag of an allocation asks for zeroed memory.
  FlagBit ZeroingFlag;

  /// The profile of that name; null if there is none.
  const Profile *profile(llvm::StringRef Name) const;
  /// The primitive of that function; null if it is none. Fast.
  const Primitive *primitive(llvm::StringRef Function) const;
  /// The class of that name; null if there is none.
  const DeviceClass *deviceClass(llvm::StringRef Name) const;
  /// The class whose device, driver or channel is this struct; null if none.
  const DeviceClass *classOfStruct(llvm::StringRef Struct) const;
  /// The assumption of that id; null if there is none.
  const Assumption *assumption(llvm::StringRef Id) const;
  /// The fallback for a function; null if there is none.
  const cocodma::MayBounce *mayBounce(llvm::StringRef Function) const;
  /// What such a function does with pools; null if it does nothing.
  const PoolFunction *poolFunction(llvm::StringRef Function) const;

  /// Rebuilds what primitive() looks up; call it after changing Primitives.
  void index();

private:
  llvm::StringMap<unsigned> PrimitiveIndex;
};

/// The name of a value as it stands in a spec.
llvm::StringRef nameOf(Encryption Value);
llvm::StringRef nameOf(Effect Value);
llvm::StringRef nameOf(Role Value);
llvm::StringRef nameOf(Result Value);
llvm::StringRef nameOf(Zeroed Value);
llvm::StringRef nameOf(Unit Value);
llvm::StringRef nameOf(Handle Value);
llvm::StringRef nameOf(Failure Value);

/// The text of the built-in spec (default-spec.json).
llvm::StringRef builtinSpecText();

} // namespace cocodma

#endif // COCODMA_SPEC_SPEC_H

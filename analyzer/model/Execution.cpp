// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Execution.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace cocodma::model {

namespace {

Execution *Current = nullptr;
constexpr unsigned MostLogLines = 100;
/// Whether data outside the ring of a channel is private.
bool isExternal(const DeviceSpec &D, unsigned Channel) {
  return Channel && Channel <= D.SubChannels.size()
             ? D.SubChannels[Channel - 1].External
             : D.Primary.External;
}

bool needsDevice(kernel_operation_kind Kind) {
  return Kind != KERNEL_SHARE && Kind != KERNEL_UNSHARE &&
         Kind != KERNEL_FREE_PAGES;
}

const char *kindName(CanaryKind Kind) {
  switch (Kind) {
  case CanaryKind::Buffer:
    return "buffer";
  case CanaryKind::Device:
    return "device";
  case CanaryKind::Neighbour:
    return "neighbour";
  case CanaryKind::NextOwner:
    return "next-owner";
  }
  return "unknown";
}

} // namespace

Execution::Execution(const Scenario &What, Platform &Below, ResultArea &Output)
    : What(What), Below(Below), Output(Output),
      Done(What.Operations.size(), false) {
  Current = this;
}

Execution::~Execution() { Current = nullptr; }

Execution &Execution::current() { return *Current; }

bool Execution::running() { return Current; }

const DeviceSpec *Execution::device(unsigned Number) const {
  return Number < What.Devices.size() ? &What.Devices[Number] : nullptr;
}

void Execution::log(const char *Text) {
  if (LogLines++ < MostLogLines)
    Record(Output, "log").text("text", {Text, strnlen(Text, 400)});
}

void Execution::stop(const char *How, const char *Why) {
  Below.host().look();
  tellSightings();
  for (const auto &Stack : Stacks)
    Record(Output, "call").addresses("stack", Stack);
  Record(Output, "stop").text("how", How).text("why", Why);
  _exit(0);
}

void Execution::run() {
  FaultInjector &Faults = Below.faults();
  for (const Fault &F : What.Faults)
    Faults.add(F);
  Faults.setRandom(What.RandomSeed, What.RandomPercent);
  Faults.enable(false);
  if (What.PoolAddress)
    Below.allocator().placeLarge(256, What.PoolAddress);
  if (int Error = kernel_boot())
    stop("not-replayed",
         ("the kernel does not boot: error " + std::to_string(Error)).c_str());
  makeBuffers();
  Faults.enable(true);
  offerDevices();
  for (unsigned I = 0; I < What.Operations.size(); ++I)
    if (!What.Operations[I].DuringProbe)
      runOperation(I);
  finish();
}

void Execution::called(const void *Frame) {
  constexpr std::size_t Deepest = 24;
  std::vector<std::uintptr_t> Stack;
  std::uintptr_t At = 0;
  auto Next = reinterpret_cast<std::uintptr_t>(Frame);
  // Frames lie one above the other on one stack; anything else is no frame.
  while (Next > At && Next - (At ? At : Next) < (1 << 20) && Next % 8 == 0 &&
         Stack.size() < Deepest) {
    At = Next;
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    const auto *Words = reinterpret_cast<const std::uintptr_t *>(At);
    Next = Words[0];
    Stack.push_back(Words[1]);
  }
  Below.host().blame(Stack);
  if (What.Trace && Stacks.size() < 10000)
    Stacks.insert(std::move(Stack));
}

void Execution::tell(const char *Name, std::uint64_t Value) {
  if (Now && Found.Told.size() < 200)
    Found.Told[std::string(Name, strnlen(Name, 100))] = Value;
}

void Execution::stored(const void *Address, std::size_t Size) {
  if (!Now || !What.TellState || Size > (1 << 20))
    return;
  std::uint64_t Copied = Found.Copied.value_or(0);
  for (const CanaryRun &Run :
       findCanaries({static_cast<const std::uint8_t *>(Address), Size})) {
    const CanaryOwner *Owner = Below.owner(Run.Id);
    if (Owner && Owner->Kind == CanaryKind::Buffer)
      Copied += Run.Size;
  }
  Found.Copied = Copied;
}

void Execution::converted(PageState To) {
  if (What.TellState)
    ++(To == PageState::Shared ? Found.Decrypted : Found.Encrypted);
}

void Execution::makeBuffers() {
  for (const BufferSpec &B : What.Buffers) {
    std::uint64_t Pages = (B.Offset + B.Size + PageSize - 1) / PageSize;
    auto *At = static_cast<std::uint8_t *>(
        B.Object ? Below.allocateObject(B.Size)
                 : Below.allocatePages(Pages, true));
    if (!At)
      stop("not-replayed", "the guest has no memory left for its buffers");
    At += B.Offset;
    fillCanary({At, B.Size},
               Below.newCanary(CanaryKind::Buffer, B.Name, B.Size));
    Addresses.push_back(At);
    DeviceCanaries.push_back(
        Below.newCanary(CanaryKind::Device, B.Name, B.Size));
  }
}

void Execution::offerDevices() {
  for (unsigned I = 0; I < What.Devices.size(); ++I) {
    const DeviceSpec &D = What.Devices[I];
    int Error = 0;
    if (D.Iommu)
      Below.dma().enableIommu(I);
    if (D.Pci)
      Error = kernel_add_pci(I, D.Vendor, D.Function);
    else
      Error = kernel_offer(I, D.Class.c_str(), 0, D.Primary.Ring,
                           D.Primary.External);
    for (unsigned Sub = 0; !Error && Sub < D.SubChannels.size(); ++Sub)
      Error = kernel_offer(I, D.Class.c_str(), Sub + 1, D.SubChannels[Sub].Ring,
                           D.SubChannels[Sub].External);
    Record(Output, "device")
        .number("index", I)
        .flag("bound", !Error && kernel_is_bound(I));
  }
  Below.host().look();
  tellSightings();
}

void Execution::probing(unsigned Device) {
  for (unsigned I = 0; I < What.Operations.size(); ++I)
    if (What.Operations[I].DuringProbe && What.Operations[I].Device == Device &&
        !Done[I])
      runOperation(I);
}

void Execution::runOperation(unsigned Index) {
  const OperationSpec &Op = What.Operations[Index];
  Done[Index] = true;
  Record(Output, "begin").number("index", Index);
  Now = &Op;
  Found = {};
  Below.host().begin(Index + 1);
  int Error = 0;
  switch (Op.What) {
  case Action::Kernel:
    Error = runKernel(Op);
    break;
  case Action::Transfer:
    Error = runTransfer(Op);
    break;
  case Action::Copy:
    Error = runCopy(Op);
    break;
  }
  Below.host().look();
  tellSightings();
  tellEnd(Index, Error);
  if (Error == KERNEL_NO_SUCH_OPERATION)
    stop("not-replayed", ("this kernel has no " + Op.Text).c_str());
  Now = nullptr;
}

void Execution::tellEnd(unsigned Index, int Error) {
  Record End(Output, "end");
  End.number("index", Index).number("error", Error).begin("details");
  for (auto [Key, Value] : {std::pair("device_read", Found.DeviceRead),
                            std::pair("delivered", Found.Delivered),
                            std::pair("copied", Found.Copied)})
    if (Value)
      End.number(Key, static_cast<std::int64_t>(*Value));
  for (auto [Key, Calls] : {std::pair("decrypted", Found.Decrypted),
                            std::pair("encrypted", Found.Encrypted)})
    if (Calls)
      End.number(Key, static_cast<std::int64_t>(Calls));
  if (Found.Device)
    End.text("device", Found.Device);
  if (Found.Fault)
    End.text("fault", Found.Fault);
  if (!Found.Dma.empty())
    End.addresses("dma", Found.Dma);
  if (!Found.Told.empty()) {
    End.begin("told");
    for (const auto &[Name, Value] : Found.Told)
      End.address(Name, Value);
    End.end();
  }
  End.end();
}

void Execution::prepare(const OperationSpec &Op, kernel_operation &Call) const {
  Call.kind = Op.Kind;
  Call.device = Op.Device;
  Call.channel = Op.Channel;
  Call.direction = Op.Direction;
  Call.attributes = Op.Attributes;
  Call.size = Op.Size;
  Call.entry = Op.Entry.c_str();
  if (Op.Buffer < 0)
    return;
  const BufferSpec &B = What.Buffers[static_cast<unsigned>(Op.Buffer)];
  std::uint8_t *At = Addresses[static_cast<unsigned>(Op.Buffer)];
  Call.address = At + Op.Offset;
  bool Whole = Op.Kind == KERNEL_SHARE || Op.Kind == KERNEL_UNSHARE ||
               Op.Kind == KERNEL_FREE_PAGES;
  if (Op.Kind == KERNEL_FREE_PAGES && B.Object)
    Call.kind = KERNEL_FREE_OBJECT;
  else if (Whole) {
    Call.address = At - B.Offset;
    Call.handle_count =
        static_cast<unsigned>((B.Offset + B.Size + PageSize - 1) / PageSize);
    Call.size = Call.handle_count * PageSize;
  }
  // A scatterlist has pieces of equal size, the last takes the rest.
  Call.segment_count = Op.Pieces;
  std::uint64_t Each = Op.Size / Op.Pieces;
  for (unsigned I = 0; I < Op.Pieces; ++I) {
    Call.segments[I].address = At + Op.Offset + I * Each;
    Call.segments[I].size = I + 1 < Op.Pieces ? Each : Op.Size - I * Each;
  }
}

int Execution::runKernel(const OperationSpec &Op) {
  if (needsDevice(Op.Kind) && !Op.DuringProbe && !kernel_is_bound(Op.Device))
    return -ENODEV;
  auto Target = Things.find(Op.Target);
  kernel_operation Call{};
  if (!Op.Target.empty()) {
    if (Target == Things.end())
      return -ENOENT; // What was to make it failed.
    Call = Target->second.Made;
    Call.mapped_by = Call.kind;
    Call.kind = Op.Kind;
  } else {
    prepare(Op, Call);
  }
  int Error = kernel_operate(&Call);
  if (!Error && !Op.As.empty()) {
    Things[Op.As] = {Op.Buffer, Call};
    tellMapping(Call);
  }
  if (!Error && (Op.Kind == KERNEL_UNMAP || Op.Kind == KERNEL_SYNC_FOR_CPU))
    tellDelivery(Target->second);
  if (Op.Kind == KERNEL_UNMAP && Target != Things.end())
    Things.erase(Target);
  return Error;
}

void Execution::tellMapping(const kernel_operation &Call) {
  if (Call.kind <= KERNEL_MAP_RESOURCE)
    for (unsigned I = 0; I < Call.segment_count; ++I)
      Found.Dma.push_back(Call.segments[I].dma);
  else if (Call.kind == KERNEL_ALLOC_COHERENT)
    Found.Dma.push_back(Call.segments[0].dma);
}

/// How much of what the device delivered arrived in the buffer.
void Execution::tellDelivery(const Thing &T) {
  if (T.Buffer < 0 || T.Made.direction == 1)
    return;
  auto Index = static_cast<unsigned>(T.Buffer);
  std::uint64_t Arrived = 0;
  for (const CanaryRun &Run :
       findCanaries({Addresses[Index], What.Buffers[Index].Size}))
    if (Run.Id == DeviceCanaries[Index])
      Arrived += Run.Size;
  Found.Delivered = Arrived;
}

int Execution::runTransfer(const OperationSpec &Op) {
  auto Target = Things.find(Op.Target);
  if (Target == Things.end())
    return -ENOENT;
  int Error = 0;
  for (unsigned I = 0; I < Target->second.Made.segment_count; ++I) {
    const kernel_segment &Piece = Target->second.Made.segments[I];
    int Result = deviceRun(Op.Device, Piece.dma, Piece.size);
    Error = Error ? Error : Result;
  }
  return Error;
}

int Execution::deviceRun(unsigned Number, std::uint64_t Address,
                         std::uint64_t Size) {
  const DeviceSpec *D = device(Number);
  if (!D || !Now || Size > (1 << 20))
    return -EINVAL;
  Requester By = Requester::Host;
  if (D->Pci && D->Accepted)
    By = Requester::Accepted;
  else if (!D->Pci && isExternal(*D, Now->Channel) && Below.profile().Paravisor)
    By = Requester::Paravisor;
  unsigned Direction = Now->Direction;
  int Buffer = Now->Buffer;
  if (auto Target = Things.find(Now->Target); Target != Things.end()) {
    Direction = Target->second.Made.direction;
    Buffer = Target->second.Buffer;
  }
  DmaStatus Status = DmaStatus::Ok;
  std::vector<std::uint8_t> Data(Size);
  if (Direction != 2) {
    Status = Below.dma().read(By, Number, Address, Data);
    std::uint64_t Canaries = Found.DeviceRead.value_or(0);
    if (Status == DmaStatus::Ok)
      for (const CanaryRun &Run : findCanaries(Data))
        Canaries += Run.Size;
    Found.DeviceRead = Canaries;
  }
  if (Direction != 1 && Buffer >= 0 && Status == DmaStatus::Ok) {
    fillCanary(Data, DeviceCanaries[static_cast<unsigned>(Buffer)]);
    Status = Below.dma().write(By, Number, Address, Data);
  }
  Below.host().look();
  if (!Found.Device || Status != DmaStatus::Ok)
    Found.Device = dmaStatusName(Status);
  if (Status == DmaStatus::Fault)
    Found.Fault = Below.profile().FaultName;
  return Status == DmaStatus::Ok ? 0 : -EIO;
}

int Execution::runCopy(const OperationSpec &Op) {
  auto Target = Things.find(Op.Target);
  if (Target == Things.end() || !Target->second.Made.address)
    return -ENOENT;
  const kernel_operation &Made = Target->second.Made;
  std::uint64_t Size = std::min<std::uint64_t>(Op.Size, Made.size);
  std::memcpy(Made.address,
              Addresses[static_cast<unsigned>(Op.Buffer)] + Op.Offset, Size);
  Below.stored(Made.address, Size);
  return 0;
}

void Execution::tellSightings() {
  const std::vector<Sighting> &Seen = Below.host().sightings();
  for (; Told < Seen.size(); ++Told) {
    const Sighting &S = Seen[Told];
    const CanaryOwner *Owner = Below.owner(S.Id);
    if (!Owner)
      continue;
    Record(Output, "seen")
        .text("kind", kindName(Owner->Kind))
        .text("of", Owner->Name)
        .address("address", S.Address)
        .number("offset", static_cast<std::int64_t>(S.Offset))
        .number("size", static_cast<std::int64_t>(S.Size))
        .number("operation", static_cast<int>(S.Operation) - 1)
        .addresses("stack", S.Stack);
  }
}

void Execution::finish() {
  std::vector<std::string> Shared;
  const GuestMemory &Memory = Below.memory();
  for (std::size_t I = 0; I < Addresses.size(); ++I) {
    Frame F = 0;
    for (std::uint64_t At = 0; At < What.Buffers[I].Size; At += PageSize)
      if (Memory.frameOf(Addresses[I] + At, F) &&
          Memory.state(F) == PageState::Shared) {
        Shared.push_back(What.Buffers[I].Name);
        break;
      }
  }
  for (const auto &Stack : Stacks)
    Record(Output, "call").addresses("stack", Stack);
  Record(Output, "finish")
      .texts("buffers_left_shared", Shared)
      .number("shared_pages",
              static_cast<std::int64_t>(Memory.sharedFrames().size()))
      .number("freed_shared", Below.freedShared())
      .number("faults_injected", Below.faults().injected());
}

} // namespace cocodma::model

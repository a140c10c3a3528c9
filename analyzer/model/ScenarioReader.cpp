// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/JsonNode.h"
#include "model/Profile.h"
#include "model/Scenario.h"

#include <algorithm>

namespace cocodma::model {

namespace {

/// What an operation of that name needs.
struct OperationForm {
  const char *Name;
  Action What;
  kernel_operation_kind Kind;
  bool Device, Buffer, Target, Makes;
};

constexpr OperationForm Forms[] = {
    {"map_single", Action::Kernel, KERNEL_MAP_SINGLE, true, true, false, true},
    {"map_page", Action::Kernel, KERNEL_MAP_PAGE, true, true, false, true},
    {"map_sg", Action::Kernel, KERNEL_MAP_SG, true, true, false, true},
    {"map_phys", Action::Kernel, KERNEL_MAP_PHYS, true, true, false, true},
    {"map_resource", Action::Kernel, KERNEL_MAP_RESOURCE, true, true, false,
     true},
    {"unmap", Action::Kernel, KERNEL_UNMAP, false, false, true, false},
    {"sync_for_device", Action::Kernel, KERNEL_SYNC_FOR_DEVICE, false, false,
     true, false},
    {"sync_for_cpu", Action::Kernel, KERNEL_SYNC_FOR_CPU, false, false, true,
     false},
    {"alloc_coherent", Action::Kernel, KERNEL_ALLOC_COHERENT, true, false,
     false, true},
    {"free_coherent", Action::Kernel, KERNEL_FREE_COHERENT, false, false, true,
     false},
    {"ring_open", Action::Kernel, KERNEL_RING_OPEN, true, false, false, false},
    {"ring_close", Action::Kernel, KERNEL_RING_CLOSE, true, false, false,
     false},
    {"ring_write", Action::Kernel, KERNEL_RING_WRITE, true, true, false, false},
    {"gpadl_establish", Action::Kernel, KERNEL_GPADL_ESTABLISH, true, true,
     false, true},
    {"gpadl_establish_decrypted", Action::Kernel,
     KERNEL_GPADL_ESTABLISH_DECRYPTED, true, true, false, true},
    {"gpadl_teardown", Action::Kernel, KERNEL_GPADL_TEARDOWN, false, false,
     true, false},
    {"alloc_buffer", Action::Kernel, KERNEL_ALLOC_BUFFER, true, false, false,
     true},
    {"free_buffer", Action::Kernel, KERNEL_FREE_BUFFER, false, false, true,
     false},
    {"share", Action::Kernel, KERNEL_SHARE, false, true, false, false},
    {"unshare", Action::Kernel, KERNEL_UNSHARE, false, true, false, false},
    {"free", Action::Kernel, KERNEL_FREE_PAGES, false, true, false, false},
    {"request", Action::Kernel, KERNEL_REQUEST, true, true, false, false},
    {"remove", Action::Kernel, KERNEL_REMOVE, true, false, false, false},
    {"transfer", Action::Transfer, KERNEL_MAP_SINGLE, false, false, true,
     false},
    {"copy", Action::Copy, KERNEL_MAP_SINGLE, false, true, true, false},
};

constexpr std::uint64_t LargestBuffer = 1 << 20;

class ScenarioReader {
public:
  ScenarioReader(const nlohmann::json &Document, Scenario &Out,
                 std::string &Error)
      : Root(Document, "", Error), Out(Out) {}
  void read();

private:
  void readDevice(JsonNode &Node);
  void readBuffer(JsonNode &Node);
  void readOperation(JsonNode &Node);
  void readOperands(JsonNode &Node, const OperationForm &Form,
                    OperationSpec &Op);
  void readFault(JsonNode &Node);
  void readExpectation(JsonNode Node);
  void checkName(JsonNode &Node, const char *Key, const std::string &Name);
  int buffer(JsonNode &Node, const char *Key, const std::string &Name);

  JsonNode Root;
  Scenario &Out;
  std::map<std::string, unsigned> Made; ///< Names, and the device behind them.
};

void ScenarioReader::read() {
  if (Root.number("schema_version", 0, 1000000) != 1)
    Root.fail("schema_version", "must be 1");
  Out.Name = Root.text("name", "scenario");
  Out.Kernel = Root.text("kernel", Out.Kernel);
  Out.Profile = profileNames()[Root.choice("profile", profileNames(), 0)];
  Out.Protection = Root.text("protection", Out.Protection);
  std::uint64_t End = MemoryBase + MemoryFrames * 4096;
  Out.PoolAddress = Root.number("pool_address", 0, End);
  if (Out.PoolAddress &&
      (Out.PoolAddress < MemoryBase || Out.PoolAddress > End - (4 << 20) ||
       Out.PoolAddress % 4096))
    Root.fail("pool_address", "must be a page of the guest's memory, which is "
                              "0x10000000 to 0x14000000, with 4 MiB behind it");
  for (JsonNode &Node : Root.objects("devices"))
    readDevice(Node);
  for (JsonNode &Node : Root.objects("buffers"))
    readBuffer(Node);
  for (JsonNode &Node : Root.objects("operations"))
    readOperation(Node);
  for (JsonNode &Node : Root.objects("faults"))
    readFault(Node);
  JsonNode Random = Root.object("random_faults");
  Out.RandomSeed = Random.number("seed", 0, ~0ULL);
  Out.RandomPercent = static_cast<unsigned>(Random.number("percent", 0, 100));
  Random.finish();
  readExpectation(Root.object("expect"));
  Out.Trace = Root.flag("trace", false);
  Out.TellState = Root.flag("tell_state", false);
  Root.text("comment", "");
  Root.finish();
}

void ScenarioReader::checkName(JsonNode &Node, const char *Key,
                               const std::string &Name) {
  bool Good = std::all_of(Name.begin(), Name.end(), [](unsigned char C) {
    return std::isalnum(C) || C == '-' || C == '_' || C == '.';
  });
  if (!Good || Name.size() > 64)
    Node.fail(Key, "must be up to 64 letters, digits, '-', '_' and '.'");
}

ChannelSpec readFlags(JsonNode &Node) {
  ChannelSpec Result;
  Result.Ring = Node.flag("ring", false);
  Result.External = Node.flag("external", false);
  return Result;
}

DmaSpec readDma(JsonNode Node) {
  static const std::vector<std::string> Pools = {"default", "none", "forced",
                                                 "private"};
  DmaSpec Result;
  auto Bits = [&](const char *Key, unsigned Default, unsigned Most) {
    return static_cast<unsigned>(Node.number(Key, Default, Most));
  };
  Result.MaskBits = Bits("mask_bits", 64, 64);
  Result.CoherentMaskBits = Bits("coherent_mask_bits", 64, 64);
  Result.LimitBits = Bits("bus_limit_bits", 0, 64);
  Result.AlignBits = Bits("min_align_bits", 0, 12);
  Result.Pool = static_cast<kernel_pool>(Node.choice("pool", Pools, 0));
  Node.finish();
  return Result;
}

void ScenarioReader::readDevice(JsonNode &Node) {
  static const std::vector<std::string> Buses = {"vmbus", "pci"};
  static const std::vector<std::string> Classes = {"scsi", "nic", "accel",
                                                   "keyboard"};
  DeviceSpec D;
  D.Name = Node.required("name");
  checkName(Node, "name", D.Name);
  for (const DeviceSpec &Other : Out.Devices)
    if (Other.Name == D.Name)
      Node.fail("name", "'" + D.Name + "' is taken");
  D.Pci = Node.choice("bus", Buses, 0) == 1;
  D.Driver = Node.text("driver", D.Driver);
  checkName(Node, "driver", D.Driver);
  D.Iommu = Node.flag("iommu", false);
  if (Node.has("dma"))
    D.Dma = readDma(Node.object("dma"));
  if (D.Pci) {
    D.Accepted = Node.flag("accepted", false);
    D.Vendor = static_cast<unsigned>(Node.number("vendor", D.Vendor, 0xffff));
    D.Function =
        static_cast<unsigned>(Node.number("function", D.Function, 0xffff));
  } else {
    D.Class = Classes[Node.choice("class", Classes, 0)];
    D.Primary = readFlags(Node);
    for (JsonNode &Sub : Node.objects("sub_channels")) {
      D.SubChannels.push_back(readFlags(Sub));
      Sub.finish();
    }
    if (D.SubChannels.size() > 6)
      Node.fail("sub_channels", "must be at most 6");
  }
  Node.finish();
  Out.Devices.push_back(D);
  if (Out.Devices.size() > 16)
    Root.fail("devices", "must be at most 16");
}

void ScenarioReader::readBuffer(JsonNode &Node) {
  static const std::vector<std::string> Kinds = {"pages", "object"};
  BufferSpec B;
  B.Name = Node.required("name");
  checkName(Node, "name", B.Name);
  for (const BufferSpec &Other : Out.Buffers)
    if (Other.Name == B.Name)
      Node.fail("name", "'" + B.Name + "' is taken");
  B.Size = Node.number("size", 512, LargestBuffer);
  if (B.Size < 32)
    Node.fail("size", "must be at least 32: a canary needs that much");
  B.Object = Node.choice("kind", Kinds, 0) == 1;
  B.Offset = Node.number("offset", 0, 4095);
  if (B.Object && B.Offset)
    Node.fail("offset", "is of no use for an object; use kind \"pages\"");
  Node.finish();
  Out.Buffers.push_back(B);
  if (Out.Buffers.size() > 64)
    Root.fail("buffers", "must be at most 64");
}

int ScenarioReader::buffer(JsonNode &Node, const char *Key,
                           const std::string &Name) {
  for (std::size_t I = 0; I < Out.Buffers.size(); ++I)
    if (Out.Buffers[I].Name == Name)
      return static_cast<int>(I);
  Node.fail(Key, "names no buffer: there is no '" + Name + "' in buffers");
  return -1;
}

void ScenarioReader::readOperands(JsonNode &Node, const OperationForm &Form,
                                  OperationSpec &Op) {
  if (Form.Device) {
    std::string Name = Node.required("device");
    auto Found =
        std::find_if(Out.Devices.begin(), Out.Devices.end(),
                     [&](const DeviceSpec &D) { return D.Name == Name; });
    if (Found == Out.Devices.end())
      Node.fail("device",
                "names no device: there is no '" + Name + "' in devices");
    Op.Device = static_cast<unsigned>(Found - Out.Devices.begin());
    Op.Channel = static_cast<unsigned>(Node.number("channel", 0, 6));
  }
  if (Form.Buffer) {
    Op.Buffer = buffer(Node, "buffer", Node.required("buffer"));
    std::uint64_t Whole = Op.Buffer < 0 ? 0 : Out.Buffers[Op.Buffer].Size;
    Op.Offset = Node.number("offset", 0, Whole);
    Op.Size = Node.number("size", Whole - std::min(Whole, Op.Offset), Whole);
    if (Op.Offset + Op.Size > Whole)
      Node.fail("size", "goes beyond the buffer's end");
  }
  if (Form.Target) {
    Op.Target = Node.required("of");
    auto Found = Made.find(Op.Target);
    if (Found == Made.end())
      Node.fail("of", "names nothing that an earlier operation made: '" +
                          Op.Target + "'");
    else
      Op.Device = Found->second;
  }
  if (Form.Makes) {
    Op.As = Node.text("as", "made" + std::to_string(Out.Operations.size()));
    checkName(Node, "as", Op.As);
    Made[Op.As] = Op.Device;
  }
}

void ScenarioReader::readOperation(JsonNode &Node) {
  static const std::vector<std::string> Names = [] {
    std::vector<std::string> Result;
    for (const OperationForm &Form : Forms)
      Result.emplace_back(Form.Name);
    return Result;
  }();
  static const std::vector<std::string> Directions = {
      "bidirectional", "to_device", "from_device"};
  static const std::vector<std::string> Results = {"ok", "error"};
  OperationSpec Op;
  Op.Text = Node.required("operation");
  const OperationForm &Form = Forms[Node.choice("operation", Names, 0)];
  Op.What = Form.What;
  Op.Kind = Form.Kind;
  readOperands(Node, Form, Op);
  if (Op.Kind == KERNEL_ALLOC_COHERENT || Op.Kind == KERNEL_ALLOC_BUFFER)
    Op.Size =
        std::max<std::uint64_t>(1, Node.number("size", 4096, LargestBuffer));
  Op.Direction = Node.choice("direction", Directions, 1);
  if (Op.Kind == KERNEL_MAP_SG)
    Op.Pieces = static_cast<unsigned>(std::clamp<std::uint64_t>(
        Node.number("pieces", 1, KERNEL_MAX_SEGMENTS), 1, 16));
  for (const std::string &Name : Node.texts("attributes")) {
    static const std::map<std::string, unsigned> Known = {
        {"skip_cpu_sync", KERNEL_ATTR_SKIP_CPU_SYNC},
        {"mmio", KERNEL_ATTR_MMIO},
        {"cc_shared", KERNEL_ATTR_CC_SHARED},
        {"require_coherent", KERNEL_ATTR_REQUIRE_COHERENT}};
    auto Found = Known.find(Name);
    if (Found == Known.end())
      Node.fail("attributes", "has '" + Name +
                                  "', but may have skip_cpu_sync, mmio, "
                                  "cc_shared and require_coherent only");
    else
      Op.Attributes |= Found->second;
  }
  Op.Entry = Node.text("entry", Op.Entry);
  Op.DuringProbe = Node.choice("during", {"operation", "probe"}, 0) == 1;
  if (Node.has("result"))
    Op.ExpectOk = Node.choice("result", Results, 0) == 0;
  Node.finish();
  Out.Operations.push_back(Op);
  if (Out.Operations.size() > 1000)
    Root.fail("operations", "must be at most 1000");
}

void ScenarioReader::readFault(JsonNode &Node) {
  static const std::vector<std::string> Points = {
      "decrypt",     "encrypt",      "allocation", "pool",
      "pool_growth", "post_message", "host"};
  static const std::vector<std::string> Hows = {"before", "half-way", "after"};
  Fault F;
  Node.required("at");
  F.At = static_cast<FaultPoint>(Node.choice("at", Points, 0));
  F.Call = static_cast<unsigned>(Node.number("call", 1, 1000000));
  F.How = static_cast<FaultHow>(Node.choice("how", Hows, 0));
  Node.finish();
  Out.Faults.push_back(F);
}

void ScenarioReader::readExpectation(JsonNode Node) {
  static const std::vector<std::string> Ends = {"completed", "crashes",
                                                "not-replayed"};
  Out.Expect.Seen = Node.texts("seen");
  Out.Expect.Unseen = Node.texts("unseen");
  for (const std::string &Name : Out.Expect.Seen)
    buffer(Node, "seen", Name);
  for (const std::string &Name : Out.Expect.Unseen)
    buffer(Node, "unseen", Name);
  if (Node.has("end"))
    Out.Expect.End = Ends[Node.choice("end", Ends, 0)];
  if (Node.has("nothing_shared"))
    Out.Expect.NothingShared = Node.flag("nothing_shared", true);
  if (Node.has("freed_shared"))
    Out.Expect.FreedShared = Node.flag("freed_shared", true);
  Node.finish();
}

} // namespace

bool readScenario(std::string_view Text, Scenario &Out, std::string &Error) {
  nlohmann::json Document =
      nlohmann::json::parse(Text.begin(), Text.end(), nullptr, false);
  Error.clear();
  if (Document.is_discarded()) {
    Error = "is no JSON";
    // Only now is the cost of an exception worth it: it names the place.
    try {
      Document = nlohmann::json::parse(Text.begin(), Text.end());
    } catch (const nlohmann::json::parse_error &Problem) {
      Error = "is no JSON: near byte " + std::to_string(Problem.byte);
    }
    return false;
  }
  ScenarioReader(Document, Out, Error).read();
  return Error.empty();
}

} // namespace cocodma::model

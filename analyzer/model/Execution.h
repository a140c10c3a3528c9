// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One scenario on one platform with one kernel: runs in the confined child and
// puts down what happens, a JSON object a line. Whoever reads that must not
// trust it: the kernel's code runs in the same process.
#ifndef COCODMA_MODEL_EXECUTION_H
#define COCODMA_MODEL_EXECUTION_H

#include "model/Platform.h"
#include "model/RecordWriter.h"
#include "model/Scenario.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace cocodma::model {

/// Executes a scenario. There is one at a time: kernel code has no other way to
/// its platform.
class Execution {
public:
  /// All must outlive the execution.
  Execution(const Scenario &What, Platform &Below, ResultArea &Output);
  ~Execution();
  Execution(const Execution &) = delete;
  Execution &operator=(const Execution &) = delete;

  /// Boots, offers the devices, runs the operations, says how it ended.
  void run();

  /// For the kernel's calls downwards.
  static Execution &current();
  /// Whether there is one.
  static bool running();
  Platform &platform() { return Below; }
  const Scenario &scenario() const { return What; }
  const DeviceSpec *device(unsigned Number) const;
  /// A line of the kernel's log.
  void log(const char *Text);
  /// Says why it ends here, and ends the process.
  [[noreturn]] void stop(const char *How, const char *Why);
  /// The operations that are to run during this device's probe.
  void probing(unsigned Device);
  /// The device moves data; what it does follows from the current operation.
  int deviceRun(unsigned Device, std::uint64_t Address, std::uint64_t Size);
  /// What the mapping that comes reads: a name in the kernel's words, a value.
  void tell(const char *Name, std::uint64_t Value);
  /// The kernel copied \p Size bytes to \p Address.
  void stored(const void *Address, std::size_t Size);
  /// The kernel converted memory, or tried to.
  void converted(PageState To);
  /// The kernel called the platform; \p Frame is the frame pointer there. The
  /// kernel's code keeps frame pointers.
  void called(const void *Frame);

private:
  /// What an operation made.
  struct Thing {
    int Buffer = -1;
    kernel_operation Made{};
  };

  /// What an operation showed beside its result.
  struct Details {
    std::optional<std::uint64_t> DeviceRead, Delivered, Copied;
    std::uint64_t Decrypted = 0, Encrypted = 0; ///< Calls, if they are told.
    const char *Device = nullptr;               ///< How its access went.
    const char *Fault = nullptr; ///< What the platform calls a blocked one.
    std::vector<std::uintptr_t> Dma;
    std::map<std::string, std::uint64_t> Told;
  };

  void tellEnd(unsigned Index, int Error);
  void makeBuffers();
  void offerDevices();
  void runOperation(unsigned Index);
  int runKernel(const OperationSpec &Op);
  void prepare(const OperationSpec &Op, kernel_operation &Call) const;
  int runTransfer(const OperationSpec &Op);
  int runCopy(const OperationSpec &Op);
  void tellMapping(const kernel_operation &Call);
  void tellDelivery(const Thing &T);
  void tellSightings();
  void finish();

  const Scenario &What;
  Platform &Below;
  ResultArea &Output;
  std::vector<std::uint8_t *> Addresses; ///< Of the buffers.
  std::vector<CanaryId> DeviceCanaries;  ///< What a device delivers into them.
  std::map<std::string, Thing> Things;
  std::vector<bool> Done; ///< By operation.
  const OperationSpec *Now = nullptr;
  Details Found;        ///< Of the current operation.
  std::size_t Told = 0; ///< Sightings that were written.
  unsigned LogLines = 0;
  std::set<std::vector<std::uintptr_t>> Stacks; ///< Of calls, if they are told.
};

} // namespace cocodma::model

#endif // COCODMA_MODEL_EXECUTION_H

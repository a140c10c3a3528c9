// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the evaluator saw happen: the primitives that were reached, under which
// condition, and by which path. The judge reads nothing else of an execution.
#ifndef COCODMA_DATAFLOW_EVENT_H
#define COCODMA_DATAFLOW_EVENT_H

#include "dataflow/Memory.h"

#include <memory>

namespace cocodma {

/// A branch that was executed.
struct Decision {
  uint32_t Block = 0;     ///< Of the frame's function.
  uint32_t Successor = 0; ///< Which way.
  Bdd Path;               ///< Under which condition the block was reached.
  Bdd Taken;              ///< Under which it then goes this way.
  uint32_t Sequence = 0;  ///< Position in the order of the execution.
};

/// One activation of a function.
struct Frame {
  std::shared_ptr<Frame> Caller;
  FunctionId Function = None;
  InstIndex CallSite = None; ///< In the caller.
  Bdd Entry;
  std::vector<Decision> Decisions;
  unsigned Depth = 0;
  uint32_t AtomsBefore = 0; ///< Those made later are about what happens in it.
};
using FramePointer = std::shared_ptr<Frame>;

/// The kinds of events.
enum class EventKind : uint8_t {
  Bounce,      ///< Subject's data is copied to a bounce slot for Device.
  Share,       ///< Subject becomes host-visible.
  Unshare,     ///< Subject becomes private again.
  Alias,       ///< Subject (pages) gets a decrypted mapping.
  Copy,        ///< Source is copied to Subject, which is or may be shared.
  Free,        ///< Subject goes back to its allocator.
  MapResult,   ///< A function that returns a DMA address returned Subject.
  Map,         ///< A function that maps memory for Device is called.
  Unmap,       ///< A function that takes such a mapping back is called.
  MarkerWrite, ///< A marker of a channel got Subject.
  DeviceWrite, ///< State of a device got Subject.
  Register,    ///< Device was made known to the driver core.
  NullCall,    ///< A member of Subject, DMA operations, is NULL and is called.
  Unresolved,  ///< A call could not be resolved; Text says which.
};

/// One event.
struct Event {
  EventKind Kind = EventKind::Bounce;
  Bdd When;            ///< The path condition.
  FramePointer Where;  ///< The activation in which it happened.
  InstIndex At = None; ///< The instruction there.
  Value Device;
  Value Subject;
  Value Source;
  Value Before;           ///< MarkerWrite: what the marker was.
  Bdd Shared;             ///< Copy, Free: the condition that Subject is shared.
  Bdd Unknown;            ///< Free: the condition that its state is unknown.
  bool Converted = false; ///< Free: its state was changed at least once.
  uint32_t Sequence = 0;
  uint32_t Field = None; ///< MarkerWrite, DeviceWrite, NullCall: its name.
  Cell Target;           ///< MarkerWrite, DeviceWrite: the cell.
  std::string Text;
};

} // namespace cocodma

#endif // COCODMA_DATAFLOW_EVENT_H

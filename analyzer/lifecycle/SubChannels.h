// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether a driver ever sees a channel besides its device's own, and how such a
// channel is tied to the device.
#ifndef COCODMA_LIFECYCLE_SUBCHANNELS_H
#define COCODMA_LIFECYCLE_SUBCHANNELS_H

#include "link/Program.h"
#include "spec/Spec.h"

#include <set>

namespace cocodma {

/// How the code of a bus hands sub-channels to its drivers: it calls a function
/// that a driver left in some record with a channel that is not that record.
class SubChannels {
public:
  /// \p Bus: the modules that register devices of \p Class. Both arguments by
  /// reference must outlive this.
  SubChannels(const Program &Linked, const DeviceClass &Class,
              std::set<std::string> Bus);

  /// False if no code of \p Modules can get at a sub-channel: none of it leaves
  /// such a function with the bus, walks a list of channels or is given a
  /// channel by a function of others.
  bool reach(const std::set<std::string> &Modules) const;

  /// Members of a channel in which the bus keeps another channel; of a
  /// sub-channel, the device's own.
  const std::set<StringIndex> &channelMembers() const { return ToChannel; }
  /// Members of a channel by which code of \p Modules finds channels in lists.
  std::set<StringIndex> links(const std::set<std::string> &Modules) const;
  /// Members of a channel in which the bus keeps a device.
  const std::set<StringIndex> &deviceMembers() const { return ToDevice; }

private:
  void findPointers(FunctionId Id);
  void findAnnouncing(FunctionId Id);
  void findTakers();
  bool isChannel(TypeIndex Type) const;
  bool leaves(const FunctionSummary &Body, const Inst &I) const;
  bool gets(const FunctionSummary &Body, const Inst &I,
            const std::set<std::string> &Modules) const;

  const Program &Linked;
  std::set<std::string> Bus;
  StringIndex Channel = None, Device = None;
  std::set<StringIndex> ToChannel, ToDevice;
  /// Members that hold a function which is called with another channel.
  std::set<StringIndex> Announcing;
  /// A function is called with a channel, and it is not known where it came
  /// from.
  bool Unknown = false;
  /// Functions of the bus that put a parameter into such a member, or call it
  /// with a channel.
  std::set<FunctionId> Takers;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_SUBCHANNELS_H

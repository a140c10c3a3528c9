// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ids of the devices that a driver is for, as its table names them.
#ifndef COCODMA_LIFECYCLE_DRIVERIDS_H
#define COCODMA_LIFECYCLE_DRIVERIDS_H

#include "dataflow/Evaluator.h"

namespace cocodma {

/// The table of one driver, and which code is for which of its ids.
class DriverIds {
public:
  /// \p Driver is a driver of \p Class. The program must outlive this.
  DriverIds(const Program &Linked, const DeviceClass &Class, GlobalId Driver);

  /// In the order of the table. Empty if the driver names none, or not by
  /// constants: then it may be bound to any device.
  const std::vector<OfferedId> &all() const { return Ids; }
  /// Indices in all() of the ids whose devices the activations that led to
  /// \p At may be about. A function that is named by an entry's own data only,
  /// or used only by such functions, is for that entry.
  std::vector<unsigned> servedAt(const Event &At);

private:
  /// Indices of ids; nothing for all of them.
  using Served = std::optional<std::set<unsigned>>;
  bool isBoundByHand(const DeviceIds &How) const;
  void readTable(GlobalId Table, StringIndex Member, StringIndex Offered);
  void findUsers(const DeviceClass &Class);
  const Served &servedBy(FunctionId Function);
  bool addUsersOf(GlobalId Variable, std::set<unsigned> &Found,
                  std::vector<FunctionId> &Functions,
                  std::vector<GlobalId> &Variables) const;

  const Program &Linked;
  GlobalId Driver = None;
  std::string Module;
  std::vector<OfferedId> Ids;
  /// Which entries of the table name a variable.
  std::map<GlobalId, std::set<unsigned>> NamedBy;
  std::map<GlobalId, std::set<FunctionId>> UsingFunctions;
  std::map<GlobalId, std::set<GlobalId>> UsingVariables;
  std::map<FunctionId, Served> Known;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_DRIVERIDS_H

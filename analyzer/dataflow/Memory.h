// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The store: one guarded value for each cell (object, access path). A memory
// can be layered over another, which it then does not change: that is how the
// state at a device's first probe is kept while several drivers are tried.
#ifndef COCODMA_DATAFLOW_MEMORY_H
#define COCODMA_DATAFLOW_MEMORY_H

#include "dataflow/Value.h"

#include <memory>

namespace cocodma {

/// A cell of memory.
struct Cell {
  ObjectId Object = 0;
  PathId Path = 0;
  bool operator==(const Cell &) const = default;
};

/// Bytes below a path that were set as a whole.
struct Fill {
  PathId Prefix = 0;
  Bdd When;
  bool Copied = false; ///< From Source; else zeroed.
  Cell Source;
};

/// A cell that shares its bytes with other members of a union.
struct UnionCell {
  PathId Path = 0;
  /// Where it was written, not only read: under any of these. What they come
  /// to together is seldom asked.
  std::vector<Bdd> Written;
};

/// A layer of cells.
class Memory {
public:
  explicit Memory(const Memory *Below = nullptr) : Below(Below) {}

  /// The value of a cell, or null if it was never written here or below.
  const Value *find(Cell Which) const;
  /// Sets a cell, whatever it was.
  void set(Cell Which, Value New);
  /// Paths of cells of \p Object that were written, here or below.
  std::vector<PathId> paths(ObjectId Object) const;
  /// Fills of \p Object, oldest first, here and below.
  std::vector<Fill> fills(ObjectId Object) const;
  void addFill(ObjectId Object, Fill New);
  /// Cells of \p Object in unions that have values, here and below; one may be
  /// named once for each layer.
  std::vector<UnionCell> unionCells(ObjectId Object) const;
  /// Notes that the cell has a value, which was written under \p Written: not
  /// at all if that is false.
  void addUnionCell(Cell Which, Bdd Written);
  /// What lies below this layer; null for the lowest.
  const Memory *below() const { return Below; }
  /// How many cells of \p Object were written, here and below (a cell that
  /// several layers wrote counts in each).
  size_t cellCount(ObjectId Object) const;
  /// Cells that this layer changed, in the order of their first change.
  const std::vector<Cell> &changed() const { return Order; }

private:
  struct CellHash {
    size_t operator()(const Cell &C) const {
      return (size_t(C.Object) * 0x9e3779b97f4a7c15) ^ (size_t(C.Path) << 17);
    }
  };
  const Memory *Below;
  std::unordered_map<Cell, Value, CellHash> Cells;
  std::unordered_map<ObjectId, std::vector<PathId>> Paths;
  std::unordered_map<ObjectId, std::vector<Fill>> Fills;
  std::unordered_map<ObjectId, std::vector<UnionCell>> Unions;
  std::vector<Cell> Order;
};

} // namespace cocodma

#endif // COCODMA_DATAFLOW_MEMORY_H

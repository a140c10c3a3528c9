// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lifecycle/Parts.h"

namespace cocodma {

PartRunner::~PartRunner() = default;

} // namespace cocodma

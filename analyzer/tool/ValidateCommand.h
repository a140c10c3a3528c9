// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `cocodma validate REPORT.json --kernel DIR`
#ifndef COCODMA_TOOL_VALIDATECOMMAND_H
#define COCODMA_TOOL_VALIDATECOMMAND_H

namespace cocodma {

/// Whether the command line named `validate`.
bool validateCommandGiven();

/// Executes what the report says and writes it again with what was seen.
/// Returns the exit status: 1 a finding was refuted or a leak was missed, 3 a
/// finding could not be replayed, 2 usage or input error, 0 else.
int runValidateCommand();

} // namespace cocodma

#endif // COCODMA_TOOL_VALIDATECOMMAND_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Starts the program that holds a kernel (program/main.cpp), confined, and
// brings back what it says. Nothing that it says is trusted.
#ifndef COCODMA_MODEL_PROGRAMRUNNER_H
#define COCODMA_MODEL_PROGRAMRUNNER_H

#include <string>
#include <vector>

namespace cocodma::model {

/// What the program said of one scenario.
struct ProgramOutput {
  std::string Problem; ///< Not empty: it was not executed, for this reason.
  int Signal = 0;      ///< What killed the copy that executed it; 0: nothing.
  int Status = 0;      ///< Else how that copy ended.
  bool Truncated = false; ///< It wrote more than anybody reads.
  std::string Text;       ///< What it wrote: lines of JSON, or anything.
};

/// Executes the texts of scenarios in \p Program, one after the other. \p
/// Seconds of real time are for all of them. False, with the reason in \p
/// Error, if the program cannot be started or confined.
bool runProgram(const std::string &Program,
                const std::vector<std::string> &Scenarios, unsigned Seconds,
                std::vector<ProgramOutput> &Outputs, std::string &Error);

} // namespace cocodma::model

#endif // COCODMA_MODEL_PROGRAMRUNNER_H

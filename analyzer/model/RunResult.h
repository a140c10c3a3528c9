// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What came of a scenario, from what its program wrote.
#ifndef COCODMA_MODEL_RUNRESULT_H
#define COCODMA_MODEL_RUNRESULT_H

#include "model/ProgramRunner.h"
#include "model/Scenario.h"

#include <nlohmann/json.hpp>
#include <string>

namespace cocodma::model {

/// The result as docs/model-result.schema.json describes it. What the program
/// wrote is checked record by record; what does not fit is left out, and the
/// run counts as `not-replayed`.
nlohmann::json makeResult(const Scenario &What, const ProgramOutput &Output);

/// The same for people.
std::string resultText(const nlohmann::json &Result);

/// \p Text with everything replaced that a terminal could take as a command.
std::string printable(const std::string &Text);

} // namespace cocodma::model

#endif // COCODMA_MODEL_RUNRESULT_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef COCODMA_FRONTEND_ERRORKEEPER_H
#define COCODMA_FRONTEND_ERRORKEEPER_H

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallString.h"

#include <string>

namespace cocodma {

/// Keeps the first errors of the compiler, as one text.
class ErrorKeeper : public clang::DiagnosticConsumer {
public:
  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level,
                        const clang::Diagnostic &Info) override {
    DiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (Level < clang::DiagnosticsEngine::Error || ++Count > 2)
      return;
    llvm::SmallString<128> Message;
    Info.FormatDiagnostic(Message);
    if (!Text.empty())
      Text += "; ";
    if (Info.getLocation().isValid() && Info.hasSourceManager()) {
      clang::PresumedLoc Place =
          Info.getSourceManager().getPresumedLoc(Info.getLocation());
      if (Place.isValid())
        Text += std::string(Place.getFilename()) + ":" +
                std::to_string(Place.getLine()) + ": ";
    }
    Text += Message.str();
  }

  std::string Text; ///< Empty if there was none.

private:
  unsigned Count = 0;
};

} // namespace cocodma

#endif // COCODMA_FRONTEND_ERRORKEEPER_H

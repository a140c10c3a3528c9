// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parses one unit with the flags of the compile database and lowers it.
#ifndef COCODMA_FRONTEND_UNITPARSER_H
#define COCODMA_FRONTEND_UNITPARSER_H

#include "frontend/UnitLowering.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace clang {
class Preprocessor;
} // namespace clang

namespace cocodma {

/// Bytes of stack that a parser needs for code that a machine wrote.
constexpr unsigned ParserStack = 64u << 20;

/// One entry of a compile database, with its flags already adjusted.
struct CompileJob {
  std::string File;                   ///< Absolute path of the main file.
  std::string Directory;              ///< Where the compiler was run.
  std::vector<std::string> Arguments; ///< argv of the compiler.
  std::string Module;                 ///< KBUILD_MODNAME or empty.
};

/// Looks at one unit while its AST is there, for what lowering does not keep.
class UnitObserver {
public:
  virtual ~UnitObserver() = default;
  /// Before the unit is read.
  virtual void beginUnit(clang::Preprocessor &Macros) = 0;
  /// The unit parsed without an error, and was lowered to \p Into.
  virtual void endUnit(clang::ASTContext &Context, clang::Preprocessor &Macros,
                       UnitSummary &Into) = 0;
};

/// Makes an observer for one unit; called from any thread.
using ObserverFactory = std::function<std::unique_ptr<UnitObserver>()>;

struct PrecompiledHeaders;

/// The error of parseUnit() that what the unit defines might change headers
/// that were compiled without it.
class UnfitHeaders : public llvm::ErrorInfo<UnfitHeaders> {
public:
  static char ID;
  void log(llvm::raw_ostream &Out) const override {
    Out << "it may change headers that are compiled already";
  }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }
};

/// Parses and lowers \p Job. Files are read through \p Files; nothing is
/// written. Fails with the compiler's first errors if the unit does not parse.
/// \p Observer, if not null, is shown the unit.
/// \p Shared: if not null, headers that all are included by the unit; if they
/// might differ for it, the error is UnfitHeaders.
/// Thread-safe: each call has its own compiler instance.
llvm::Expected<UnitSummary>
parseUnit(const CompileJob &Job, const FrontEndVocabulary &Vocabulary,
          llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files,
          UnitObserver *Observer, const PrecompiledHeaders *Shared = nullptr);

} // namespace cocodma

#endif // COCODMA_FRONTEND_UNITPARSER_H

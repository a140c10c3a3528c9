// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "treeprogram/MissingSymbols.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

using namespace llvm;

namespace cocodma {

namespace {

// In reach of a kernel's relative and absolute 32-bit addresses, above the heap
// of a static program. A symbol may be a large struct: its own 64 KiB each.
constexpr std::uint64_t First = 0x60000000, Step = 0x10000, Most = 4096;

bool isInterface(StringRef Name) {
  return Name.starts_with("model_") || Name.starts_with("tree_missing_") ||
         Name.starts_with("__start_") || Name.starts_with("__stop_");
}

} // namespace

Expected<std::string> missingSymbols(const std::string &Object) {
  auto File = object::ObjectFile::createObjectFile(Object);
  if (!File)
    return File.takeError();
  std::set<std::string> Names;
  for (const object::SymbolRef &Symbol : File->getBinary()->symbols()) {
    Expected<std::uint32_t> Flags = Symbol.getFlags();
    Expected<StringRef> Name = Symbol.getName();
    if (!Flags || !Name)
      return joinErrors(Flags.takeError(), Name.takeError());
    if (*Flags & object::SymbolRef::SF_Undefined && !Name->empty() &&
        !isInterface(*Name))
      Names.insert(Name->str());
  }
  if (Names.size() > Most)
    return createStringError(inconvertibleErrorCode(),
                             "the kernel's units need " + Twine(Names.size()) +
                                 " symbols that they do not define");
  std::string Text, Pointers, Strings;
  raw_string_ostream Out(Text), List(Pointers), Tail(Strings);
  std::uint64_t Number = 0;
  for (const std::string &Name : Names) {
    Out << ".globl \"" << Name << "\"\n.set \"" << Name << "\", "
        << First + Number * Step << "\n";
    List << "  .quad .Lname" << Number << "\n";
    Tail << ".Lname" << Number++ << ": .asciz \"" << Name << "\"\n";
  }
  Out << ".section .rodata\n.balign 8\n"
      << ".globl tree_missing_first, tree_missing_step, tree_missing_count, "
         "tree_missing_names\n"
      << "tree_missing_first: .quad " << First << "\ntree_missing_step: .quad "
      << Step << "\ntree_missing_count: .quad " << Names.size()
      << "\ntree_missing_names:\n"
      << Pointers << "  .quad 0\n"
      << Strings << ".section .note.GNU-stack,\"\",@progbits\n";
  return Text;
}

} // namespace cocodma

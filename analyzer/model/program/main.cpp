// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program around a kernel: reads scenarios from standard input, executes
// each in a confined copy of itself, and writes what came of each to standard
// output. `cocodma model` starts it confined, too; nothing of the kernel runs
// in this process itself. Thousands of copies a second are wanted, so this
// process stays small, what all of them need is made before the first, and what
// only this process needs is kept from them.
//
// In: for each scenario a line with the number of its bytes, and these. Out:
// for each a line of JSON, and as many bytes as its "size" says.
#include "model/Confinement.h"
#include "model/Execution.h"
#include "model/SystemGate.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cocodma::model;
using nlohmann::json;

/// For kernels that live with no trap, as the mini-kernel.
extern "C" __attribute__((weak)) int kernel_trap(unsigned long, unsigned long,
                                                 const char **) {
  return KERNEL_TRAP_CRASH;
}

/// Where scenarios say what happens; a handler of signals has no other way to
/// it. A name of C, by which tests that try to break out find it.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" ResultArea *model_results;
ResultArea *model_results = nullptr;

namespace {

constexpr std::size_t MostInput = std::size_t(64) << 20;
constexpr unsigned DeadlineMilliseconds = 5000;

/// Lets the kernel go on after what it lives with; else says where its code
/// crashed or what it misses, with what a handler may call.
void crash(int Signal, siginfo_t *Info, void *Context) {
  auto &Registers = static_cast<ucontext_t *>(Context)->uc_mcontext.gregs;
  auto Address = reinterpret_cast<std::uintptr_t>(Info->si_addr);
  const char *What = nullptr;
  int Skip = kernel_trap(static_cast<unsigned long>(Registers[REG_RIP]),
                         Address, &What);
  if (Skip > 0) {
    Registers[REG_RIP] += Skip;
    return;
  }
  if (!Execution::running())
    _exit(3); // A defect of this program, and no scenario's.
  char Text[400];
  int Size = 0;
  if (Skip == KERNEL_TRAP_MISSING)
    Size = std::snprintf(Text, sizeof(Text),
                         "\n{\"record\":\"stop\",\"how\":\"not-replayed\","
                         "\"why\":\"the model has no %.200s\"}\n",
                         What);
  else if (What)
    Size = std::snprintf(
        Text, sizeof(Text),
        "\n{\"record\":\"stop\",\"how\":\"crashes\",\"why\":\"%.200s\"}\n",
        What);
  else
    Size = std::snprintf(
        Text, sizeof(Text),
        "\n{\"record\":\"crash\",\"signal\":%d,\"address\":\"0x%llx\"}\n",
        Signal, static_cast<unsigned long long>(Address));
  model_results->append({Text, static_cast<std::size_t>(Size)});
  _exit(0);
}

/// Copies inherit it.
void catchCrashes() {
  static std::uint8_t Stack[32768];
  stack_t Alternative{};
  Alternative.ss_sp = Stack;
  Alternative.ss_size = sizeof(Stack);
  sigaltstack(&Alternative, nullptr);
  struct sigaction Action{};
  Action.sa_sigaction = crash;
  Action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (int Signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE})
    sigaction(Signal, &Action, nullptr);
}

/// The copy's whole life.
[[noreturn]] void execute(const Scenario &What, const Profile &On,
                          GuestFiles &Files) {
  std::string Error;
  if (enterScenario(DeadlineMilliseconds, Error)) {
    Platform Below(On, Files, MemoryBase);
    Execution(What, Below, *model_results).run();
  } else {
    Record(*model_results, "stop")
        .text("how", "not-replayed")
        .text("why", Error);
  }
  _exit(0);
}

/// Standard input as a whole, where copies do not see it; empty if there is
/// none, or too much.
std::string_view readInput() {
  void *Map = mmap(nullptr, MostInput, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (Map == MAP_FAILED || madvise(Map, MostInput, MADV_DONTFORK))
    return {};
  auto *Text = static_cast<char *>(Map);
  std::size_t Size = 0;
  while (Size < MostInput) {
    ssize_t More = read(0, Text + Size, MostInput - Size);
    if (More < 0 && errno == EINTR)
      continue;
    if (More <= 0)
      return {Text, Size};
    Size += static_cast<std::size_t>(More);
  }
  return {};
}

/// The next scenario's text; false if the input does not go on with one.
bool nextText(std::string_view &Input, std::string_view &Text) {
  std::size_t Size = 0;
  auto [End, Problem] =
      std::from_chars(Input.data(), Input.data() + Input.size(), Size);
  auto Digits = static_cast<std::size_t>(End - Input.data());
  if (Problem != std::errc() || Digits == Input.size() || *End != '\n' ||
      Size > Input.size() - Digits - 1)
    return false;
  Text = Input.substr(Digits + 1, Size);
  Input.remove_prefix(Digits + 1 + Size);
  return true;
}

bool writeOut(std::string_view Text) {
  while (!Text.empty()) {
    long Size =
        callThroughGate(SYS_write, 1, reinterpret_cast<long>(Text.data()),
                        static_cast<long>(Text.size()));
    if (Size <= 0 && Size != -EINTR)
      return false;
    Text.remove_prefix(Size > 0 ? static_cast<std::size_t>(Size) : 0);
  }
  return true;
}

/// What came of a scenario, and as much as \p Text.
bool tell(json Head, std::string_view Text) {
  Head["size"] = Text.size();
  std::string Line =
      Head.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  Line += Text;
  return writeOut(Line);
}

bool runOne(const Scenario &What, GuestFiles &Files) {
  auto On = findProfile(What.Profile);
  if (!On)
    return tell({{"problem", "unknown profile"}}, "");
  model_results->clear();
  int Child = copyProcess();
  if (Child < 0)
    return tell({{"problem", "no process is to be had"}}, "");
  if (Child == 0)
    execute(What, *On, Files);
  int Status = 0;
  while (callThroughGate(SYS_wait4, Child, reinterpret_cast<long>(&Status)) ==
         -EINTR)
    ;
  if (!Files.clear())
    return false;
  return tell({{"signal", WIFSIGNALED(Status) ? WTERMSIG(Status) : 0},
               {"status", WIFEXITED(Status) ? WEXITSTATUS(Status) : 0},
               {"truncated", model_results->isTruncated()}},
              model_results->text());
}

} // namespace

int main() {
  std::string Error;
  std::string_view Input = readInput();
  auto Files = GuestFiles::create(MemoryFrames * PageSize, Error);
  model_results = ResultArea::create();
  catchCrashes();
  if (!Files || !model_results || !confineScenarios(Error))
    return tell({{"problem", Error}}, "") ? 0 : 2;
  std::string_view Text;
  while (nextText(Input, Text)) {
    Scenario What;
    bool Good = readScenario(Text, What, Error)
                    ? runOne(What, *Files)
                    : tell({{"problem", Error}}, "");
    if (!Good)
      _exit(2);
  }
  // What tidies up after main() calls the system for what is forbidden now.
  _exit(Input.empty() ? 0 : 2);
}

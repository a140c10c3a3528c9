// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program around a kernel: reads scenarios (a JSON array of texts) from
// standard input, executes each in a confined copy of itself, and writes one
// line of JSON for each to standard output. `cocodma model` starts it confined,
// too; nothing of the kernel runs in this process itself.
#include "model/Confinement.h"
#include "model/Execution.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cocodma::model;
using nlohmann::json;

/// For kernels that live with no trap, as the mini-kernel.
extern "C" __attribute__((weak)) int kernel_trap(unsigned long, unsigned long,
                                                 const char **) {
  return KERNEL_TRAP_CRASH;
}

namespace {

constexpr std::size_t MostOutput = 4 << 20;
constexpr unsigned DeadlineMilliseconds = 5000;

/// Where crash() writes; a signal handler has no other way.
int CrashOutput = -1;

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
  if (Execution::running())
    Execution::current().flush();
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
  if (Size > 0 && ::write(CrashOutput, Text, static_cast<std::size_t>(Size)))
    _exit(0);
  _exit(1);
}

void catchCrashes(int Output) {
  static std::uint8_t Stack[32768];
  CrashOutput = Output;
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
[[noreturn]] void execute(const Scenario &What, int Output,
                          ScenarioFilter &Filter) {
  std::string Error = "unknown profile";
  std::unique_ptr<Platform> Below;
  if (auto P = findProfile(What.Profile))
    Below = Platform::create(*P, MemoryFrames, MemoryBase, Error);
  if (Below) {
    catchCrashes(Output);
    if (confineScenario(Filter, DeadlineMilliseconds, Error)) {
      Execution Run(What, *Below, Output);
      Run.run();
      _exit(0);
    }
  }
  std::string Text =
      json({{"record", "stop"}, {"how", "not-replayed"}, {"why", Error}})
          .dump() +
      "\n";
  if (::write(Output, Text.data(), Text.size()) < 0)
    _exit(1);
  _exit(0);
}

std::string readAll(int Input, std::size_t Most, bool &Truncated) {
  std::string Text;
  char Piece[65536];
  for (;;) {
    ssize_t Size = read(Input, Piece, sizeof(Piece));
    if (Size < 0 && errno == EINTR)
      continue;
    if (Size <= 0)
      return Text;
    if (Text.size() < Most)
      Text.append(Piece, static_cast<std::size_t>(Size));
    else
      Truncated = true; // Read on, so that the writer comes to its end.
  }
}

json runOne(const Scenario &What) {
  int Ends[2];
  if (pipe2(Ends, O_CLOEXEC))
    return {{"problem", "no pipe is to be had"}};
  static ScenarioFilter Filter;
  std::string Error;
  if (!prepareScenarioFilter(Ends[1], Filter, Error)) {
    close(Ends[0]);
    close(Ends[1]);
    return {{"problem", Error}};
  }
  pid_t Child = fork();
  if (Child < 0)
    return {{"problem", "no process is to be had"}};
  if (Child == 0) {
    close(Ends[0]);
    execute(What, Ends[1], Filter);
  }
  close(Ends[1]);
  bool Truncated = false;
  std::string Text = readAll(Ends[0], MostOutput, Truncated);
  close(Ends[0]);
  int Status = 0;
  while (waitpid(Child, &Status, 0) < 0 && errno == EINTR)
    ;
  return {{"signal", WIFSIGNALED(Status) ? WTERMSIG(Status) : 0},
          {"status", WIFEXITED(Status) ? WEXITSTATUS(Status) : 0},
          {"truncated", Truncated},
          {"text", Text}};
}

} // namespace

int main() {
  bool Truncated = false;
  std::string Text = readAll(0, std::size_t(64) << 20, Truncated);
  json Input = json::parse(Text, nullptr, false);
  if (Truncated || !Input.is_array())
    return 2;
  for (const json &Item : Input) {
    Scenario What;
    std::string Error;
    json Line;
    if (!Item.is_string())
      return 2;
    if (readScenario(Item.get_ref<const std::string &>(), What, Error))
      Line = runOne(What);
    else
      Line = {{"problem", Error}};
    std::string Out =
        Line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    for (std::size_t At = 0; At < Out.size();) {
      ssize_t Size = write(1, Out.data() + At, Out.size() - At);
      if (Size <= 0)
        return 2;
      At += static_cast<std::size_t>(Size);
    }
  }
  return 0;
}

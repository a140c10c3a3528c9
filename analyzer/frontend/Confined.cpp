// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/Confined.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using std::chrono::steady_clock;

namespace cocodma {
namespace {

struct Child {
  size_t Index;
  pid_t Process;
  int Pipe;
  steady_clock::time_point Deadline;
  bool Late = false;
};

void setLimit(decltype(RLIMIT_CPU) What, rlim_t Value, rlim_t Hard) {
  rlimit Limit = {Value, Hard};
  setrlimit(What, &Limit);
}

#if !LLVM_ADDRESS_SANITIZER_BUILD
/// The address space of this process, in bytes; 0 if it cannot be told.
uint64_t ownMemory() {
  auto Numbers = llvm::MemoryBuffer::getFileAsStream("/proc/self/statm");
  uint64_t Pages = 0;
  if (!Numbers ||
      (*Numbers)->getBuffer().split(' ').first.getAsInteger(10, Pages))
    return 0;
  return Pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}
#endif

/// The forked process: works, writes, and ends without any clean-up, which
/// belongs to the process that it is a copy of.
[[noreturn]] void workAndExit(const std::function<std::string()> &Work,
                              int Pipe, const WorkLimits &Limits) {
  // What a crash prints is no message for the user.
  int Nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (Nowhere >= 0)
    for (int Standard : {0, 1, 2})
      dup2(Nowhere, Standard);
  setLimit(RLIMIT_CORE, 0, 0);
  setLimit(RLIMIT_CPU, Limits.CpuSeconds, Limits.CpuSeconds + 5);
#if !LLVM_ADDRESS_SANITIZER_BUILD
  if (uint64_t Own = ownMemory())
    setLimit(RLIMIT_AS, Own + Limits.Memory, Own + Limits.Memory);
#endif
  std::string Text = Work();
  for (size_t Done = 0; Done < Text.size();) {
    ssize_t Wrote = write(Pipe, Text.data() + Done, Text.size() - Done);
    if (Wrote < 0 && errno != EINTR)
      _exit(1);
    Done += std::max<ssize_t>(Wrote, 0);
  }
  _exit(0);
}

class Runner {
public:
  Runner(const std::vector<std::function<std::string()>> &Works,
         const WorkLimits &Limits, const std::function<void(size_t)> &Finished)
      : Works(Works), Limits(Limits), Finished(Finished),
        Results(Works.size()) {}

  std::vector<WorkResult> run(unsigned Parallel) {
    size_t Next = 0;
    while (Next < Works.size() || !Running.empty()) {
      while (Next < Works.size() && Running.size() < std::max(Parallel, 1u))
        start(Next++);
      wait();
    }
    return std::move(Results);
  }

private:
  void start(size_t Index) {
    int Ends[2];
    pid_t Process = -1;
    if (!pipe2(Ends, O_CLOEXEC)) {
      Process = fork();
      if (!Process)
        workAndExit(Works[Index], Ends[1], Limits);
      close(Ends[1]);
      if (Process < 0)
        close(Ends[0]);
    }
    if (Process < 0) {
      Results[Index].Problem = "no process could be started for it";
      return;
    }
    Running.push_back(
        {Index, Process, Ends[0],
         steady_clock::now() + std::chrono::seconds(Limits.WallSeconds)});
  }

  void wait() {
    std::vector<pollfd> Pipes;
    Pipes.reserve(Running.size());
    for (const Child &C : Running)
      Pipes.push_back({C.Pipe, POLLIN, 0});
    poll(Pipes.data(), Pipes.size(), 200);
    for (size_t I = Running.size(); I-- > 0;) {
      Child &C = Running[I];
      if (!C.Late && steady_clock::now() > C.Deadline) {
        C.Late = true;
        kill(C.Process, SIGKILL);
      }
      if (!Pipes[I].revents || readSome(C))
        continue;
      end(C);
      Running.erase(Running.begin() + static_cast<ptrdiff_t>(I));
    }
  }

  /// False at the end of the output.
  bool readSome(const Child &C) {
    char Buffer[1 << 16];
    ssize_t Got = read(C.Pipe, Buffer, sizeof Buffer);
    if (Got < 0)
      return errno == EINTR;
    Results[C.Index].Output.append(Buffer, static_cast<size_t>(Got));
    return Got > 0;
  }

  void end(const Child &C) {
    close(C.Pipe);
    int Status = 0;
    while (waitpid(C.Process, &Status, 0) < 0 && errno == EINTR)
      continue;
    WorkResult &Result = Results[C.Index];
    int Signal = WIFSIGNALED(Status) ? WTERMSIG(Status) : 0;
    if (C.Late || Signal == SIGXCPU)
      Result.Problem =
          "it took more than " +
          llvm::utostr(C.Late ? Limits.WallSeconds : Limits.CpuSeconds) + " s";
    else if (Signal == SIGKILL)
      Result.Problem = "it was killed";
    else if (Status)
      Result.Problem = "the parser crashed on it, or needed more than " +
                       llvm::utostr(Limits.Memory >> 20) + " MiB";
    if (Finished)
      Finished(C.Index);
  }

  const std::vector<std::function<std::string()>> &Works;
  const WorkLimits &Limits;
  const std::function<void(size_t)> &Finished;
  std::vector<WorkResult> Results;
  std::vector<Child> Running;
};

} // namespace

std::vector<WorkResult>
runConfined(const std::vector<std::function<std::string()>> &Works,
            unsigned Parallel, const WorkLimits &Limits,
            const std::function<void(size_t)> &Finished) {
  return Runner(Works, Limits, Finished).run(Parallel);
}

} // namespace cocodma

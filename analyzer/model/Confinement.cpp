// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Confinement.h"

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

namespace cocodma::model {

namespace {

/// A filter under construction; errors are collected.
class Filter {
public:
  explicit Filter(std::uint32_t Otherwise)
      : Context(seccomp_init(Otherwise)), Failed(!Context) {}
  ~Filter() {
    if (Context)
      seccomp_release(Context);
  }
  Filter(const Filter &) = delete;
  Filter &operator=(const Filter &) = delete;

  void allow(std::initializer_list<int> Calls) {
    for (int Call : Calls)
      Failed = Failed || seccomp_rule_add(Context, SCMP_ACT_ALLOW, Call, 0);
  }
  void allowIf(int Call, scmp_arg_cmp Condition) {
    Failed =
        Failed || seccomp_rule_add(Context, SCMP_ACT_ALLOW, Call, 1, Condition);
  }
  bool load() { return !Failed && seccomp_load(Context) == 0; }
  /// The filter as the kernel takes it; empty if it cannot be had.
  std::vector<sock_filter> code() const {
    int File = Failed ? -1 : memfd_create("filter", MFD_CLOEXEC);
    if (File < 0)
      return {};
    off_t Size = -1;
    if (seccomp_export_bpf(Context, File) == 0)
      Size = lseek(File, 0, SEEK_END);
    std::vector<sock_filter> Code(
        Size > 0 ? std::size_t(Size) / sizeof(sock_filter) : 0);
    lseek(File, 0, SEEK_SET);
    if (read(File, Code.data(), Code.size() * sizeof(sock_filter)) != Size)
      Code.clear();
    close(File);
    return Code;
  }

private:
  scmp_filter_ctx Context;
  bool Failed;
};

bool limit(int What, rlim_t Value) {
  rlimit Limit{Value, Value};
  return setrlimit(static_cast<__rlimit_resource>(What), &Limit) == 0;
}

/// Memory that is executable is not to be had.
void allowMemory(Filter &F) {
  F.allow({SCMP_SYS(munmap), SCMP_SYS(brk), SCMP_SYS(madvise)});
  F.allowIf(SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  F.allowIf(SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

} // namespace

bool confineProgram(const Limits &L, std::string &Error) {
  Filter F(SCMP_ACT_ERRNO(EPERM));
  allowMemory(F);
  F.allow({SCMP_SYS(read),
           SCMP_SYS(write),
           SCMP_SYS(close),
           SCMP_SYS(pipe2),
           SCMP_SYS(lseek),
           SCMP_SYS(ftruncate),
           SCMP_SYS(fcntl),
           SCMP_SYS(memfd_create),
           SCMP_SYS(newfstatat),
           SCMP_SYS(fstat),
           SCMP_SYS(poll),
           SCMP_SYS(wait4),
           SCMP_SYS(clock_gettime),
           SCMP_SYS(execve),
           SCMP_SYS(exit),
           SCMP_SYS(exit_group),
           SCMP_SYS(rt_sigaction),
           SCMP_SYS(rt_sigprocmask),
           SCMP_SYS(rt_sigreturn),
           SCMP_SYS(sigaltstack),
           SCMP_SYS(setitimer),
           SCMP_SYS(arch_prctl),
           SCMP_SYS(set_tid_address),
           SCMP_SYS(set_robust_list),
           SCMP_SYS(rseq),
           SCMP_SYS(getrandom),
           SCMP_SYS(futex),
           SCMP_SYS(seccomp),
           SCMP_SYS(prctl),
           SCMP_SYS(readlink)});
  F.allowIf(SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_EQ, 0, 0)); // itself only
  // fork(), but no threads and no namespaces.
  constexpr int Fork = 0x01200011; // CHILD_CLEARTID, CHILD_SETTID, SIGCHLD
  F.allowIf(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_EQ, Fork, 0));
  // The limits come last: what is above already may need memory to get here.
  if (F.load() && limit(RLIMIT_CPU, L.CpuSeconds) &&
      limit(RLIMIT_AS, rlim_t(L.AddressSpaceMiB) << 20) &&
      limit(RLIMIT_FSIZE, rlim_t(L.AddressSpaceMiB) << 20) &&
      limit(RLIMIT_NOFILE, 32) && limit(RLIMIT_CORE, 0))
    return true;
  Error = std::string("this system cannot confine the program (seccomp): ") +
          std::strerror(errno);
  return false;
}

bool prepareScenarioFilter(int Output, ScenarioFilter &Into,
                           std::string &Error) {
  if (Into.Output == Output && !Into.Code.empty())
    return true;
  Filter F(SCMP_ACT_KILL_PROCESS);
  allowMemory(F);
  F.allow({SCMP_SYS(lseek), SCMP_SYS(exit), SCMP_SYS(exit_group),
           SCMP_SYS(rt_sigreturn)});
  F.allowIf(SCMP_SYS(write), SCMP_A0(SCMP_CMP_EQ, unsigned(Output), 0));
  Into.Output = Output;
  Into.Code = F.code();
  if (!Into.Code.empty())
    return true;
  Error = "this system cannot confine a scenario (seccomp)";
  return false;
}

bool confineScenario(ScenarioFilter &Filter, unsigned Milliseconds,
                     std::string &Error) {
  itimerval Deadline{};
  Deadline.it_value.tv_sec = Milliseconds / 1000;
  Deadline.it_value.tv_usec = (Milliseconds % 1000) * 1000L;
  sock_fprog Code = {static_cast<unsigned short>(Filter.Code.size()),
                     Filter.Code.data()};
  if (!Filter.Code.empty() && prctl(PR_SET_PDEATHSIG, 9) == 0 &&
      setitimer(ITIMER_REAL, &Deadline, nullptr) == 0 &&
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &Code) == 0)
    return true;
  Error = "this system cannot confine a scenario (seccomp)";
  return false;
}

} // namespace cocodma::model

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Confinement.h"
#include "model/SystemGate.h"

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <vector>

namespace cocodma::model {

namespace {

/// A copy shares with the program what it cannot call the system for: its open
/// files, of which it can write to none, and its folder.
constexpr int CopyFlags = CLONE_FILES | CLONE_FS | SIGCHLD;

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
           SCMP_SYS(lseek),
           SCMP_SYS(ftruncate),
           SCMP_SYS(fallocate),
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
  // No threads and no namespaces.
  F.allowIf(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_EQ, CopyFlags, 0));
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

namespace {

/// Lets the gate's calls through, ahead of what all others have to pass.
/// Filters of libseccomp do not know where a call comes from.
std::vector<sock_filter> gateFilter() {
  constexpr std::uint32_t Calls[] = {SYS_clone, SYS_prctl,     SYS_setitimer,
                                     SYS_wait4, SYS_fallocate, SYS_write};
  constexpr std::uint8_t Count = std::size(Calls);
  auto Load = [](std::size_t Offset) {
    return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                static_cast<std::uint32_t>(Offset));
  };
  auto Unless = [](std::uint32_t Value, unsigned Skip) {
    return sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, Value, 0,
                                static_cast<std::uint8_t>(Skip));
  };
  constexpr std::size_t Place = offsetof(seccomp_data, instruction_pointer);
  std::uint64_t Gate = gateAddress();
  std::vector<sock_filter> Code = {
      Load(Place),
      Unless(static_cast<std::uint32_t>(Gate), Count + 6U),
      Load(Place + 4),
      Unless(static_cast<std::uint32_t>(Gate >> 32), Count + 4U),
      Load(offsetof(seccomp_data, arch)),
      Unless(AUDIT_ARCH_X86_64, Count + 2U),
      Load(offsetof(seccomp_data, nr))};
  for (std::uint8_t I = 0; I < Count; ++I)
    Code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, Calls[I],
                            static_cast<std::uint8_t>(Count - 1 - I),
                            static_cast<std::uint8_t>(I + 1 == Count)));
  Code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return Code;
}

} // namespace

bool confineScenarios(std::string &Error) {
  Filter F(SCMP_ACT_KILL_PROCESS);
  allowMemory(F);
  F.allow({SCMP_SYS(lseek), SCMP_SYS(exit), SCMP_SYS(exit_group),
           SCMP_SYS(rt_sigreturn)});
  std::vector<sock_filter> Rest = F.code();
  std::vector<sock_filter> Code = gateFilter();
  Code.insert(Code.end(), Rest.begin(), Rest.end());
  sock_fprog Program = {static_cast<unsigned short>(Code.size()), Code.data()};
  if (!Rest.empty() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &Program) == 0)
    return true;
  Error = "this system cannot confine a scenario (seccomp)";
  return false;
}

bool enterScenario(unsigned Milliseconds, std::string &Error) {
  itimerval Deadline{};
  Deadline.it_value.tv_sec = Milliseconds / 1000;
  Deadline.it_value.tv_usec = (Milliseconds % 1000) * 1000L;
  if (callThroughGate(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL) == 0 &&
      callThroughGate(SYS_setitimer, ITIMER_REAL,
                      reinterpret_cast<long>(&Deadline)) == 0 &&
      removeGate())
    return true;
  Error = "this system cannot confine a scenario";
  return false;
}

int copyProcess() {
  return static_cast<int>(callThroughGate(SYS_clone, CopyFlags));
}

} // namespace cocodma::model

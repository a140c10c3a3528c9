// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A world is one bus with one device of a class and, in turn, each driver:
// what the code of the bus does from the host's offer to the registration of
// the device, the state in which the first probe finds the device, the
// driver's probe, and after it its operations, in any order.
#ifndef COCODMA_LIFECYCLE_WORLD_H
#define COCODMA_LIFECYCLE_WORLD_H

#include "dataflow/Evaluator.h"
#include "lifecycle/Bindings.h"
#include "lifecycle/DriverIds.h"
#include "lifecycle/GivenAway.h"
#include "lifecycle/MarkedValues.h"
#include "lifecycle/Operations.h"
#include "lifecycle/Parts.h"
#include "lifecycle/Reach.h"
#include "lifecycle/SubChannels.h"

#include <functional>

namespace cocodma {

/// When an event happened in the life of its device.
enum class Phase : uint8_t {
  Init,      ///< Initialisation of the bus, before any device.
  Bus,       ///< Code of the bus, from the offer to the registration.
  Probe,     ///< In the first probe, with the state at registration.
  Operation, ///< An operation of the driver, that state still.
  Late,      ///< Probe or operation after the bus finished with the device.
  Service,   ///< Other entry points of the bus itself.
};

/// The class of events in code that belongs to none.
constexpr unsigned NoClass = ~0u;

/// An event with the world that it belongs to.
struct WorldEvent {
  Event What;
  Phase When = Phase::Bus;
  unsigned Class = 0; ///< Index in the spec, or NoClass.
  uint32_t World = 0; ///< Number of the world in its class.
  GlobalId Driver = None;
  FunctionId Entry = None;       ///< The entry point.
  const Memory *State = nullptr; ///< The memory as it was left.
  /// Where a marker of a device that is registered is taken away, though the
  /// host offered it as confidential. Never for most events.
  Bdd TakenAway = Bdd::fromId(1);
};

/// A registration of a device of a class.
struct Registration {
  Event At;
  ObjectId Device = None;
  ObjectId Channel = None; ///< None for a class without channels.
  /// As the code of the bus left it, under the conditions of that code.
  const Memory *Exact = nullptr;
  const Memory *State = nullptr; ///< As a probe finds it.
  FunctionId Root = None;
  /// The names that the channel's markers have in State, by path.
  std::map<PathId, TermId> Markers;
  /// By data class: whether the host offered the channel as confidential, where
  /// it was not shown that the marker is set whenever that is so.
  std::map<std::string, Bdd> Offered;
  /// Where the registration is reached, and what each of Markers stands for.
  Bdd Known;
  /// What is known of the device's channel once it is registered: the part of
  /// the path condition that decides confidentiality.
  Bdd Assume;
};

/// Tells which devices drivers are bound to.
class BoundDevices {
public:
  virtual ~BoundDevices();
  /// Which ids in the table of \p Driver the code that led to \p At may be
  /// about; nothing if the driver may be bound to any device.
  virtual std::optional<std::vector<unsigned>> servedIds(GlobalId Driver,
                                                         const Event &At) = 0;
  /// Executes the bus on offers of the id number \p Id of \p Driver. Shows
  /// where a device is registered that the driver is for, and that has
  /// confidential data of a class. False if that need not be all: the execution
  /// was cut short. Formulas are valid during \p Use only.
  virtual bool
  bound(GlobalId Driver, unsigned Id,
        llvm::function_ref<void(llvm::StringRef DataClass, Bdd When)> Use) = 0;
};

/// Everything that happened in the worlds of one class.
struct ClassHistory {
  unsigned Class = 0;
  BoundDevices *Devices = nullptr;         ///< Null for code of no class.
  std::vector<Registration> Registrations; ///< As the first probe finds them.
  /// The same, as the code of the bus left them in the end: a driver may be
  /// loaded at any time.
  std::vector<Registration> Later;
  std::vector<WorldEvent> Events;
  std::vector<std::unique_ptr<Memory>> Memories;
  /// Where the bus was set up: all events but those of its setup hold that.
  Bdd Initialized = Bdd::fromId(0);
};

/// Looks at what happens while it can be looked at: what one operation did is
/// forgotten before the next one is executed.
class WorldObserver {
public:
  virtual ~WorldObserver();
  /// An entry point was executed: History.Events from \p First on. Terms,
  /// formulas and memories are valid during the call only, but for those that
  /// are older than the next forget().
  virtual void observe(const ClassHistory &History, size_t First) = 0;
  /// True if the mapping call \p At in \p Function, of a class that
  /// registered() told of, is known to leak wherever it can: whatever else is
  /// seen there changes nothing.
  virtual bool isSettled(FunctionId Function, InstIndex At) const = 0;
  /// The bus code was executed; History.Registrations are complete.
  virtual void registered(const ClassHistory &History) = 0;
  /// Objects from \p First on, and what speaks of them, are about to go.
  virtual void forget(ObjectId First) = 0;
  /// Functions with a free of converted memory that is neither shown to be
  /// right nor wrong by all that was observed so far. What is observed from now
  /// on at these frees is looked at anew, however much was undecided before.
  virtual std::set<FunctionId> reopenUndecidedFrees() = 0;
  /// Something of the class could not be executed, in words.
  virtual void problem(const ClassHistory &History, std::string Text) = 0;
  /// The budget was spent in \p Entry, and so the functions \p CutOff were not
  /// executed there.
  virtual void spent(const ClassHistory &History, FunctionId Entry,
                     const std::set<FunctionId> &CutOff) = 0;
  /// All worlds of the class were executed.
  virtual void finished(const ClassHistory &History) = 0;
};

/// Executes the worlds of a class. Single use.
class WorldBuilder : public EvaluatorHooks, public BoundDevices {
public:
  WorldBuilder(Evaluator &Engine, const Reach &Reachable,
               const Spec &Vocabulary, unsigned Class, WorldObserver &Observer,
               PartRunner &Parts);

  /// Executes everything; afterwards the engine is as it was before.
  void run();

  void registered(const Event &At) override;
  std::vector<TermId> candidates(StringIndex Record, ObjectId Parent) override;
  std::vector<TermId> keptIn(StringIndex Field, StringIndex Record) override;
  void handedPointer(StringIndex Record, TermId Pointer) override;
  bool isIrrelevant(FunctionId Callee) override {
    return Reachable.isIrrelevant(Callee);
  }
  bool repeatsLoops(FunctionId Function) override {
    return !Reachable.classesOf(Linked.moduleOf(Function)).empty();
  }
  void handedOut(FunctionId Code, llvm::ArrayRef<Value> Context) override;
  void boundTo(FunctionId Code, StringIndex Record, TermId Pointer,
               Bdd When) override;
  void leftFrame(TermId Pointer, ObjectId Into, Bdd When) override;
  void gaveAway(TermId What, Bdd When, bool ForDevice,
                std::optional<TermId> Record) override;
  std::optional<std::vector<unsigned>> servedIds(GlobalId Driver,
                                                 const Event &At) override;
  bool bound(GlobalId Driver, unsigned Id,
             llvm::function_ref<void(llvm::StringRef DataClass, Bdd When)> Use)
      override;
  void returned(FunctionId Function, const Frame *Caller) override;

private:
  /// What takeBack() goes back to.
  struct Checkpoint {
    Evaluator::Checkpoint Engine;
    size_t Memories = 0, Events = 0, Objects = 0;
  };
  Checkpoint checkpoint();
  void takeBack(const Checkpoint &To);
  Memory *layer(const Memory *Below);
  std::vector<FunctionId> registrationRoots();
  /// Code that takes the address of a function of \p Modules that maps memory,
  /// and what calls it.
  std::set<FunctionId> startersOf(const std::set<std::string> &Modules) const;
  /// True if only operations, and not the probe, set \p Entry up to be called:
  /// where one of them was seen to start it, it ran with what it works on.
  bool isStartedByOthers(FunctionId Entry, const std::set<std::string> &Modules,
                         const std::set<FunctionId> &Probed) const;
  std::vector<FunctionId> entriesOf(const std::set<std::string> &Modules,
                                    bool Service);
  /// The tables that hold \p Entry, and the variables that hold these.
  std::set<GlobalId> tablesAround(FunctionId Entry) const;
  bool belongsTo(FunctionId Entry, GlobalId Driver,
                 const std::set<FunctionId> &Code) const;
  /// What runs for \p Driver, one of several in its module: \p Probed, its
  /// operations, and what these call.
  std::set<FunctionId> codeOf(GlobalId Driver,
                              const std::set<std::string> &Modules,
                              const std::set<FunctionId> &Probed) const;
  /// Where \p Entry, which just ran under \p Assume, gave zero; \p Assume if it
  /// has no such result, or none was seen.
  Bdd succeeded(FunctionId Entry, Bdd Assume) const;
  /// Goes on with the memory as it is where \p Success holds, of what changed
  /// since \p Since.
  void settleMemory(Bdd Success, const Memory *Since);
  void settle(Bdd Success, const Memory *Since);
  bool busWritesAfterProbe() const;
  void letBusAct(Bdd Success);
  std::set<StringIndex> flagsOfBus() const;
  std::map<FunctionId, std::set<StringIndex>> operationsOfBus() const;
  void letBusForget(Bdd Success);
  bool isFlag(const Value &Held, StringIndex Field);
  void nameMarkers(Registration &Device);
  std::optional<Bdd> offeredBit(const Marker &Which, Bdd When);
  void findOffered(Registration &Device);
  std::vector<Bdd> offeredBits(const Marker &Which);
  Bdd takenAway(const Event &Written, Phase When);
  std::set<uint32_t> stateAtoms(const Registration &Device);
  void findImplied(Registration &Device);
  /// A flag of a device or its channel that is what a marker is.
  struct Copy {
    Cell Where;
    PathId Marker = 0; ///< Of the holder of the markers.
    bool Negated = false;
  };
  std::optional<Copy> copyOf(const Value &Held, Cell Where,
                             const Registration &Device);
  Bdd meaningOf(const Copy &Flag, const Registration &Device);
  void copyFlags(const Registration &Device);
  void settleGlobals(Memory &Settled, MarkedValues &Known);
  Memory *settledState(const Memory *Now, const Registration &Device);
  ObjectId channelOf(ObjectId Device, Bdd When);
  bool saysMarker(const Value &V, Bdd Where);
  bool isOfOthers(ObjectId Parent) const;
  /// The device behind the variable that \p Parent was found from; None if any
  /// device may be there.
  ObjectId keptInVariable(ObjectId Parent);
  /// Where the driver's code puts an object of this device into \p Variable;
  /// nothing if others may write it.
  std::optional<Bdd> whenPut(GlobalId Variable);
  std::vector<Cell> markerCells(ObjectId Holder);
  Bdd markerSet(Cell Marker);
  /// Where each of \p Markers is what its bit of \p Setting says.
  Bdd settingOf(llvm::ArrayRef<Bdd> Markers, unsigned Setting);
  /// Lets the markers of \p Holder have \p Settings only.
  void allowOnly(ObjectId Holder, llvm::ArrayRef<unsigned> Settings);
  Bdd alikeMarkers(ObjectId Holder, Bdd Assume);
  void tieToDevice(ObjectId Sub);
  void linkSubChannel(const std::set<std::string> &Modules);
  Bdd makeOthers(Bdd Assume, bool WithSubChannel);
  /// Of code on whose effects all else is built.
  void noteSpent(FunctionId Entry);
  void findCallable(llvm::ArrayRef<FunctionId> Entries, FunctionId Probe,
                    const std::set<FunctionId> &Probed);
  void noteProblem(std::string Text);
  void runInit();
  void runBus();
  void runDriver(const Registration &Device, GlobalId Driver, Phase Probing);
  void runDrivers(llvm::ArrayRef<GlobalId> Drivers);
  /// The drivers, module by module, and what else the bus can be asked to do.
  void runParts();
  /// The name of a part of this world that is about code of \p Modules.
  PartName partName(const std::string &What,
                    const std::set<std::string> &Modules) const;
  std::set<std::string> busModules() const;
  Value runProbe(const Registration &Device, GlobalId Driver, FunctionId Probe,
                 Bdd Assume);
  std::set<StringIndex> markedNumbers(const Memory *After, Bdd Where);
  /// The cells that \p After, which lies above \p Before, holds anew; some
  /// more than once.
  static std::vector<Cell> changedSince(const Memory *Before,
                                        const Memory *After);
  /// The member of a record that a cell at \p Path belongs to: with all its
  /// elements, and the whole counter that the cell is in. None if there is
  /// none.
  StringIndex memberAt(PathId Path) const;
  /// True for what somebody put somewhere into bytes or pages that are of no
  /// record, such as a message in a ring: no part of what a driver knows.
  bool isInBytes(const Cell &Which) const;
  /// True for a number in whole pages, or in what is mapped of them: those are
  /// the driver's messages (a ring, a page of requests), not its state.
  bool isMessage(const Cell &Which) const;
  std::set<StringIndex> leftBehind(const Memory *Before, const Memory *After,
                                   ObjectId First);
  Operation operationRun(FunctionId Entry, size_t FirstEvent);
  /// Of \p Readers those that may show something new: that lead to a mapping
  /// call of which not all is known.
  std::vector<Operation> undecided(llvm::ArrayRef<Operation> Readers,
                                   const std::set<std::string> &Modules) const;
  /// Runs what always comes before \p Entry, if something does, on the memory
  /// at hand, and goes on with a layer over what that left. Gives \p Assume,
  /// and that it succeeded.
  Bdd runBefore(FunctionId Entry, Phase When, GlobalId Driver, Bdd Assume);
  void runUndone(FunctionId Entry, Phase When, GlobalId Driver, Bdd Assume);
  Bdd runFirst(FunctionId First, Phase When, GlobalId Driver, Bdd Assume);
  void runSequences(llvm::ArrayRef<Operation> All,
                    const std::set<std::string> &Modules, Phase When,
                    GlobalId Driver, Bdd Assume);
  void noteReached(const Event &E);
  /// Functions of \p Modules with a mapping call for which \p IsWanted.
  std::set<FunctionId>
  mappingCode(const std::set<std::string> &Modules,
              llvm::function_ref<bool(FunctionId, InstIndex)> IsWanted) const;
  bool leaveTogether(FunctionId Writer, const std::set<StringIndex> &Wanted,
                     Memory &Joined, ObjectId First, GlobalId Driver,
                     Bdd Assume);
  void runAfterOthers(llvm::ArrayRef<Operation> Readers,
                      const std::set<std::string> &Modules, Phase When,
                      GlobalId Driver, Bdd Assume);
  /// Keeps what the operation that just ran set up, with the memory it left.
  void noteSetUp(Bdd Assume);
  /// Runs what operations since clearing SetUps set up to be called later.
  void runSetUp(const std::set<FunctionId> &Before, ObjectId First, Phase When,
                GlobalId Driver);
  void letOthersCount(const Operation &Code, ObjectId Owner);
  void runProbed(const Memory *Registered, GlobalId Driver, FunctionId Probe,
                 Phase When, Bdd Assume, Bdd Success);
  void runOperations(GlobalId Driver, FunctionId Probe, Phase When, Bdd Assume);
  void runService(const Registration *Device);
  void runEntry(FunctionId Entry, Phase When, GlobalId Driver, Bdd Assume);
  void runEntryWith(FunctionId Entry, Phase When, GlobalId Driver, Bdd Assume,
                    uint32_t ChannelAt, TermId Channel);
  void bindDriver(const Registration &Device, GlobalId Driver, Bdd Assume);
  void collect(size_t First, Phase When, GlobalId Driver, FunctionId Entry,
               Bdd Assume);
  bool marksAnew(const Registration &Device);
  Registration leftAs(const Registration &Device);
  bool differs(const Registration &Device, const Registration &Later);
  std::optional<Cell> deviceCell(TermId Device);
  FunctionId driverFunction(GlobalId Driver, llvm::StringRef Member);

  // BoundDevices.cpp
  DriverIds &idsOf(GlobalId Driver);
  Bdd matches(ObjectId Device, GlobalId Driver, Bdd When);
  /// What \p Member of the bus of \p Device is; None if that is not known.
  FunctionId callbackOfBus(ObjectId Device, const std::string &Member,
                           Bdd When);
  /// A pointer to the struct device in \p Device.
  Value devicePointer(ObjectId Device) const;
  /// Executes what the bus does when it takes \p Driver from the device, if
  /// that gets to \p Entry; false if not.
  bool runByBus(FunctionId Entry, GlobalId Driver, Bdd Assume);
  /// True if what is held depends on a marker of the device.
  bool hangsOnMarker(const Value &Held);
  /// What the bus wrote into the device and its channel before the probe that
  /// depends on a marker, beside the markers.
  std::vector<Cell> protections(const Registration &Device);
  /// Unbinds the driver where \p When holds.
  void unbind(const Registration &Device, Bdd When);
  /// Lets the driver probe the device once more, if \p Left, where \p When
  /// holds, differs in its protections from what the first probe found.
  void bindAgain(const Registration &Device, GlobalId Driver,
                 const Memory *Left, Bdd When);
  /// \p Probed: what the first probe left.
  void runBoundAgain(const Registration &Device, GlobalId Driver,
                     const Memory *Probed, Bdd Success, Bdd Failure);
  /// Lets the bus compare the device with the driver, before the probe. Returns
  /// what of \p Assume holds then, as far as memory hangs on it.
  Bdd letBusMatch(ObjectId Device, GlobalId Driver, Bdd Assume);
  void tried(const Event &At);
  void
  showBound(GlobalId Driver,
            llvm::function_ref<void(llvm::StringRef DataClass, Bdd When)> Use);

  Evaluator &Engine;
  const Reach &Reachable;
  const Spec &Vocabulary;
  const Program &Linked;
  const DeviceClass &Class;
  WorldObserver &Observer;
  PartRunner &Parts;
  ClassHistory History;
  Bindings Given; ///< What operations are called with.
  GivenAway Away; ///< What operations the driver's probe gave away.
  /// Operations that are called under a condition only.
  std::map<FunctionId, Bdd> Callable;
  /// A channel and a device besides those of this world.
  struct Other {
    ObjectId Device = None;
    ObjectId Channel = None;
  };
  std::optional<Other> SubChannel;  ///< Of the same device; has no device.
  std::optional<Other> OtherDevice; ///< Of the same driver.
  /// Code that an operation bound to a record, to be called later.
  struct SetUp {
    FunctionId Code = None;
    StringIndex Record = None;
    TermId Pointer = 0;
    Bdd When;
    /// Where the record, or what is around it, was given on since.
    std::optional<Bdd> Left;
    Memory *After = nullptr; ///< As the operation left it.
  };
  /// Another device behind a variable into which the driver puts devices only
  /// where their markers allow it.
  std::vector<std::pair<GlobalId, Other>> TiedOthers;
  void copyFlagsTo(const Other &Which);
  bool SettingUp = false;           ///< An operation runs for the first time.
  std::vector<SetUp> SetUpNow;      ///< By the operation that runs.
  std::vector<SetUp> SetUps;        ///< By those that ran, on several channels.
  bool Rehearsing = false;          ///< What is executed is not observed.
  uint64_t LastCost = 0;            ///< Instructions that the last entry took.
  std::vector<Value> LastArguments; ///< What the last entry was given.
  Value LastResult;                 ///< What it gave.
  /// By their records, the objects that an operation set up which comes before
  /// the one that runs.
  std::map<StringIndex, TermId> Constructed;
  /// By their records, the variables by which the operation that runs is found.
  std::map<StringIndex, GlobalId> Holders;
  /// What is executed comes after another operation: only whether mappings
  /// bounce is of interest. Which channel's memory there is, and whether it is
  /// still shared, is less sure then.
  bool Second = false;
  std::vector<const Memory *> Rehearsed; ///< As each entry point left it.
  /// Numbers in the driver's records that say what a marker says.
  std::set<StringIndex> MarkedNumbers;
  /// Calls of the driver that map memory, and were reached.
  std::set<std::pair<FunctionId, InstIndex>> Reached;
  Bdd Bound = Engine.conditions().yes(); ///< What operations rely on.
  /// The driver's probe while it runs in that of the bus, and the memory as it
  /// left it: requests may come from here on.
  FunctionId RunningProbe = None;
  Memory *AfterOwnProbe = nullptr;
  ObjectId DeviceObject = None;
  ObjectId ChannelObject = None;
  FunctionId CurrentRoot = None;
  /// Those of the device of this world.
  std::vector<Copy> KnownCopies;
  /// By state of a device: the flags in it that are copies of markers.
  std::map<const Memory *, std::vector<Copy>> Copies;
  /// Atoms of the bus's state that a marker decides.
  std::set<uint32_t> Implied;
  bool InBus = false;
  /// The bus on an offer of one id: what it registered.
  struct OfferTrial {
    struct Seen {
      ObjectId Device = None;
      Bdd When;
      const Memory *State = nullptr;
    };
    std::vector<Seen> Registered;
    std::vector<std::unique_ptr<Memory>> Layers;
  };
  std::optional<OfferTrial> Trial;
  const Memory *AfterInit = nullptr;
  std::vector<FunctionId> OfferRoots; ///< From which devices are registered.
  SubChannels Announced;
  std::map<GlobalId, DriverIds> Ids;
  std::set<FunctionId> Executed;
};

} // namespace cocodma

#endif // COCODMA_LIFECYCLE_WORLD_H

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mappings that crash: a missing DMA operation is called.
#include "judge/Judge.h"

namespace cocodma {

void Judge::addNullCall(const WorldEvent &Seen) {
  // What cannot be mapped need not be unmapped: one root, one site.
  bool Maps = false;
  for (const Frame *F = Seen.What.Where.get(); F && !Maps;
       F = F->Caller.get()) {
    const AttributedFunction *Known =
        In.Vocabulary.Design.attributed(In.Linked.functionName(F->Function));
    Maps = Known && mapsMemory(Known->Kind);
  }
  SiteRecord *Site = Maps ? siteOf(Seen, "map") : nullptr;
  if (!Site)
    return;
  addForChannels(Seen, Site->Crashes);
}

void Judge::weighCrashes(size_t Profile, const SiteRecord &Record,
                         const ClassHistory &History) {
  for (const Sighting &S : Record.Crashes) {
    if (Platforms[Profile]->possibility(S.Leak) != Possibility::Possible ||
        !mayBeBound(S, Profile, History))
      continue;
    Record.Where->ByProfile[Profile].Crashes = true;
    for (const Guarded &G : S.Seen->What.Subject)
      if (auto Table = In.Engine.target(G.What))
        if (const Object &O = Terms.object(Table->Object);
            O.Kind == ObjectKind::Global)
          Record.Where->NullTables.insert(O.Entity);
  }
}

} // namespace cocodma

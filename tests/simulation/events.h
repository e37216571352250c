// The events of a world: real records, and some that no one should send.
#pragma once

#include "simulation/plan.h"
#include "simulation/random.h"
#include "vodsim/queue.h"

#include <vector>

namespace simulation {

// What an element is, and so where it has to end up.
enum class Kind {
  proper,      // a row in events
  unreadable,  // with a handle; in quarantine
  nameless,    // without a handle; in quarantine, never confirmed
  shared,      // has another event's handle: a row, or in quarantine as a conflict
};

// An element as the queue takes it.  Equal content has equal `text.name`.
struct Element {
  vodsim::EventText text;
  Kind kind = Kind::proper;
};

// Makes the records that all worlds draw from, once.
void prepare_events();

std::vector<Element> draw_events(const Plan& plan, Random& random);

}  // namespace simulation

// Weather: what is wrong with the world around the daemon, in spells of a fraction of a second to
// some minutes (an outage of days now and then), until it ends for good.
#pragma once

#include "simulation/agenda.h"
#include "simulation/disk.h"
#include "simulation/network.h"
#include "simulation/plan.h"
#include "simulation/trace.h"

namespace simulation {

class Weather {
 public:
  Weather(const Plan& plan, Random random, Agenda& agenda, VirtualClock& clock, Network& network,
          Disk& disk, Trace& trace);

  void begin() { next_spell(); }
  void end();

  // What the disk suffers from now, to be restored after a look of the checker.
  [[nodiscard]] const Disk::Faults& disk_faults() const { return faults_; }

  // How long the sync takes that is under way.
  Duration sync_takes();

  // The machine sleeps: so long, once.
  Duration take_stall();

  // When it awoke.
  [[nodiscard]] base::Instant awake_since() const { return awake_since_; }

 private:
  void next_spell();
  Duration draw_network();
  void draw_disk();
  void draw_clock();

  const Plan& plan_;
  Random random_;
  Agenda& agenda_;
  VirtualClock& clock_;
  Network& network_;
  Disk& disk_;
  Trace& trace_;
  Disk::Faults faults_;
  Duration slow_sync_{};
  Duration stall_{};
  base::Instant awake_since_{};
  bool over_ = false;
  int long_outages_left_ = 2;
};

}  // namespace simulation

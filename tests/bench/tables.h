// The tables of the bench, a file each.  Each measures, prints, and leaves nothing behind; none
// judges its figures.
#pragma once

namespace bench {

struct Extent {
  bool quick = false;  // fewer events and rows: minutes instead of an hour
};

void cpu(const Extent& extent);
void rate(const Extent& extent);
void latency(const Extent& extent);
void idle(const Extent& extent);
void growth(const Extent& extent);
void decoder(const Extent& extent);

}  // namespace bench

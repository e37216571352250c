#include "simulation/file.h"

#include <algorithm>

namespace simulation {
namespace {

// How a power cut treats the changes of one file.  With the same chances for each of many changes
// nearly every cut would look alike, and all kept or all lost would hardly ever occur: these are
// drawn anew for each cut.
struct Fate {
  explicit Fate(Random& random) {
    const std::size_t kind = random.below(4);
    keep = kind == 0 ? 0 : kind == 1 ? 1 : random.share();
    tear = random.below(2) == 0 ? 0 : random.share();
  }

  double keep;  // the chance of a change to land
  double tear;  // and of one that does not, to land in part
};

}  // namespace

void File::write(std::size_t offset, std::span<const std::byte> data) {
  visible_.write(offset, data);
  waiting_.push_back({false, offset, data_.size(), data.size()});
  data_.insert(data_.end(), data.begin(), data.end());
}

void File::truncate(std::size_t size) {
  visible_.truncate(size);
  waiting_.push_back({true, size, 0, 0});
}

void File::sync() {
  for (const Change& change : waiting_) apply(change);
  forget();
}

void File::fail_sync(Random& random) {
  const double landed = Fate(random).keep;
  for (const Change& change : waiting_)
    if (random.chance(landed)) apply(change);
  forget();
}

// Applied in the order of the calls: of two changes to the same bytes the earlier one survives
// where the later one is lost, which is all that another order could lead to.
void File::cut_power(Random& random) {
  const Fate fate(random);
  for (const Change& change : waiting_) {
    if (random.chance(fate.keep))
      apply(change);
    else if (!change.truncates && random.chance(fate.tear))
      tear(change, random);
  }
  forget();
  visible_ = durable_;
}

void File::apply(const Change& change) {
  if (change.truncates)
    durable_.truncate(change.offset);
  else
    durable_.write(change.offset, std::span(data_).subspan(change.start, change.length));
}

// Any of its sectors lands, in pieces where the write does not begin or end with one.
void File::tear(const Change& change, Random& random) {
  for (std::size_t done = 0; done < change.length;) {
    const std::size_t offset = change.offset + done;
    const std::size_t part = std::min(change.length - done, sector_bytes - offset % sector_bytes);
    if (random.below(2) == 0)
      durable_.write(offset, std::span(data_).subspan(change.start + done, part));
    done += part;
  }
}

void File::forget() {
  waiting_.clear();
  data_.clear();
}

}  // namespace simulation

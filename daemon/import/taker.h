// Taker: takes the pieces of one file and stores the events in them, some hundred in a transaction.
// Whatever is no event goes to quarantine and costs itself alone; of a text that is broken the
// events that stand whole before the break are taken.
//
// Killed at any moment it has stored what its last transaction held, and the same file again gives
// the same rows: what is here is known.
#pragma once

#include "base/clock.h"
#include "daemon/import/report.h"
#include "import/piece.h"
#include "inbox/inbox.h"
#include "vod/contents.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vodeventd {

class Taker {
 public:
  // A transaction holds so many, or as few as make so many bytes.
  static constexpr std::size_t batch_events_max = 500;
  static constexpr std::size_t batch_bytes_max = std::size_t{4} << 20;

  // Of a text that is no event so much is kept: what is wrong with it shows at its beginning.
  static constexpr std::size_t kept_bytes_max = std::size_t{64} << 10;

  // When so many texts in a row hold no event, this is not the file that was meant; what follows
  // stays out of quarantine until an event comes.
  static constexpr std::size_t without_event_max = 1'000;

  using Tell = std::function<void(const Problem&)>;

  // Without an inbox nothing is stored, only counted.  All must outlive it.
  Taker(Report& report, inbox::Inbox* inbox, base::Clock& clock, Tell tell);

  // Throws as Inbox::save() does.
  void take(const import::Piece& piece);

  // Stores what has been taken and is not stored yet.
  void flush();

 private:
  // Gives how many there were.  What reaches beyond the first `bytes` of the text is none of them.
  std::size_t take_events(const vod::Contents& contents, std::string_view text, std::size_t bytes,
                          import::Place place);
  void take_event(const vod::Item& item, const import::Place& place);
  void keep_broken(std::string_view text, const Problem& problem);
  void object(const Problem& problem);
  void add(inbox::Arrival arrival, Problem where);
  void count(inbox::Outcome outcome, const Problem& where);

  Report& report_;
  inbox::Inbox* inbox_;
  base::Clock& clock_;
  Tell tell_;
  std::vector<inbox::Arrival> batch_;
  std::vector<Problem> places_;  // of each in the batch, for what is told later
  std::size_t batch_bytes_ = 0;
  std::size_t without_event_ = 0;  // texts in a row
};

}  // namespace vodeventd

// What vodsim is asked to do; the help text lists every option.
#pragma once

#include "base/clock.h"
#include "vodsim/failure.h"
#include "vodsim/fault.h"
#include "vodsim/queue.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace vodsim {

// How a pull that found nothing is answered: all four forms are documented or seen somewhere.
enum class EmptyForm { error, null, missing, array };

struct Options {
  using Duration = base::BootTime::duration;

  std::string listen = "127.0.0.1:0";
  std::string tls_cert, tls_key;  // PEM; empty: plain HTTP
  // Samples, good for this program alone.
  std::string secret_id = "AKIDSAMPLEOFVODSIM";
  std::string secret_key = "SAMPLEKEYOFVODSIM";
  std::string next_secret_key;  // empty: the key is never rotated
  std::string token;            // empty: a long-term key
  std::optional<std::uint64_t> sub_app_id;

  std::vector<std::string> events;
  bool keep_handles = false;
  std::size_t generate = 0;
  std::size_t event_bytes = 1024;
  double arrive_per_s = 0;  // 0: all events wait from the start
  bool arrive_at_random = false;

  Rules rules;
  EmptyForm empty = EmptyForm::error;
  std::string mode = "PULL";
  std::string notification_url;
  std::vector<std::string> switched_off;  // event types
  Duration hold = std::chrono::seconds(5);
  Duration round_trip{};
  std::uint64_t rate_per_s = 100;  // for each action, 0: no limit
  std::size_t events_per_pull = 16;
  std::vector<Failure> failures;
  std::vector<Fault> faults;
  std::vector<std::pair<std::string, std::string>> fault_headers;
  std::chrono::seconds clock_skew{};

  std::string witness;
  std::string ledger;
  bool exit_when_drained = false;
  Duration run_max = std::chrono::hours(1);
  bool verbose = false;
};

// The options, or the status to exit with when help was asked for or the usage is wrong; what is to
// be said has been printed then.
std::variant<Options, int> parse_options(int argc, const char* const* argv);

// Shows the command line to one who writes about it; it lives as long as the call.
void with_command_line(const std::function<void(CLI::App&)>& use);

}  // namespace vodsim

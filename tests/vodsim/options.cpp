#include "vodsim/options.h"

#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

namespace vodsim {
namespace {

constexpr char description[] =
    R"(vodsim - a stand-in for the event queue of Tencent Cloud VOD, on loopback

Answers PullEvents, ConfirmEvents, DescribeEventConfig and DescribeEventsState
(version 2018-07-17) as the service does: signatures are checked, pulls are held
while nothing waits, what is not confirmed within its lease comes again.  When
it is ready it prints one line,

    vodsim: listening on http://127.0.0.1:PORT

and works until SIGTERM, SIGINT, --max-seconds or --exit-when-drained.)";

constexpr char footer[] =
    R"(LOSS
  --redeliver marks a share of the events, chosen by --seed and their order alone.
  Each marked event is lost once, in the way --lose says:
    confirm  its first confirm is answered with success and forgotten; it comes
             again when its lease is over (the default)
    lease    the lease of its first delivery ends at once: it comes again before
             its confirm, and that confirm is refused
    request  the first ConfirmEvents that names it has no effect and no reply,
             the connection is closed
    reply    the first ConfirmEvents that names it takes effect, the connection is
             closed instead of a reply

LEDGER
  GET /ledger gives {"totals":{...},"events":[...]}, GET /ledger?totals=1 only the
  totals; --ledger writes the first to a file at the end.

FAILURES
  --fail WHAT[:COUNT][@ACTION][=MESSAGE] makes the next COUNT (1) requests of the
  action (of any) fail; given several times, one after the other.  WHAT is a code of
  the API, such as InternalError: the request is refused with it, without effect.
  Or it is
    none          so many requests are spared
    error-beside  done, but an Error stands in the reply beside the events
    no-response   done, but the reply lacks the object Response around it
  A pull that is held is spared of the last two.

FAULTS
  --fault KIND[:COUNT][@ACTION] lets the next COUNT (1) requests of the action (of
  any) suffer on the network; given several times, one after the other, before the
  API has its say.  KIND is one of
@FAULTS@

WITNESS
  --witness DB looks into the client's SQLite database when a ConfirmEvents
  arrives.  Each handle without a row in events or quarantine is a violation.

EXIT STATUS
  0   ended as asked
  1   a witness violation, or --max-seconds was over before the queue was drained
      although --exit-when-drained was given
  64  wrong usage, or events that cannot be read
  71  the system refused, for example a port in use

EXAMPLE
  vodsim --generate 1000 --lease-s 2 --exit-when-drained)";

using Seconds = std::chrono::duration<double>;

Options::Duration duration(double seconds) {
  return std::chrono::duration_cast<Options::Duration>(Seconds(seconds));
}

// Options that are not stored as they are written.
struct Raw {
  double lease_s = 30, hold_s = 5, rtt_ms = 0, max_seconds = 3600;
  std::int64_t clock_skew_s = 0;
  std::vector<std::string> failures, faults, fault_headers;
  std::string tls_cert, tls_key;
  std::string arrive;
  std::string handles = "new", batch = "atomic", again = "refuse";
};

// 200 or 200/s
std::string rate_problem(const std::string& text) {
  char* end = nullptr;
  const double rate = std::strtod(text.c_str(), &end);
  const std::string unit = end;
  if (end != text.c_str() && rate > 0 && rate < 1e9 && (unit.empty() || unit == "/s")) return {};
  return "give the arrivals as a number per second, such as 200 or 200/s";
}

std::string failure_problem(const std::string& text) {
  return parse_failure(text) ? "" : "give a failure as WHAT[:COUNT][@ACTION][=MESSAGE]";
}

std::string fault_problem(const std::string& text) {
  return parse_fault(text) ? "" : "give a fault as KIND[:COUNT][@ACTION]";
}

// Name: value
std::pair<std::string, std::string> split_header(const std::string& line) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string::npos || colon == 0) return {};
  return {line.substr(0, colon), line.substr(colon + 2)};
}

std::string header_problem(const std::string& line) {
  return split_header(line).first.empty() ? "give a header as 'Name: value'" : "";
}

void add_connection(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--listen", options.listen,
                 "Loopback address and port, port 0 for any free one; [::1]:0 for IPv6")
      ->capture_default_str();
  app.add_option("--secret-id", options.secret_id,
                 "SecretId that is known; the default is a sample")
      ->capture_default_str();
  app.add_option("--secret-key", options.secret_key, "Its key; the default is a sample")
      ->capture_default_str();
  app.add_option("--next-secret-key", options.next_secret_key,
                 "Rotates the key: with the first request that this one has signed, the older one "
                 "is refused");
  app.add_option("--token", options.token,
                 "Makes the key a temporary one, of which requests must carry this X-TC-Token");
  auto* cert = app.add_option("--tls-cert", raw.tls_cert, "Speak TLS with this certificate (PEM)")
                   ->check(CLI::ExistingFile);
  auto* key = app.add_option("--tls-key", raw.tls_key, "Key of the certificate (PEM)")
                  ->check(CLI::ExistingFile);
  cert->needs(key);
  key->needs(cert);
  app.add_option("--sub-app-id", options.sub_app_id, "A SubAppId that is given must be this one");
}

void add_events(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--events", options.events,
                 "Files with replies of PullEvents, or folders of them: each element is an event")
      ->check(CLI::ExistingPath);
  app.add_flag("--keep-handles", options.keep_handles,
               "Deliver the handles of the files first, instead of fresh ones");
  app.add_option("--generate", options.generate, "Queue so many events over all event types");
  app.add_option("--event-bytes", options.event_bytes, "About how long a generated event is")
      ->capture_default_str();
  app.add_option("--seed", options.rules.seed, "Of all that is random")->capture_default_str();
  app.add_option("--arrive", raw.arrive,
                 "So many events a second arrive, such as 200/s, instead of all waiting at once")
      ->check(rate_problem);
  app.add_flag("--arrive-at-random", options.arrive_at_random,
               "With --arrive: independent of each other, so many a second on average");
}

void add_service(CLI::App& app, Options& options, Raw& raw) {
  const std::map<std::string, EmptyForm> forms{{"error", EmptyForm::error},
                                               {"null", EmptyForm::null},
                                               {"missing", EmptyForm::missing},
                                               {"array", EmptyForm::array}};
  app.add_option("--lease-s", raw.lease_s, "How long a pulled event stays hidden, in seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--hold-s", raw.hold_s, "How long a pull waits for an event, in seconds")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--rtt-ms", raw.rtt_ms, "Round trip: half before a request is seen, half after")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--rate", options.rate_per_s,
                 "Requests per second for each action, over it RequestLimitExceeded; 0: no limit")
      ->capture_default_str();
  app.add_option("--empty", options.empty,
                 "Answer when nothing waits: error (ResourceNotFound), null, missing or array")
      ->transform(CLI::CheckedTransformer(forms).description("error|null|missing|array"));
  app.add_option("--mode", options.mode, "Mode that DescribeEventConfig tells")
      ->check(CLI::IsMember({"PULL", "PUSH"}))
      ->capture_default_str();
  app.add_option("--notification-url", options.notification_url,
                 "NotificationUrl that DescribeEventConfig tells");
  app.add_option("--switch-off", options.switched_off,
                 "Event type whose switch DescribeEventConfig tells to be OFF")
      ->expected(1)
      ->take_all()
      ->check(CLI::IsMember({"NewFileUpload", "FileDeleted", "PersistenceComplete"}));
}

void add_delivery(CLI::App& app, Options& options, Raw& raw) {
  const std::map<std::string, Loss> losses{{"confirm", Loss::confirm},
                                           {"lease", Loss::lease},
                                           {"request", Loss::request},
                                           {"reply", Loss::reply}};
  app.add_option("--handles", raw.handles,
                 "Handle of a redelivery: a new one that replaces the older, or the same")
      ->check(CLI::IsMember({"new", "same"}))
      ->capture_default_str();
  app.add_option("--batch", raw.batch,
                 "A bad handle refuses all of its ConfirmEvents (atomic), or the rest is confirmed "
                 "and the error told all the same (partial)")
      ->check(CLI::IsMember({"atomic", "partial"}))
      ->capture_default_str();
  app.add_option("--again", raw.again, "Confirming what is confirmed already: refuse or accept")
      ->check(CLI::IsMember({"refuse", "accept"}))
      ->capture_default_str();
  app.add_option("--redeliver", options.rules.loss_percent, "Share of events that get lost once")
      ->check(CLI::Range(0.0, 100.0));
  app.add_option("--lose", options.rules.loss, "What is lost of them, see LOSS")
      ->transform(CLI::CheckedTransformer(losses).description("confirm|lease|request|reply"));
}

void add_failures(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--fail", raw.failures, "What the API does wrong at first, see FAILURES")
      ->expected(1)
      ->take_all()
      ->check(failure_problem);
  app.add_option("--fault", raw.faults, "What goes wrong on the network at first, see FAULTS")
      ->expected(1)
      ->take_all()
      ->check(fault_problem);
  app.add_option("--fault-header", raw.fault_headers,
                 "Header line of the replies with a faulty status, such as 'Retry-After: 7'")
      ->expected(1)
      ->take_all()
      ->check(header_problem);
  app.add_option("--clock-skew-s", raw.clock_skew_s,
                 "How far the service's clock is ahead of ours, in its Date header too; negative: "
                 "behind");
  app.add_option("--events-per-pull", options.events_per_pull, "At most so many in a reply")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

void add_account(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--witness", options.witness, "The client's database, see WITNESS");
  app.add_option("--ledger", options.ledger, "Write the ledger to this file at the end");
  app.add_flag("--exit-when-drained", options.exit_when_drained,
               "End as soon as every event is confirmed");
  app.add_option("--max-seconds", raw.max_seconds, "End by itself after so many seconds")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--verbose", options.verbose, "One line for each request, to standard error");
}

// Nothing of no file.
std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string footer_with_faults() {
  std::string text = footer;
  constexpr std::string_view mark = "@FAULTS@\n";
  return text.replace(text.find(mark), mark.size(), describe_faults());
}

void apply(const Raw& raw, Options& options) {
  options.rules.lease = duration(raw.lease_s);
  options.rules.new_handles = raw.handles == "new";
  options.rules.atomic_batch = raw.batch == "atomic";
  options.rules.accept_again = raw.again == "accept";
  options.hold = duration(raw.hold_s);
  options.round_trip = duration(raw.rtt_ms / 1000);
  options.clock_skew = std::chrono::seconds(raw.clock_skew_s);
  for (const std::string& text : raw.failures) options.failures.push_back(*parse_failure(text));
  for (const std::string& text : raw.faults) options.faults.push_back(*parse_fault(text));
  for (const std::string& line : raw.fault_headers)
    options.fault_headers.push_back(split_header(line));
  options.tls_cert = contents(raw.tls_cert);
  options.tls_key = contents(raw.tls_key);
  options.run_max = duration(raw.max_seconds);
  if (!raw.arrive.empty()) options.arrive_per_s = std::strtod(raw.arrive.c_str(), nullptr);
}

void describe(CLI::App& app, Options& options, Raw& raw) {
  app.footer(footer_with_faults());
  app.get_formatter()->column_width(26);
  add_connection(app, options, raw);
  add_events(app, options, raw);
  add_service(app, options, raw);
  add_delivery(app, options, raw);
  add_failures(app, options, raw);
  add_account(app, options, raw);
}

}  // namespace

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
  Options options;
  Raw raw;
  CLI::App app(description, "vodsim");
  describe(app, options, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EX_OK : EX_USAGE;
  }
  apply(raw, options);
  return options;
}

void with_command_line(const std::function<void(CLI::App&)>& use) {
  Options options;
  Raw raw;
  CLI::App app(description, "vodsim");
  describe(app, options, raw);
  use(app);
}

}  // namespace vodsim

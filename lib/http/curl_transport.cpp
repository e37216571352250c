#include "http/curl_transport.h"

#include "http/curl.h"
#include "http/exchange.h"
#include "http/trust.h"

#include <poll.h>
#include <strings.h>

#include <algorithm>
#include <utility>

namespace http {
namespace {

using std::chrono::milliseconds;

// poll(2) counts on a clock that stands still while the machine sleeps and an Instant does not, so
// a long wait looks up now and then.
constexpr milliseconds wait_max{5'000};

// Never undone: with CURLOPT_QUICK_EXIT a resolver thread may outlive main().
void initialise_curl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  check(code, "initialise libcurl");
}

// Empty when the request may go out, else why not.
std::string objection(const Request& request) {
  const bool plain = strncasecmp(request.url.c_str(), "http://", 7) == 0;
  const bool tls = strncasecmp(request.url.c_str(), "https://", 8) == 0;
  if (!plain && !tls) return "the URL is neither https:// nor http://";
  if (plain && !request.plain_http && !plain_http_allowed(request.url)) {
    return "http:// is for loopback only";
  }
  return {};
}

}  // namespace

CurlTransport::CurlTransport(base::Clock& clock, Settings settings, std::vector<int> watched_fds)
    : clock_(clock),
      settings_(std::move(settings)),
      trust_(std::make_unique<Trust>(settings_.ca_file)),
      watched_fds_(std::move(watched_fds)) {
  initialise_curl();
  multi_ = std::make_unique<Multi>();
}

CurlTransport::~CurlTransport() = default;

Transfer CurlTransport::start(Request request) {
  const Transfer transfer = ++last_;
  if (std::string why = objection(request); !why.empty()) {
    Response response;
    response.fault = Fault::refused;
    response.detail = std::move(why);
    response.started = response.first_byte = clock_.now();
    completed_.push_back({transfer, std::move(response)});
    return transfer;
  }
  std::unique_ptr<Exchange> exchange = idle_exchange();
  exchange->begin(transfer, std::move(request), *multi_);
  in_flight_.emplace(transfer, std::move(exchange));
  return transfer;
}

std::unique_ptr<Exchange> CurlTransport::idle_exchange() {
  if (idle_.empty()) return std::make_unique<Exchange>(clock_, settings_, *trust_);
  std::unique_ptr<Exchange> exchange = std::move(idle_.back());
  idle_.pop_back();
  return exchange;
}

std::vector<Completion> CurlTransport::poll(base::Instant until) {
  perform();
  while (completed_.empty() && clock_.now() < until) {
    const bool woken = wait(until);
    perform();
    if (woken) break;
  }
  return std::exchange(completed_, {});
}

void CurlTransport::perform() {
  int running = 0;
  check(curl_multi_perform(multi_->get(), &running), "work on transfers");
  int queued = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_->get(), &queued)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* owner = nullptr;
    check(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner), "find a transfer");
    auto& exchange = *reinterpret_cast<Exchange*>(owner);
    completed_.push_back({exchange.transfer(), exchange.response(message->data.result)});
    retire(in_flight_.find(exchange.transfer()));
  }
}

// True when a watched descriptor has something.  Returns early whenever curl has work or a timer of
// its own that is due.
bool CurlTransport::wait(base::Instant until) {
  const auto left = std::chrono::ceil<milliseconds>(until - clock_.now());
  const auto timeout = std::clamp(left, milliseconds(0), wait_max);
  std::vector<curl_waitfd> fds;
  for (int fd : watched_fds_) fds.push_back({.fd = fd, .events = CURL_WAIT_POLLIN, .revents = 0});
  check(curl_multi_poll(multi_->get(), fds.data(), static_cast<unsigned>(fds.size()),
                        static_cast<int>(timeout.count()), nullptr),
        "wait for the network");
  return watched_ready();
}

// Asked of the kernel, since curl does not tell of a hang-up and poll() would spin on it.
bool CurlTransport::watched_ready() const {
  std::vector<pollfd> fds;
  for (int fd : watched_fds_) fds.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  return !fds.empty() && ::poll(fds.data(), fds.size(), 0) > 0;
}

void CurlTransport::reload(Settings settings) {
  trust_->use(settings.ca_file);
  settings_ = std::move(settings);
}

void CurlTransport::cancel(Transfer transfer) {
  if (const auto found = in_flight_.find(transfer); found != in_flight_.end()) retire(found);
  std::erase_if(completed_, [=](const Completion& each) { return each.transfer == transfer; });
}

void CurlTransport::retire(InFlight::iterator found) {
  handshakes_ += static_cast<std::uint64_t>(found->second->connections_opened());
  found->second->end();
  // Those of a busy time go when the last request of it is over.
  if (in_flight_.size() == 1) idle_.clear();
  idle_.push_back(std::move(found->second));
  in_flight_.erase(found);
}

}  // namespace http

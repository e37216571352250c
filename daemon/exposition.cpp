#include "daemon/exposition.h"

#include "daemon/messages.h"
#include "daemon/textfile.h"

#include <chrono>
#include <system_error>
#include <utility>

namespace vodeventd {
namespace {

constexpr auto page_age_max = std::chrono::seconds(1);
constexpr const char* text_format = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

Exposition::Exposition(const Config& config, base::Clock& clock, base::Log& log)
    : clock_(clock),
      log_(log),
      textfile_(config.metrics.textfile),
      interval_(config.metrics.textfile_interval) {
  if (!config.metrics.listen.empty()) listen(config.metrics.listen);
}

// Whoever has the address already must not keep the daemon from its work.
void Exposition::listen(const std::string& address) try {
  listener_.emplace(address);
  server_.emplace(listener_->descriptor(), clock_,
                  [this](const httpd::Request& request) { return answer(request); });
} catch (const std::system_error& error) {
  listener_.reset();  // else who asks would be taken in, and wait
  log_(messages::could_not_serve_metrics, {{"address", address}, {"error", error.what()}});
}

std::vector<int> Exposition::descriptors() const {
  if (!server_) return {};
  return {server_->descriptor()};
}

void Exposition::turn() {
  if (server_) server_->run();
}

void Exposition::tick(base::Instant now) {
  if (textfile_.empty() || now < write_at_) return;
  write_at_ = now + interval_;
  write();
}

void Exposition::close() {
  if (!textfile_.empty()) write();
}

void Exposition::write() {
  const std::string text = page_(Reader::collector);
  try {
    replace_file(textfile_, text);
    log_(messages::wrote_metrics_again, {{"path", textfile_}});
  } catch (const std::system_error& error) {
    log_(messages::could_not_write_metrics,
         {{"error", error.what()}, {"advice", advice_on_file(error.code(), textfile_)}});
  }
}

httpd::Response Exposition::answer(const httpd::Request& request) {
  const bool metrics = request.path == "/metrics";
  if (!metrics && request.path != "/healthz") return {.status = 404, .body = "not found\n"};
  if (request.method != "GET" && request.method != "HEAD")
    return {.status = 405, .body = "GET and HEAD only\n", .allow = "GET, HEAD"};
  if (!metrics) return {.body = "ok\n"};
  const base::Instant now = clock_.now();
  if (built_.empty() || now - built_at_ >= page_age_max) {
    built_ = page_(Reader::asker);
    built_at_ = now;
  }
  return {.body = built_, .content_type = text_format};
}

}  // namespace vodeventd

// A network that a test plays: it records what was sent and completes it when told to.
#pragma once

#include "http/transport.h"

#include <string>
#include <utility>
#include <vector>

namespace support {

class ScriptedTransport final : public http::Transport {
 public:
  explicit ScriptedTransport(base::Clock& clock) : clock_(clock) {}

  http::Transfer start(http::Request request) override {
    sent_.push_back({std::move(request), clock_.now()});
    return sent_.size();
  }
  std::vector<http::Completion> poll(base::Instant) override {
    return std::exchange(completed_, {});
  }
  void cancel(http::Transfer) override {}

  // Answers the n-th request that was sent, counted from 1.
  void reply(http::Transfer transfer, std::string body) {
    http::Response response;
    response.status = 200;
    response.body = std::move(body);
    reply(transfer, std::move(response));
  }
  void reply(http::Transfer transfer, http::Response response) {
    response.started = sent_.at(transfer - 1).second;
    response.first_byte = clock_.now();
    completed_.push_back({transfer, std::move(response)});
  }

  [[nodiscard]] std::size_t count() const { return sent_.size(); }
  [[nodiscard]] const http::Request& sent(http::Transfer transfer) const {
    return sent_.at(transfer - 1).first;
  }
  [[nodiscard]] std::string header(http::Transfer transfer, const std::string& name) const {
    for (const std::string& header : sent(transfer).headers)
      if (header.starts_with(name + ": ")) return header.substr(name.size() + 2);
    return {};
  }

 private:
  base::Clock& clock_;
  std::vector<std::pair<http::Request, base::Instant>> sent_;
  std::vector<http::Completion> completed_;
};

}  // namespace support

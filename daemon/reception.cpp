#include "daemon/reception.h"

#include "credentials/find.h"
#include "daemon/messages.h"
#include "daemon/parts.h"
#include "httpd/handover.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

namespace vodeventd {
namespace {

using namespace std::chrono_literals;

constexpr const char* handed_over = "systemd";

// By FileDescriptorName= in the socket unit.
constexpr const char* socket_name = "receiver";

constexpr auto listen_again_after = 5s;

// Whoever is in has sent most of what he has to say: the service does not wait for longer.
constexpr auto serve_max = 3s;

[[noreturn]] void refuse_handed_over(const std::exception& error) {
  throw ConfigError(std::string("receiver.listen is systemd, and ") + error.what());
}

base::Secret sign_key(const Config& config) try {
  auto key = credentials::find_part("sign-key", config.receiver.sign_key_file,
                                    credential_settings(config));
  return key ? std::move(key->secret) : base::Secret();
} catch (const credentials::Encrypted&) {
  throw;
} catch (const credentials::Error& error) {
  throw ConfigError(std::string("receiver.sign_key_file: ") + error.what());
}

std::string_view advice_on(const std::error_code& code) {
  if (code == std::errc::address_in_use) return "See who has the address: ss -ltnp";
  if (code == std::errc::permission_denied)
    return "Ports below 1024 and other folders are for vodeventd-receiver.socket: set"
           " receiver.listen to systemd";
  return "Give [receiver] listen an address of this machine";
}

}  // namespace

receiver::Settings receiver_settings(const Config& config, httpd::Reach reach) {
  receiver::Settings settings{.path = config.receiver.path,
                              .sign_key = sign_key(config),
                              .body_bytes_max = config.receiver.body_bytes_max};
  if (reach == httpd::Reach::network && !receiver::guarded(settings))
    throw ConfigError(
        "receiver.listen " + config.receiver.listen +
        " is reached from elsewhere, and anyone could have his own stored: set SignKey and "
        "receiver.sign_key_file, or a receiver.path of 17 characters or more that can't be "
        "guessed");
  return settings;
}

Reception::Reception(const Config& config, base::Clock& clock, base::Log& log)
    : clock_(clock), log_(log), address_(config.receiver.listen) {
  if (!on()) return;
  if (address_ == handed_over) take_over();
  settings_ = settings_of(config);
}

void Reception::take_over() try {
  const int socket = httpd::Handover::of_environment().find(socket_name, getpid());
  listener_.emplace(base::Descriptor(socket));
} catch (const httpd::NotHandedOver& error) {
  refuse_handed_over(error);
} catch (const std::system_error& error) {
  refuse_handed_over(error);
}

receiver::Settings Reception::settings_of(const Config& config) const {
  if (!on()) return {};
  return receiver_settings(config, listener_ ? listener_->reach() : httpd::reach_of(address_));
}

void Reception::use(receiver::Settings settings) {
  settings_ = std::move(settings);
  if (receiver_) receiver_->use(settings_);
}

void Reception::open(inbox::Inbox& inbox) {
  inbox_ = &inbox;
  if (on()) listen();
}

void Reception::listen() try {
  listen_at_ = clock_.now() + listen_again_after;
  if (!listener_) listener_.emplace(address_);
  receiver_.emplace(listener_->descriptor(), settings_, *inbox_, clock_, log_);
  log_(messages::receiving,
       {{"address", listener_->address()}, {"signed", settings_.sign_key.empty() ? "no" : "yes"}});
} catch (const std::system_error& error) {
  log_(messages::could_not_receive,
       {{"address", address_}, {"error", error.what()}, {"advice", advice_on(error.code())}});
}

std::vector<int> Reception::descriptors() const {
  if (!receiver_) return {};
  return {receiver_->descriptor()};
}

void Reception::turn() {
  if (receiver_) receiver_->turn();
}

bool Reception::tick(base::Instant now) {
  if (!on() || receiver_ || stop_by_ > base::Instant() || now < listen_at_) return false;
  listen();
  return receiver_.has_value();
}

void Reception::stop() {
  stop_by_ = clock_.now() + serve_max;
  if (receiver_) receiver_->close_door();
}

void Reception::finish() {
  while (receiver_ && !receiver_->idle() && clock_.now() < stop_by_) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(stop_by_ - clock_.now());
    pollfd work{receiver_->descriptor(), POLLIN, 0};
    poll(&work, 1, static_cast<int>(left.count()));
    receiver_->turn();
  }
}

}  // namespace vodeventd

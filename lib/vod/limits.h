// What the service allows and promises, each with its source, and what follows from it.
#pragma once

#include <chrono>
#include <cstddef>

namespace vod {

using namespace std::chrono_literals;

inline constexpr std::size_t events_per_pull_max = 16;      // PullEvents document
inline constexpr std::size_t handles_per_confirm_max = 16;  // ConfirmEvents document
inline constexpr auto hold = 5s;  // an empty long poll is answered after this (document)
inline constexpr auto request_timeout = 10s;  // the client's time limit advised by the document
inline constexpr auto lease = 30s;  // an unconfirmed event comes again after this (document)
inline constexpr auto retention =
    std::chrono::hours(96);                        // unpulled events are kept so long (document)
inline constexpr double requests_per_s_max = 100;  // for each action (document)
inline constexpr auto clock_skew_max = 5min;       // signature v3 document
inline constexpr std::size_t reply_bytes_max = 50'000'000;  // any API 3.0 reply (common document)

// Ours.
inline constexpr std::size_t events_per_reply_max =
    1024;                                 // more than 16 are taken, but not any number
inline constexpr auto lease_margin = 2s;  // a confirm leaves at the latest so long before the end
inline constexpr auto backoff_first = 200ms;
inline constexpr auto backoff_max = 20s;
inline constexpr auto slow_retry = 60s;  // where a person has to act first
inline constexpr auto idle_pace = 1s;    // between empty answers that came without the hold

static_assert(request_timeout > hold, "a long poll must be able to end by itself");
static_assert(lease > lease_margin + request_timeout, "save and confirm fit in a lease");
static_assert(backoff_max * 100 < retention, "no wait comes near the loss of events");

}  // namespace vod

#include "vodsim/failure.h"

#include "json/write.h"

#include <algorithm>
#include <charconv>

namespace vodsim {
namespace {

constexpr std::string_view envelope = "{\"Response\":";

// What stands behind the mark is cut off and given back.
std::optional<std::string_view> cut_behind(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return {};
  const std::string_view behind = text.substr(at + 1);
  text = text.substr(0, at);
  return behind;
}

bool is_word(std::string_view what) {
  return what == "none" || what == "error-beside" || what == "no-response";
}

}  // namespace

// Codes begin with a capital or, of the old API, with a digit.
bool Failure::is_code() const {
  return !what.empty() &&
         ((what[0] >= 'A' && what[0] <= 'Z') || (what[0] >= '0' && what[0] <= '9'));
}

std::optional<Failure> parse_failure(std::string_view text) {
  Failure failure;
  failure.message = cut_behind(text, '=').value_or("");
  const auto action = cut_behind(text, '@');
  if (action && action->empty()) return {};
  failure.action = action.value_or("");
  if (const auto count = cut_behind(text, ':')) {
    const char* end = count->data() + count->size();
    const auto [stop, error] = std::from_chars(count->data(), end, failure.count);
    if (error != std::errc() || stop != end || failure.count == 0) return {};
  }
  failure.what = text;
  if (!is_word(text) && !failure.is_code()) return {};
  return failure;
}

std::string odd_body(const Failure& failure, std::string body) {
  if (!body.starts_with(envelope)) return body;
  const std::string_view response = std::string_view(body).substr(envelope.size());
  if (failure.what == "no-response") return std::string(response.substr(0, response.size() - 1));
  if (failure.what != "error-beside") return body;
  const std::string error =
      "{\"Error\":{\"Code\":\"InternalError\",\"Message\":" + json::quote(failure.message) + "},";
  return std::string(envelope) + error + std::string(response.substr(1));
}

std::optional<Failure> Failures::next(std::string_view action) {
  const auto due = std::find_if(failures_.begin(), failures_.end(), [&](const Failure& failure) {
    return failure.action.empty() || failure.action == action;
  });
  if (due == failures_.end()) return {};
  Failure failure = *due;
  if (--due->count == 0) failures_.erase(due);
  if (failure.what == "none") return {};
  return failure;
}

}  // namespace vodsim

#include "vodsim/parameters.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace vodsim {
namespace {

using Value = rapidjson::Value;

Error wrong_type(std::string_view name) {
  return {"InvalidParameter",
          "The value type of parameter `" + std::string(name) + "` is not valid."};
}

Error unknown(std::string_view name) {
  return {"UnknownParameter", "The parameter `" + std::string(name) + "` is not recognized."};
}

std::string text(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

bool read_handles(const Value& value, std::vector<std::string>& out) {
  if (!value.IsArray()) return false;
  for (const Value& element : value.GetArray()) {
    if (!element.IsString()) return false;
    out.push_back(text(element));
  }
  return true;
}

std::optional<Error> read_member(const std::string& name, const Value& value, Parameters& out) {
  bool typed = true;
  if (name == "SubAppId") {
    typed = value.IsUint64();
    if (typed) out.sub_app_id = value.GetUint64();
  } else if (name == "ExtInfo") {
    typed = value.IsString();
    if (typed) out.ext_info = text(value);
  } else if (name == "EventHandles") {
    typed = read_handles(value, out.event_handles.emplace());
  } else {
    return unknown(name);
  }
  if (!typed) return wrong_type(name);
  return {};
}

std::optional<Error> parse_json(const std::string& body, Parameters& out) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
      body.data(), body.size());
  if (document.HasParseError() || !document.IsObject())
    return Error{"InvalidRequest", "The body of the request is not a JSON object."};
  // By index: C++20 finds the comparison of the library's iterators ambiguous.
  for (rapidjson::SizeType i = 0; i < document.MemberCount(); ++i) {
    const auto& [name, value] = *(document.MemberBegin() + static_cast<std::ptrdiff_t>(i));
    if (value.IsNull()) continue;
    if (auto error = read_member(text(name), value, out)) return error;
  }
  return {};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view encoded) {
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '%' && i + 2 < encoded.size() && hex_digit(encoded[i + 1]) >= 0 &&
        hex_digit(encoded[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(encoded[i + 1]) * 16 + hex_digit(encoded[i + 2]));
      i += 2;
    } else {
      out += encoded[i] == '+' ? ' ' : encoded[i];
    }
  }
  return out;
}

std::optional<Error> read_pair(const std::string& name, std::string value, Parameters& out) {
  if (name == "SubAppId") {
    std::uint64_t number = 0;
    const char* end = value.data() + value.size();
    const auto result = std::from_chars(value.data(), end, number);
    if (result.ec != std::errc() || result.ptr != end) return wrong_type(name);
    out.sub_app_id = number;
  } else if (name == "ExtInfo") {
    out.ext_info = std::move(value);
  } else if (name.starts_with("EventHandles.")) {
    if (!out.event_handles) out.event_handles.emplace();
    out.event_handles->push_back(std::move(value));
  } else {
    return unknown(name);
  }
  return {};
}

// EventHandles.0=…&EventHandles.1=…&SubAppId=…; the handles count in the order in which they stand.
std::optional<Error> parse_query(std::string_view query, Parameters& out) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string name = percent_decode(pair.substr(0, equals));
    std::string value =
        equals == std::string_view::npos ? std::string() : percent_decode(pair.substr(equals + 1));
    if (auto error = read_pair(name, std::move(value), out)) return error;
  }
  return {};
}

}  // namespace

std::optional<Error> parse_parameters(const Request& request, Parameters& out) {
  return request.method == "GET" ? parse_query(request.query, out) : parse_json(request.body, out);
}

}  // namespace vodsim

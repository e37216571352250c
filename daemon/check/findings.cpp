#include "daemon/check/findings.h"

#include "base/text.h"
#include "json/write.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace vodeventd {
namespace {

struct Look {
  State state;
  const char* word;    // in JSON
  const char* mark;    // in lines, of one width
  const char* colour;  // as a terminal takes it
};

constexpr Look looks[] = {
    {State::ok, "ok", "ok  ", "\033[32m"},
    {State::unknown, "unknown", "?   ", "\033[36m"},
    {State::warn, "warn", "warn", "\033[33m"},
    {State::bad, "bad", "BAD ", "\033[1;31m"},
};

const Look& look_of(State state) { return looks[static_cast<std::size_t>(state)]; }

bool coloured() { return isatty(STDOUT_FILENO) == 1 && !std::getenv("NO_COLOR"); }

}  // namespace

void Findings::ok(std::string name, std::string text) {
  all_.push_back({std::move(name), State::ok, std::move(text), {}, 0});
}

void Findings::unknown(std::string name, std::string text, std::string advice) {
  all_.push_back({std::move(name), State::unknown, std::move(text), std::move(advice), 0});
}

void Findings::warn(std::string name, std::string text, std::string advice) {
  all_.push_back({std::move(name), State::warn, std::move(text), std::move(advice), 0});
}

void Findings::bad(std::string name, std::string text, std::string advice, int exit_status) {
  all_.push_back({std::move(name), State::bad, std::move(text), std::move(advice), exit_status});
}

int Findings::status() const {
  const auto bad = std::find_if(all_.begin(), all_.end(),
                                [](const Finding& finding) { return finding.state == State::bad; });
  return bad == all_.end() ? 0 : bad->exit_status;
}

void print_lines(const Findings& findings) {
  std::size_t width = 0;
  for (const Finding& finding : findings.all()) width = std::max(width, finding.name.size());
  const bool colours = coloured();
  for (const Finding& finding : findings.all()) {
    const Look& look = look_of(finding.state);
    std::printf("%s%s%s %-*s  %s\n", colours ? look.colour : "", look.mark, colours ? "\033[m" : "",
                static_cast<int>(width), finding.name.c_str(),
                base::printable(finding.text).c_str());
    if (!finding.advice.empty())
      std::printf("     %-*s  -> %s\n", static_cast<int>(width), "",
                  base::printable(finding.advice).c_str());
  }
}

void print_json(const Findings& findings) {
  std::printf("{\"status\":%d,\"findings\":[", findings.status());
  const char* comma = "";
  for (const Finding& finding : findings.all()) {
    std::printf("%s{\"name\":%s,\"state\":\"%s\",\"text\":%s,\"advice\":%s,\"exit_status\":%d}",
                comma, json::quote(finding.name).c_str(), look_of(finding.state).word,
                json::quote(finding.text).c_str(), json::quote(finding.advice).c_str(),
                finding.exit_status);
    comma = ",";
  }
  std::printf("]}\n");
}

}  // namespace vodeventd

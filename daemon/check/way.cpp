#include "daemon/check/way.h"

#include "daemon/names.h"
#include "http/probe.h"
#include "vod/client.h"
#include "vod/errors.h"

#include <chrono>
#include <string>

namespace vodeventd {
namespace {

using namespace std::chrono_literals;
using http::Fault;

constexpr auto time_max = 4s;

std::string handshake(const http::Probe& probe) {
  std::string text = (probe.tls.empty() ? "TLS 1.2 or later" : probe.tls) + ", certificate trusted";
  if (probe.certificate_ends) {
    const auto left = *probe.certificate_ends - std::chrono::system_clock::now();
    text += " for " + std::to_string(std::chrono::floor<std::chrono::days>(left).count()) +
            " days more";
  }
  return text + ", in " + in_ms(probe.handshake);
}

void note_broken(const char* step, const http::Probe& probe, Findings& findings) {
  vod::Failure failure;
  failure.code = step;
  findings.bad(step, probe.detail, std::string(vod::advice_on(failure)), exit_unavailable);
}

}  // namespace

bool check_way(const Config& config, Findings& findings) {
  const std::string url = vod::url_of(config.api.endpoint);
  const http::Probe probe = http::probe(url, config.api.ca_file, time_max);
  const bool known =
      probe.fault == Fault::none || probe.fault == Fault::connect || probe.fault == Fault::tls;
  if (known) findings.ok("resolve", url + " was found in " + in_ms(probe.look_up));
  if (!known) {
    note_broken("resolve", probe, findings);
  } else if (probe.fault == Fault::connect) {
    note_broken("connect", probe, findings);
  } else {
    findings.ok("connect", probe.address + " answered" +
                               (probe.connect > 0s ? " in " + in_ms(probe.connect) : ""));
    if (probe.fault == Fault::tls)
      note_broken("tls", probe, findings);
    else
      findings.ok("tls", url.starts_with("https:") ? handshake(probe)
                                                   : "none, which is taken for loopback only");
  }
  return probe.fault == Fault::none;
}

}  // namespace vodeventd

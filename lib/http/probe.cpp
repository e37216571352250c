#include "http/probe.h"

#include "http/curl.h"
#include "http/fault.h"
#include "http/trust.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace http {
namespace {

using std::chrono::microseconds;

// What curl tells nowhere else.
struct Handshake {
  bool begun = false;  // there is a connection, though curl counts it only when it is all done
  std::string tls;     // what was agreed on
};

int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* handshake) noexcept
    try {
  auto& self = *static_cast<Handshake*>(handshake);
  constexpr std::string_view start = "SSL connection using ";
  std::string_view line(data, size);
  if (type == CURLINFO_SSL_DATA_OUT) self.begun = true;
  if (type != CURLINFO_TEXT || !line.starts_with(start)) return 0;
  line.remove_prefix(start.size());
  self.tls = line.substr(0, line.find('\n'));
  return 0;
} catch (const std::bad_alloc&) {
  return 0;
}

void set_up(Easy& easy, const std::string& url, const std::string& ca_file,
            std::chrono::milliseconds limit) {
  easy.set(CURLOPT_URL, url.c_str());
  easy.set(CURLOPT_PROTOCOLS_STR, "https,http");
  easy.set(CURLOPT_CONNECT_ONLY, 1L);
  easy.set(CURLOPT_PROXY, "");
  easy.set(CURLOPT_CAINFO, Trust(ca_file).file().c_str());
  easy.unset(CURLOPT_CAPATH);
  easy.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  easy.set(CURLOPT_CERTINFO, 1L);
  easy.set(CURLOPT_CONNECTTIMEOUT_MS, std::max(1L, long{limit.count()}));
  easy.set(CURLOPT_TIMEOUT_MS, std::max(1L, long{limit.count()}));
  easy.set(CURLOPT_NOSIGNAL, 1L);
  easy.set(CURLOPT_QUICK_EXIT, 1L);
}

// curl's times count from the beginning, and are 0 for a step that was not done.
void take_times(const Easy& easy, Probe& probe) {
  const microseconds found(easy.microseconds(CURLINFO_NAMELOOKUP_TIME_T));
  const microseconds connected(easy.microseconds(CURLINFO_CONNECT_TIME_T));
  const microseconds agreed(easy.microseconds(CURLINFO_APPCONNECT_TIME_T));
  probe.look_up = found;
  if (connected > found) probe.connect = connected - found;
  if (agreed > connected) probe.handshake = agreed - connected;
}

// The server's own certificate is the first of the chain.
std::optional<std::chrono::sys_seconds> end_of_certificate(const Easy& easy) {
  constexpr std::string_view name = "Expire date:";
  const curl_certinfo* chain = easy.certificates();
  if (!chain || chain->num_of_certs < 1) return std::nullopt;
  for (const curl_slist* line = chain->certinfo[0]; line; line = line->next) {
    if (!std::string_view(line->data).starts_with(name)) continue;
    const time_t time = curl_getdate(line->data + name.size(), nullptr);
    if (time != -1) return std::chrono::sys_seconds(std::chrono::seconds(time));
  }
  return std::nullopt;
}

}  // namespace

Probe probe(const std::string& url, const std::string& ca_file, std::chrono::milliseconds limit) {
  Probe probe;
  if (url.starts_with("http://") && !plain_http_allowed(url)) {
    probe.fault = Fault::refused;
    probe.detail = "http:// is for loopback only";
    return probe;
  }
  Easy easy;
  std::array<char, CURL_ERROR_SIZE> error{};
  set_up(easy, url, ca_file, limit);
  easy.set(CURLOPT_ERRORBUFFER, error.data());
  easy.set(CURLOPT_VERBOSE, 1L);
  Handshake shaken;
  easy.set(CURLOPT_DEBUGFUNCTION, &on_debug);
  easy.set(CURLOPT_DEBUGDATA, &shaken);
  const CURLcode code = curl_easy_perform(easy.get());
  take_times(easy, probe);
  if (const char* address = easy.text(CURLINFO_PRIMARY_IP)) probe.address = address;
  probe.certificate_ends = end_of_certificate(easy);
  probe.tls = std::move(shaken.tls);
  if (code == CURLE_OK) return probe;
  probe.fault = shaken.begun ? Fault::tls : fault_of(code, easy);
  probe.detail = error.front() != '\0' ? error.data() : curl_easy_strerror(code);
  return probe;
}

}  // namespace http

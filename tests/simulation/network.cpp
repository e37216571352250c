#include "simulation/network.h"

#include <memory>
#include <string_view>
#include <utility>

namespace simulation {
namespace {

using http::Fault;
using namespace std::chrono_literals;

constexpr std::string_view names[fates] = {
    "arrives",           "is refused",   "is lost",    "is reset on its way",
    "is intercepted",    "reply lost",   "reset late", "reply is cut short",
    "reply is replaced", "is sent twice"};

struct Canned {
  int status;
  std::string_view content_type, body;
};

constexpr std::string_view json = "application/json", html = "text/html";

// Answers that come instead of the service's own, without effect.
constexpr Canned interceptions[] = {
    {200, html, "<html><body>Please sign in</body></html>"},
    {200, json, ""},
    {200, json, "{}"},
    {200, json, "{\"Response\":null}"},
    {200, json, "[[[[[[[["},
    {301, html, ""},
    {403, html, "<html>forbidden</html>"},
    {429, json, ""},
    {500, html, "<html>error</html>"},
    {503, html, "<html>unavailable</html>"},
    {200, json, R"({"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}})"},
    {200, json,
     R"({"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"m"},"RequestId":"r"}})"},
    {200, json,
     R"({"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"r"}})"},
    {200, json,
     R"({"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"m"},"RequestId":"r"}})"},
    {200, json,
     R"({"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"m"},"RequestId":"r"}})"},
    {200, json,
     R"({"Response":{"Error":{"Code":"FailedOperation.DBError","Message":"m"},"RequestId":"r"}})"},
    {200, json,
     R"({"Response":{"Error":{"Code":"ResourceNotFound","Message":"m"},"RequestId":"r"}})"},
    {200, json, R"({"code":4000,"message":"m","codeDesc":"InvalidParameter"})"},
};

// The same, but the request took effect.
constexpr Canned replacements[] = {
    {502, html, "<html>bad gateway</html>"},
    {504, html, "<html>gateway timeout</html>"},
    {200, html, "<html>something else</html>"},
    {200, json, R"({"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}})"},
};

}  // namespace

Network::Network(const Plan& plan, Random random, Service& service, Agenda& agenda,
                 VirtualClock& clock, Trace& trace)
    : random_(random),
      service_(service),
      agenda_(agenda),
      clock_(clock),
      trace_(trace),
      delay_min_(plan.delay_min),
      delay_max_(plan.delay_max) {}

Fate Network::draw_fate() {
  double left = random_.share();
  for (std::size_t fate = 1; fate < fates; ++fate) {
    if (left < shares_[fate]) return static_cast<Fate>(fate);
    left -= shares_[fate];
  }
  return Fate::arrives;
}

void Network::send(http::Request request, Done done) {
  const Fate fate = draw_fate();
  if (fate != Fate::arrives)
    trace_("network", "a request " + std::string(names[static_cast<std::size_t>(fate)]));
  if (fate == Fate::lost) return;
  if (fate == Fate::refused) return back(std::move(done), broken(Fault::connect));
  if (fate == Fate::reset_early) return back(std::move(done), broken(Fault::interrupted));
  if (fate == Fate::intercepted) return back(std::move(done), intercepted());
  agenda_.after(delay(), [this, fate, request = std::move(request), done = std::move(done)] {
    forward(fate, request, done);
  });
}

void Network::forward(Fate fate, const http::Request& request, const Done& done) {
  if (fate != Fate::sent_twice)
    return service_.take(request, [this, fate, done](const vodsim::Outcome& outcome) {
      come_back(fate, outcome, done);
    });
  service_.take(request, [](const vodsim::Outcome&) {});
  agenda_.after(delay(), [this, request, done] {
    forward(Fate::arrives, request, [done](http::Response response) {
      response.repeated = true;
      done(std::move(response));
    });
  });
}

void Network::come_back(Fate fate, const vodsim::Outcome& outcome, const Done& done) {
  const auto* reply = std::get_if<vodsim::Reply>(&outcome);
  if (fate == Fate::reply_lost) return;
  if (!reply || fate == Fate::reset_late) return back(done, broken(Fault::interrupted));
  if (fate == Fate::replaced) return back(done, replaced());
  if (fate == Fate::cut) return back(done, cut(reply->body));
  back(done, answered(static_cast<int>(reply->status), reply->body, reply->content_type));
}

void Network::back(Done done, http::Response response) {
  agenda_.after(delay(), [done = std::move(done), response = std::move(response)]() mutable {
    done(std::move(response));
  });
}

http::Response Network::broken(Fault fault) {
  http::Response response;
  response.fault = fault;
  response.detail = "simulated";
  return response;
}

http::Response Network::answered(int status, std::string body, std::string content_type) {
  http::Response response;
  response.status = status;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  if (random_.chance(0.9))
    response.date = std::chrono::floor<std::chrono::seconds>(clock_.true_utc());
  return response;
}

http::Response Network::intercepted() {
  const Canned& canned = random_.pick(interceptions);
  trace_("network", "instead: " + std::to_string(canned.status) + ' ' + std::string(canned.body));
  auto response =
      answered(canned.status, std::string(canned.body), std::string(canned.content_type));
  if (canned.status == 429 || canned.status == 503)
    response.retry_after = std::chrono::seconds(random_.below(60));
  return response;
}

http::Response Network::replaced() {
  const Canned& canned = random_.pick(replacements);
  trace_("network", "instead: " + std::to_string(canned.status) + ' ' + std::string(canned.body));
  return answered(canned.status, std::string(canned.body), std::string(canned.content_type));
}

http::Response Network::cut(std::string body) {
  if (random_.chance(0.5))
    return broken(random_.chance(0.9) ? Fault::interrupted : Fault::too_large);
  body.resize(random_.below(body.size() + 1));
  return answered(200, std::move(body), "application/json");
}

}  // namespace simulation

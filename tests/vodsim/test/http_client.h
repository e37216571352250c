// HttpClient: one keep-alive connection to loopback, for tests; blocking, with a limit on each
// wait.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace vodsim {

struct HttpReply {
  int status = 0;  // 0: the connection ended without a reply
  std::string head;
  std::string body;
};

// How a connection ended; open: it did not.
enum class HttpEnd { closed, reset, open };

struct HttpRest {
  std::string bytes;
  HttpEnd end;
};

class HttpClient {
 public:
  // `url`: http://127.0.0.1:PORT
  explicit HttpClient(const std::string& url);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  [[nodiscard]] const std::string& host() const { return host_; }

  void send(const std::string& method, const std::string& target,
            const std::vector<std::string>& headers, const std::string& body);
  HttpReply receive();

  // All bytes until the connection ends or nothing has come for so long.
  HttpRest receive_rest(std::chrono::milliseconds quiet);

  HttpReply get(const std::string& target) {
    send("GET", target, {"Host: " + host_}, "");
    return receive();
  }

 private:
  bool receive_more();

  std::string host_;
  int socket_ = -1;
  std::string received_;
};

}  // namespace vodsim

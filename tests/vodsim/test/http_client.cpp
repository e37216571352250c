#include "vodsim/test/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace vodsim {

HttpClient::HttpClient(const std::string& url) : host_(url.substr(url.find("//") + 2)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(host_.substr(host_.find(':') + 1))));
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{20, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::system_error(errno, std::generic_category(), "connect to " + host_);
}

HttpClient::~HttpClient() { close(socket_); }

void HttpClient::send(const std::string& method, const std::string& target,
                      const std::vector<std::string>& headers, const std::string& body) {
  std::string text = method + ' ' + target + " HTTP/1.1\r\n";
  for (const std::string& header : headers) text += header + "\r\n";
  if (method == "POST") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n" + body;
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t sent = ::send(socket_, text.data() + at, text.size() - at, MSG_NOSIGNAL);
    if (sent < 0) throw std::system_error(errno, std::generic_category(), "send");
    at += static_cast<std::size_t>(sent);
  }
}

bool HttpClient::receive_more() {
  char buffer[64 * 1024];
  const ssize_t count = recv(socket_, buffer, sizeof buffer, 0);
  if (count < 0 && errno == EAGAIN)
    throw std::system_error(errno, std::generic_category(), "no reply in 20 s");
  if (count <= 0) return false;
  received_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

HttpReply HttpClient::receive() {
  std::size_t head_end;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!receive_more()) return {};
  HttpReply reply;
  reply.head = received_.substr(0, head_end + 2);
  reply.status = std::atoi(reply.head.c_str() + reply.head.find(' '));
  const std::string name = "\r\nContent-Length: ";
  const std::size_t at = reply.head.find(name);
  const std::size_t length =
      at == std::string::npos ? 0 : std::strtoul(&reply.head[at + name.size()], nullptr, 10);
  while (received_.size() < head_end + 4 + length)
    if (!receive_more()) return {};
  reply.body = received_.substr(head_end + 4, length);
  received_.erase(0, head_end + 4 + length);
  return reply;
}

HttpRest HttpClient::receive_rest(std::chrono::milliseconds quiet) {
  pollfd readable{socket_, POLLIN, 0};
  while (poll(&readable, 1, static_cast<int>(quiet.count())) > 0) {
    errno = 0;
    if (receive_more()) continue;
    return {std::exchange(received_, {}), errno == ECONNRESET ? HttpEnd::reset : HttpEnd::closed};
  }
  return {std::exchange(received_, {}), HttpEnd::open};
}

}  // namespace vodsim

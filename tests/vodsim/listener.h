// A listening socket on loopback.
#pragma once

#include <string>

namespace vodsim {

// Listens on HOST:PORT, where HOST is localhost, in 127.0.0.0/8 or [::1]; gives the descriptor,
// which is non-blocking.  Throws std::invalid_argument for another address, std::system_error when
// the system refuses.
int listen_on(const std::string& address);

// SCHEME://127.0.0.1:PORT, with the port that the socket got.
std::string url_of(int listener, const std::string& scheme);

}  // namespace vodsim

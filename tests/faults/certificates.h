// Certificates made on the spot by the openssl command: an authority (ca.pem), a foreign one
// (foreign-ca.pem), a key for servers (server.key) and what they sign.
#pragma once

#include "support/process.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

namespace faults {

class Certificates {
 public:
  Certificates() {
    authority("ca");
    authority("foreign-ca");
    shell("openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out server.key");
  }

  // <name>.pem, signed by that authority for these names ("DNS:localhost,IP:127.0.0.1").
  std::string sign(const std::string& name, const std::string& names, int days = 2,
                   const std::string& by = "ca") const {
    shell("openssl req -new -key server.key -subj /CN=server -addext subjectAltName=" + names +
          " -out " + name + ".csr; openssl x509 -req -in " + name + ".csr -CA " + by +
          ".pem -CAkey " + by + ".key -days " + std::to_string(days) +
          " -copy_extensions copy -out " + name + ".pem");
    return file(name + ".pem");
  }

  // <name>.pem, which vouches for itself.
  std::string self_sign(const std::string& name, const std::string& names) const {
    shell("openssl req -x509 -key server.key -days 2 -subj /CN=server -addext subjectAltName=" +
          names + " -out " + name + ".pem");
    return file(name + ".pem");
  }

  // Puts a copy in the place of another file at once.
  void replace(const std::string& name, const std::string& by) const {
    shell("cp " + by + " new; mv new " + name);
  }

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

 private:
  void authority(const std::string& name) const {
    shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" +
        name + " -keyout " + name + ".key -out " + name + ".pem");
  }

  void shell(const std::string& command) const {
    support::Process process({{"sh", "-ec", command}, {}, "", "", folder_.path()});
    const auto status = process.wait(std::chrono::seconds(20));
    CAPTURE(command, process.err());
    REQUIRE(status == 0);
  }

  support::TempFolder folder_;
};

}  // namespace faults

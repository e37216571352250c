// That the locale and the time zone of the environment are in force: a missing one falls back to a
// default without a word, and the tests would prove nothing about it.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <clocale>
#include <cstdlib>
#include <string>

TEST_CASE("the locale of the environment is in force") {
  const char* wanted = std::getenv("LC_ALL");
  if (!wanted || !*wanted) return;
  CHECK(std::setlocale(LC_ALL, nullptr) == std::string(wanted));
}

TEST_CASE("the time zone of the environment is in force") {
  const char* wanted = std::getenv("TZ");
  if (!wanted || !*wanted) return;
  CHECK(access((std::string("/usr/share/zoneinfo/") + wanted).c_str(), R_OK) == 0);
}

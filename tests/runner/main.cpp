// The main function of every test program.  It works in the locale of the environment, as a program
// that embeds the code might, and fails when no test was run.
#define CATCH_CONFIG_RUNNER
#include "support/skip.h"

#include <catch2/catch.hpp>
#include <clocale>
#include <iostream>

namespace {

bool skipped = false;

}  // namespace

void support::skip(std::string_view reason) {
  skipped = true;
  std::cout << "SKIPPED: " << Catch::getResultCapture().getCurrentTestName() << ": " << reason
            << std::endl;
}

int main(int argc, char** argv) {
  std::setlocale(LC_ALL, "");
  Catch::Session session;
  session.configData().warnings = Catch::WarnAbout::NoTests;
  const int status = session.run(argc, argv);
  return status == 0 && skipped ? 77 : status;
}

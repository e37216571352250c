// Bytes from files, pipes and gzip.
#include "import/input.h"

#include "support/gzip.h"
#include "support/temp_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <string>

namespace {

using Catch::Contains;
using support::gzip;

struct Read {
  std::string text, trouble;
  bool packed;
};

std::string rest(import::Input& input) {
  std::string text;
  while (const auto chunk = input.read()) text += *chunk;
  return text;
}

Read read(const std::string& path) {
  import::Input input(path);
  std::string text = rest(input);
  return {std::move(text), input.trouble(), input.packed()};
}

struct Folder {
  support::TempFolder folder;
  Read of(const std::string& bytes) { return read(folder.write("file", bytes)); }
};

std::string long_text() {
  std::string text;
  for (std::size_t i = 0; text.size() < 3'000'000; ++i) text += std::to_string(i * 7919) + ' ';
  return text;
}

}  // namespace

TEST_CASE_METHOD(Folder, "a file is read as it is, and as what is packed in it") {
  for (const std::string& text : {std::string(), std::string("{"), std::string("\x1f"),
                                  std::string("{\"a\":1}\n"), long_text()}) {
    const Read plain = of(text);
    CHECK(plain.text == text);
    CHECK_FALSE(plain.packed);
    CHECK(plain.trouble.empty());
    const Read packed = of(gzip(text));
    CHECK(packed.text == text);
    CHECK(packed.packed);
    CHECK(packed.trouble.empty());
  }
}

TEST_CASE_METHOD(Folder, "members of gzip one behind the other are one text") {
  const Read joined = of(gzip("one ") + gzip("") + gzip(long_text()) + gzip("two"));
  CHECK(joined.text == "one " + long_text() + "two");
  CHECK(joined.trouble.empty());
  const Read filled_up = of(gzip("one") + std::string(1000, '\0'));
  CHECK(filled_up.text == "one");
  CHECK(filled_up.trouble.empty());
}

TEST_CASE_METHOD(Folder, "what is left of broken gzip is given, and the break told") {
  const std::string text = long_text();
  std::string packed = gzip(text);
  const Read cut = of(packed.substr(0, packed.size() / 2));
  CHECK(cut.text.size() > text.size() / 4);
  CHECK(text.starts_with(cut.text));
  CHECK_THAT(cut.trouble, Contains("breaks off"));
  const Read without_checksum = of(packed.substr(0, packed.size() - 8));
  CHECK(without_checksum.text == text);
  CHECK_THAT(without_checksum.trouble, Contains("breaks off"));
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  CHECK_THAT(of(packed).trouble, Contains("damaged"));
  CHECK_THAT(of("\x1f\x8bgarbage").trouble, Contains("damaged"));
  const Read more = of(gzip("one") + "{}");
  CHECK(more.text == "one");
  CHECK_THAT(more.trouble, Contains("something else"));
}

TEST_CASE_METHOD(Folder, "what is no file is told") {
  const Read missing = read(folder / "missing");
  CHECK(missing.text.empty());
  CHECK_THAT(missing.trouble, Contains(std::string("can't be opened: ") + std::strerror(ENOENT)));
  CHECK(import::Input(folder / "missing").await(-1));
  const Read none = read(folder.path());
  CHECK(none.text.empty());
  CHECK_THAT(none.trouble, Contains("is a folder"));
}

TEST_CASE_METHOD(Folder, "a file tells how large it is and how far it is read") {
  const std::string packed = gzip(long_text());
  import::Input input(folder.write("file", packed));
  CHECK(input.bytes() == packed.size());
  CHECK(input.bytes_read() == 0);
  rest(input);
  CHECK(input.bytes_read() == packed.size());
}

TEST_CASE_METHOD(Folder, "a pipe is read as its bytes come, and waiting for them can be ended") {
  const std::string path = folder / "pipe";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  import::Input input(path);
  CHECK_FALSE(input.bytes());
  const int writer = open(path.c_str(), O_WRONLY);
  REQUIRE(writer >= 0);
  int signal[2];
  REQUIRE(pipe(signal) == 0);
  std::string text;
  for (const char byte : gzip("one") + gzip("two")) {
    REQUIRE(write(writer, &byte, 1) == 1);
    REQUIRE(input.await(signal[0]));
    text += input.read().value();
  }
  while (const auto chunk = input.read()) {
    if (chunk->empty()) break;
    text += *chunk;
  }
  CHECK(text == "onetwo");
  REQUIRE(write(signal[1], "x", 1) == 1);
  CHECK_FALSE(input.await(signal[0]));
  for (const int descriptor : {writer, signal[0], signal[1]}) close(descriptor);
  CHECK(rest(input).empty());
  CHECK(input.trouble().empty());
}

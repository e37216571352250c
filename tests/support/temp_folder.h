// TempFolder: a new folder under $TMPDIR (or /tmp), removed with all that is in it when it goes.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace support {

// Throws std::runtime_error, with what is missing, where a test might not find room.  Some write
// through streams that they do not ask, and would fail far from the cause.
void check_room(const std::string& folder);

class TempFolder {
 public:
  TempFolder() : path_(std::filesystem::temp_directory_path() / "vodeventd-test-XXXXXX") {
    check_room(std::filesystem::temp_directory_path());
    if (mkdtemp(path_.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "make " + path_);
    }
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const {
    return std::string(path_).append("/").append(name);
  }

  // Writes a file, with the folders above it; gives its path.
  std::string write(std::string_view name, std::string_view text) const {
    const std::string file = *this / name;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream out(file, std::ios::binary);
    out << text;
    if (!out.flush()) throw std::system_error(errno, std::generic_category(), "write " + file);
    return file;
  }

 private:
  std::string path_;
};

}  // namespace support

// The disk that fails, faults/preload/broken_disk.cpp, for a program that a test starts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace e2e {

// The variables that load it; `rule_file` is in the test's own folder.
//
// The loader ends a path at a blank or a colon, and a checkout may lie below either.  It is given a
// bare name, and looks for that in the test's folder, where a link leads to the build.
inline std::vector<std::string> broken_disk(const std::string& rule_file) {
  const std::filesystem::path folder = std::filesystem::path(rule_file).parent_path();
  const std::filesystem::path link = folder / "libbroken-disk.so";
  if (!std::filesystem::is_symlink(link))
    std::filesystem::create_symlink(BINARIES "/libbroken-disk.so", link);
  return {"LD_LIBRARY_PATH=" + folder.string(), "LD_PRELOAD=" + link.filename().string(),
          "BROKEN_DISK=" + rule_file, "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0"};
}

}  // namespace e2e

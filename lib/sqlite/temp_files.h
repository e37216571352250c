// TempFiles: for its scope SQLite makes its temporary files in this folder, whatever the
// environment says: /tmp may be small, or memory.  For the whole process; one at a time.
#pragma once

#include <string>

namespace sqlite {

class TempFiles {
 public:
  explicit TempFiles(const std::string& folder);
  TempFiles(const TempFiles&) = delete;
  TempFiles& operator=(const TempFiles&) = delete;
  ~TempFiles();
};

}  // namespace sqlite

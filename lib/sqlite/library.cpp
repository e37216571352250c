#include "sqlite/library.h"

#include <sqlite3.h>

namespace sqlite {

// It refuses when it is in use already, and goes on counting then.
void set_up_library() noexcept {
  static const int result = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(result);
}

std::string_view library_version() { return sqlite3_libversion(); }
int library_number() { return sqlite3_libversion_number(); }

bool has_wal_reset_bug(int number) {
  constexpr int first = 3'007'000, mended = 3'051'003;
  const bool mended_3_50 = number >= 3'050'007 && number < 3'051'000;
  const bool mended_3_44 = number >= 3'044'006 && number < 3'045'000;
  return number >= first && number < mended && !mended_3_50 && !mended_3_44;
}

}  // namespace sqlite

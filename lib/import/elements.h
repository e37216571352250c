// Elements: walks a list that lies whole in memory, and tells of each element where it stands.
#pragma once

#include "import/piece.h"
#include "json/slice.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace import {

class Elements {
 public:
  // `list`: from its bracket to its bracket; `place`: where it begins.
  Elements(std::string_view list, const Place& place) : list_(list), place_(place), cursor_(list) {
    cursor_.enter_array();
  }

  // Empty when there are no more.  What can't be told apart comes as one piece at the end.
  std::optional<Piece> next() {
    while (cursor_.element()) {
      const std::string_view slice = cursor_.value();
      if (cursor_.failed()) break;
      if (slice.empty()) continue;
      pass(static_cast<std::size_t>(slice.data() - list_.data()));
      const Piece piece{place_.byte, place_.line, slice,
                        slice.front() == '{' ? Fault::none : Fault::stray};
      pass(slice.size());
      return piece;
    }
    if (!cursor_.failed() || list_.empty()) return std::nullopt;
    const Piece rest{place_.byte, place_.line, list_, Fault::unclosed};
    list_ = {};
    return rest;
  }

 private:
  void pass(std::size_t bytes) {
    const std::string_view passed = list_.substr(0, bytes);
    place_.line += static_cast<std::uint64_t>(std::count(passed.begin(), passed.end(), '\n'));
    place_.byte += bytes;
    list_.remove_prefix(bytes);
  }

  std::string_view list_;  // what is left of it
  Place place_;
  json::Cursor cursor_;
};

}  // namespace import

#include "json/canonical.h"

#include "json/read.h"
#include "json/slice.h"
#include "json/write.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <string>
#include <vector>

namespace json {
namespace {

// Writes members as they come and puts those of an object in order when it closes.
class Canonical {
 public:
  Canonical(std::string_view text, std::span<const std::string_view> without)
      : cursor_(text), without_(without) {
    out_.reserve(text.size());
  }

  std::string text() && {
    value(0);
    assert(!cursor_.failed());
    return std::move(out_);
  }

 private:
  // A member in out_, from its name to its comma.
  struct Member {
    std::string_view name;
    std::size_t begin, end;
    bool operator<(const Member& other) const {
      const int order = name.compare(other.name);
      return order < 0 || (order == 0 && begin < other.begin);
    }
  };

  void value(int depth) {
    assert(depth <= depth_max);
    const char first = cursor_.peek();
    if (first == '{') {
      object(depth);
    } else if (first == '[') {
      array(depth);
    } else {
      const std::string_view text = cursor_.value();
      escaped(text) ? out_ += quote(unquote(text)) : out_ += text;
    }
  }

  static bool escaped(std::string_view text) { return text.find('\\') != text.npos; }

  std::string_view resolved(std::string_view name) {
    if (!escaped(name)) return name;
    return names_.emplace_back(unquote('"' + std::string(name) + '"'));
  }

  void object(int depth) {
    const std::size_t first = members_.size();
    out_ += '{';
    cursor_.enter_object();
    for (std::string_view raw; cursor_.member(raw);) {
      const std::string_view name = resolved(raw);
      if (cursor_.peek() == 'n' || (depth == 0 && std::ranges::count(without_, name))) {
        cursor_.value();
        continue;
      }
      const std::size_t begin = out_.size();
      escaped(raw) ? out_ += quote(name) : out_.append(1, '"').append(name).append(1, '"');
      out_ += ':';
      value(depth + 1);
      out_ += ',';
      members_.push_back({name, begin, out_.size()});
    }
    sort_members(first);
    close('}');
  }

  void array(int depth) {
    out_ += '[';
    cursor_.enter_array();
    while (cursor_.element()) {
      value(depth + 1);
      out_ += ',';
    }
    close(']');
  }

  void close(char bracket) {
    if (out_.back() == ',') {
      out_.back() = bracket;
    } else {
      out_ += bracket;
    }
  }

  // The members from `first` on are those of the object that closes, the last ones in out_.
  void sort_members(std::size_t first) {
    const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(first);
    if (!std::is_sorted(begin, members_.end())) {
      const std::size_t start = begin->begin;
      std::sort(begin, members_.end());
      sorted_.clear();
      for (auto member = begin; member != members_.end(); ++member) {
        sorted_.append(out_, member->begin, member->end - member->begin);
      }
      out_.replace(start, sorted_.size(), sorted_);
    }
    members_.resize(first);
  }

  Cursor cursor_;
  std::span<const std::string_view> without_;
  std::string out_;
  std::string sorted_;
  std::vector<Member> members_;    // of all objects that are open
  std::deque<std::string> names_;  // those that had escapes
};

}  // namespace

std::string canonical(std::string_view text, std::span<const std::string_view> without) {
  return Canonical(text, without).text();
}

}  // namespace json

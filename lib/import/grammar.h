// Which piece of JSON may come next, as far as brackets, commas and colons tell.  What words,
// numbers and strings say inside is not judged.
//
// Each call takes the next piece and says whether it may stand there; after a false one the answers
// mean nothing.  Nesting is a bit a level, not a stack.
#pragma once

#include <vector>

namespace import {

class Grammar {
 public:
  // Begins anew, before a value.
  void clear() {
    lists_.clear();
    next_ = Next::value;
  }

  bool open(char bracket) {
    if (next_ != Next::value && next_ != Next::value_or_end) return false;
    lists_.push_back(bracket == '[');
    next_ = lists_.back() ? Next::value_or_end : Next::name_or_end;
    return true;
  }

  bool close(char bracket) {
    if (lists_.empty() || lists_.back() != (bracket == ']')) return false;
    const Next empty = lists_.back() ? Next::value_or_end : Next::name_or_end;
    if (next_ != Next::comma_or_end && next_ != empty) return false;
    lists_.pop_back();
    next_ = Next::comma_or_end;
    return true;
  }

  bool string() {
    if (next_ != Next::name && next_ != Next::name_or_end) return word();
    next_ = Next::colon;
    return true;
  }

  // A number, true, or anything else without quotes.
  bool word() {
    if (next_ != Next::value && next_ != Next::value_or_end) return false;
    next_ = Next::comma_or_end;
    return true;
  }

  bool colon() {
    if (next_ != Next::colon) return false;
    next_ = Next::value;
    return true;
  }

  bool comma() {
    if (next_ != Next::comma_or_end || lists_.empty()) return false;
    next_ = lists_.back() ? Next::value : Next::name;
    return true;
  }

 private:
  enum class Next { name, name_or_end, colon, value, value_or_end, comma_or_end };

  std::vector<bool> lists_;  // the open brackets: a list or an object
  Next next_ = Next::value;
};

}  // namespace import

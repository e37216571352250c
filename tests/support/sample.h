// Random records, made and compared by their rows: no test names a member to cover it.
#pragma once

#include "json/type.h"

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace support {

// How a random record looks.
struct Look {
  double presence = 0.5;        // share of the members that are there, at every level
  std::size_t elements = 2;     // longest list; a list that is there has one element or more
  std::size_t text_pieces = 8;  // longest text
  bool wild = false;            // extreme numbers, and text with all that JSON has to escape
};

// Fills a fresh record.
void randomize(std::mt19937_64& random, const Look& look, json::Rows rows, void* record);

template <class Record>
Record random_record(std::mt19937_64& random, const Look& look) {
  Record record;
  randomize(random, look, Record::rows(), &record);
  return record;
}

// The same values everywhere?
bool same(const json::Type& type, const void* one, const void* other);

template <class Record>
bool same(const Record& one, const Record& other) {
  return same(json::type_of<Record>, &one, &other);
}

// The JSON of an element of an EventSet, of about `target_bytes`, without line breaks.  `nulls`:
// the members of all other events are there as null, as the service sends them, beyond the target.
std::string sample_event(std::mt19937_64& random, std::string_view event_type,
                         std::string_view handle, std::size_t target_bytes, bool nulls = false);

// What is in a file; throws when there is nothing.
std::string text_of(const std::string& path);

// The elements of EventSet of the reply in a file, each as its bytes.
std::vector<std::string> events_in(const std::string& path);

}  // namespace support

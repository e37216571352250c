// Where the queued events come from: files of PullEvents replies, and generated samples.
#pragma once

#include "vodsim/queue.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace vodsim {

// Takes the events one by one, in their order.
using Sink = std::function<void(EventText)>;

// Cuts one element of an EventSet at its handle, white space outside of strings removed, every
// other byte as it came.  Without `keep_handle`, an element that is an object but has no handle
// gets a place for one.  With it the element stays as it is, and without a handle in it cannot be
// confirmed.
EventText cut(std::string_view element, bool keep_handle);

// Every element of Response.EventSet in the files; of a folder all *.json in it, by name, without
// the folders below.  Throws std::runtime_error naming the file and what is wrong with it.
void read_files(const std::vector<std::string>& paths, bool keep_handles, const Sink& sink);

// `count` events over all event types in turn, each of about `bytes` bytes.
void generate(std::size_t count, std::uint64_t seed, std::size_t bytes, const Sink& sink);

}  // namespace vodsim

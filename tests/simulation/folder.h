// Folder: the names of the files, and which of them a power cut leaves.
//
// A new name, and the end of one, wait for a sync of the folder as bytes wait for that of their
// file.  A name has a history: what it leads to durably, then what it led to since; a power cut
// ends at any point of it.
#pragma once

#include "simulation/file.h"
#include "simulation/locks.h"
#include "simulation/random.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace simulation {

struct Node {
  File file;
  Locks locks;
  WalIndex index;
  std::uint64_t life = 0;  // in which the process had it open
};
using NodePtr = std::shared_ptr<Node>;

class Folder {
 public:
  // Null when there is no such file.
  [[nodiscard]] NodePtr find(const std::string& name) const;
  [[nodiscard]] NodePtr find_durable(const std::string& name) const;

  void add(const std::string& name, const NodePtr& node);
  void remove(const std::string& name);

  // All names become durable.
  void sync();

  // A file system makes the name of a new file durable when that file is synced.
  void sync_name_of(const Node& node);

  // At once and for good, without a history.
  void put(const std::string& name, const NodePtr& node);
  void erase(const std::string& name) { names_.erase(name); }

  // Which names are left is decided, not what is in their files.
  void cut_power(Random& random);

  // Replaces each node by what `heir` gives for it, once for each.
  void replace(const std::function<NodePtr(Node&)>& heir);

  void each(const std::function<void(const std::string&, const Node&)>& visit) const;

 private:
  using History = std::vector<NodePtr>;  // durable first, now last; null: no such file

  std::map<std::string, History> names_;
};

}  // namespace simulation

#include "simulation/folder.h"

namespace simulation {

NodePtr Folder::find(const std::string& name) const {
  const auto entry = names_.find(name);
  return entry == names_.end() ? nullptr : entry->second.back();
}

NodePtr Folder::find_durable(const std::string& name) const {
  const auto entry = names_.find(name);
  return entry == names_.end() ? nullptr : entry->second.front();
}

void Folder::add(const std::string& name, const NodePtr& node) {
  History& history = names_[name];
  if (history.empty()) history.push_back(nullptr);
  history.push_back(node);
}

void Folder::remove(const std::string& name) { names_.at(name).push_back(nullptr); }

void Folder::sync() {
  for (auto entry = names_.begin(); entry != names_.end();) {
    History& history = entry->second;
    history.erase(history.begin(), history.end() - 1);
    entry = history.back() ? std::next(entry) : names_.erase(entry);
  }
}

void Folder::sync_name_of(const Node& node) {
  for (auto& [name, history] : names_)
    if (history.size() > 1 && history.back().get() == &node)
      history.erase(history.begin(), history.end() - 1);
}

void Folder::put(const std::string& name, const NodePtr& node) { names_[name] = {node}; }

void Folder::cut_power(Random& random) {
  for (auto& [name, history] : names_)
    if (history.size() > 1) history.resize(1 + random.below(history.size()));
  sync();
}

void Folder::replace(const std::function<NodePtr(Node&)>& heir) {
  std::map<const Node*, NodePtr> heirs;
  for (auto& [name, history] : names_) {
    for (NodePtr& node : history) {
      if (!node) continue;
      NodePtr& next = heirs[node.get()];
      if (!next) next = heir(*node);
      node = next;
    }
  }
}

void Folder::each(const std::function<void(const std::string&, const Node&)>& visit) const {
  for (const auto& [name, history] : names_)
    if (history.back()) visit(name, *history.back());
}

}  // namespace simulation

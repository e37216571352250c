#include "simulation/events.h"

#include "vodsim/source.h"

#include <string>
#include <utility>

namespace simulation {
namespace {

constexpr std::size_t pool_size = 1024;

// Made once, since a good record takes longer to make than to pull, store and confirm.
const std::vector<vodsim::EventText>& pool() {
  static const std::vector<vodsim::EventText> made = [] {
    std::vector<vodsim::EventText> events;
    vodsim::generate(pool_size, 1, 700,
                     [&](vodsim::EventText text) { events.push_back(std::move(text)); });
    return events;
  }();
  return made;
}

// Adds a member at the end.
void append(vodsim::EventText& text, std::string_view member) {
  text.tail.pop_back();
  text.tail.append(",").append(member).append("}");
}

// {"EventHandle":"…","EventType":…} without its first member, or with an empty one.
void take_handle(vodsim::EventText& text, bool leave_it_empty) {
  text.head = leave_it_empty ? text.head + text.tail : '{' + text.tail.substr(2);
  text.tail.clear();
  text.has_handle = false;
}

Element odd(vodsim::EventText text, Random& random) {
  switch (random.below(7)) {
    case 0:
      append(text, "\"Note\":\"\xC3(\"");  // not UTF-8
      return {std::move(text), Kind::unreadable};
    case 1:
      append(text, "\"Ratio\":NaN");
      return {std::move(text), Kind::unreadable};
    case 2:
      append(text, "\"Size\":1e999");
      return {std::move(text), Kind::unreadable};
    case 3:
      take_handle(text, true);
      return {std::move(text), Kind::nameless};
    case 4:
      take_handle(text, false);
      return {std::move(text), Kind::nameless};
    case 5:
      append(text, "\"Padding\":\"" + std::string(20'000, 'x') + '"');
      return {std::move(text), Kind::proper};
    default:
      text.head = "{\"EventHandle\":\"";
      text.tail =
          "\",\"EventType\":\"BrandNew\",\"BrandNewEvent\":{\"Name\":\"" + text.name + "\"}}";
      return {std::move(text), Kind::proper};
  }
}

// Gives it the handle of the one before, which must be a proper one.
void share_handle(Element& element, std::vector<Element>& elements) {
  if (elements.empty() || !element.text.has_handle) return;
  Element& other = elements.back();
  if (!other.text.has_handle || other.text.name == element.text.name) return;
  if (other.text.own_handle.empty())
    other.text.own_handle = "shared-" + std::to_string(elements.size());
  element.text.own_handle = other.text.own_handle;
  if (other.kind == Kind::proper) other.kind = Kind::shared;
  if (element.kind == Kind::proper) element.kind = Kind::shared;
}

}  // namespace

void prepare_events() { pool(); }

std::vector<Element> draw_events(const Plan& plan, Random& random) {
  std::vector<Element> elements;
  std::size_t next = random.below(pool_size);
  while (elements.size() < plan.events) {
    Element element{pool()[next++ % pool_size]};
    if (random.chance(plan.odd_share)) element = odd(std::move(element.text), random);
    if (!elements.empty() && random.chance(plan.twin_share)) {
      element = elements[random.below(elements.size())];
      element.text.own_handle.clear();
      if (element.kind == Kind::shared) element.kind = Kind::proper;
    }
    if (random.chance(plan.shared_handles)) share_handle(element, elements);
    elements.push_back(std::move(element));
  }
  return elements;
}

}  // namespace simulation

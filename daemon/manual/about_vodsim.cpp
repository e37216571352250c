// vodsim's page: its description and the sections below its options are those of --help, whose
// layout by indentation is read back into paragraphs, lists and examples.
#include "daemon/manual/facts.h"
#include "daemon/manual/option_list.h"
#include "daemon/manual/roff.h"
#include "vodsim/options.h"

#include <CLI/CLI.hpp>
#include <sstream>
#include <vector>

namespace manual {
namespace {

std::string shown(bool footer) {
  std::string text;
  vodsim::with_command_line(
      [&](CLI::App& app) { text = footer ? app.get_footer() : app.get_description(); });
  return text;
}

bool is_heading(const std::string& line) {
  return !line.starts_with(' ') && line.find_first_of("abcdefghijklmnopqrstuvwxyz") == line.npos;
}

// `word   what it means`: one word, then two blanks or more.
bool splits(const std::string& text, std::string& word, std::string& meaning) {
  const std::size_t end = text.find(' ');
  if (end == text.npos || end == 0 || text.compare(end, 2, "  ") != 0) return false;
  if (text[end - 1] == '.') return false;  // two sentences
  word = text.substr(0, end);
  meaning = text.substr(text.find_first_not_of(' ', end));
  return true;
}

// A piece of text between two changes of layout.
struct Block {
  enum class Kind { heading, paragraph, item, example } kind;
  std::string tag, text;
  std::size_t indent = 0;
};

Block begin(const std::string& line, std::size_t indent) {
  const std::string text = line.substr(indent);
  std::string word, meaning;
  if (is_heading(line)) return {Block::Kind::heading, "", text};
  if (splits(text, word, meaning)) return {Block::Kind::item, word, meaning, indent};
  const bool typed = indent > 0 && text.starts_with("vodsim");
  return {typed ? Block::Kind::example : Block::Kind::paragraph, "", text, indent};
}

std::vector<Block> blocks_of(const std::string& text) {
  std::vector<Block> blocks;
  std::istringstream lines(text);
  bool open = false;  // the last block may go on
  for (std::string line; std::getline(lines, line);) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == line.npos) {
      open = false;
      continue;
    }
    Block next = begin(line, indent);
    const bool plain = next.kind == Block::Kind::paragraph;
    const bool beyond =
        open && blocks.back().kind == Block::Kind::item && indent <= blocks.back().indent;
    if (open && plain && !beyond)
      blocks.back().text += ' ' + next.text;
    else
      blocks.push_back(std::move(next));
    open = blocks.back().kind == Block::Kind::paragraph || blocks.back().kind == Block::Kind::item;
  }
  return blocks;
}

std::string render(const Block& block, bool first) {
  const std::string gap = first ? "" : ".PP\n";
  switch (block.kind) {
    case Block::Kind::heading:
      return ".SH " + block.text + '\n';
    case Block::Kind::item:
      return item(bold(block.tag), prose(block.text));
    case Block::Kind::example:
      return gap + ".EX\n" + literal(block.text) + "\n.EE\n";
    case Block::Kind::paragraph:
      break;
  }
  return gap + prose(block.text) + '\n';
}

std::string render(const std::vector<Block>& blocks) {
  std::string out;
  bool first = true;  // below a heading nothing is to be set off
  for (const Block& block : blocks) {
    out += render(block, first);
    first = block.kind == Block::Kind::heading;
  }
  return out;
}

}  // namespace

// Without its first line, which says what NAME says.
std::string vodsim_about() {
  const std::string text = shown(false);
  return render(blocks_of(text.substr(text.find('\n'))));
}

std::string vodsim_options() { return list(vodsim_command_line().program.options); }

std::string vodsim_sections() { return render(blocks_of(shown(true))); }

}  // namespace manual

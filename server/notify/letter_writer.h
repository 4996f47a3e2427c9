#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/letters.h"

// From a fact ("confirm this account") to words in the reader's language, as text and as HTML.
namespace luso::notify {

// A letter as it is written in notify/letters/<locale>.txt.
struct LetterTemplate {
  std::string subject;
  std::vector<std::string> paragraphs;
};

using LetterCatalogue = std::map<std::string, LetterTemplate, std::less<>>;  // By the name of its kind.

// Fails with the number of the line that is not understood.
[[nodiscard]] Result<LetterCatalogue> parse_catalogue(std::string_view text);

struct WrittenLetter {
  std::string kind;  // "confirm_account"
  std::string to;
  std::string subject;
  std::string text;
  std::string html;
};

class LetterWriter {
 public:
  // `public_url` is where links begin: "https://lusotown.example". Reads the catalogues the binary carries
  // and stops the process when one of them lacks a letter: that is a build nobody tested.
  explicit LetterWriter(std::string public_url);

  [[nodiscard]] WrittenLetter write(const identity::Letter& letter) const;

 private:
  [[nodiscard]] std::string link_of(const identity::Letter& letter) const;

  std::string public_url_;
  std::map<gen::Locale, LetterCatalogue> catalogues_;
};

[[nodiscard]] std::string_view name_of(identity::LetterKind kind);

}  // namespace luso::notify

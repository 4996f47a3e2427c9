#include "notify/letter_writer.h"

#include <array>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "notify/internal/letter_files.h"

namespace luso::notify {
namespace {

using gen::Locale;
using identity::Letter;
using identity::LetterKind;

constexpr std::array kKinds{
    LetterKind::confirm_account, LetterKind::already_registered, LetterKind::reset_password,
    LetterKind::no_account,      LetterKind::password_changed,   LetterKind::confirm_email,
    LetterKind::email_in_use,    LetterKind::email_changed,      LetterKind::two_factor_on,
    LetterKind::two_factor_off,  LetterKind::recovery_code_used, LetterKind::recovery_codes_renewed,
    LetterKind::account_closed,  LetterKind::account_reopened,   LetterKind::account_erased,
    LetterKind::team_invited,    LetterKind::team_joined};

constexpr std::string_view kLinkOpens = "{link: ";

// Pages of the web application.
constexpr std::string_view kConfirmPage = "/confirm?token=";
constexpr std::string_view kResetPage = "/reset?token=";
constexpr std::string_view kForgotPage = "/forgot";
constexpr std::string_view kRegisterPage = "/register";
constexpr std::string_view kTeamPage = "/studio/team";
constexpr std::string_view kConfirmEmailPage = "/confirm-email?token=";
constexpr std::string_view kUndoEmailPage = "/undo-email?token=";
constexpr std::string_view kSignInPage = "/sign-in";
constexpr std::string_view kSecurityPage = "/account/security";

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string out;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what)) {
    out.append(text.substr(0, at)).append(with);
    text.remove_prefix(at + what.size());
  }
  return out.append(text);
}

bool is_link(std::string_view paragraph) {
  return paragraph.starts_with(kLinkOpens) && paragraph.ends_with('}');
}

std::string_view words_of_link(std::string_view paragraph) {
  return paragraph.substr(kLinkOpens.size(), paragraph.size() - kLinkOpens.size() - 1);
}

constexpr std::string_view kReader = "{name}";
constexpr std::string_view kAbout = "{about}";

// The names a paragraph may call. In one pass: somebody called "{about}" stays so.
struct Names {
  std::string reader;
  std::string about;
};

std::string with_names(std::string_view paragraph, const Names& names) {
  std::string out;
  for (std::size_t at = paragraph.find('{'); at != std::string_view::npos; at = paragraph.find('{')) {
    out.append(paragraph.substr(0, at));
    paragraph.remove_prefix(at);
    const bool is_reader = paragraph.starts_with(kReader);
    const bool is_about = paragraph.starts_with(kAbout);
    out.append(is_reader ? names.reader : is_about ? names.about : "{");
    paragraph.remove_prefix(is_reader ? kReader.size() : is_about ? kAbout.size() : 1);
  }
  return out.append(paragraph);
}

std::string html_paragraph(std::string_view paragraph, const Names& names, std::string_view link) {
  if (!is_link(paragraph)) {
    const Names escaped{.reader = html_escape(names.reader), .about = html_escape(names.about)};
    return "<p>" + with_names(html_escape(paragraph), escaped) + "</p>\n";
  }
  return "<p style=\"margin:28px 0\"><a href=\"" + html_escape(link) +
         "\" style=\"display:inline-block;padding:12px "
         "22px;background:#14508c;color:#ffffff;border-radius:4px;"
         "text-decoration:none;font-weight:bold\">" +
         html_escape(words_of_link(paragraph)) +
         "</a></p>\n<p style=\"font-size:13px;color:#5c6472;word-break:break-all\">" + html_escape(link) +
         "</p>\n";
}

std::string text_paragraph(std::string_view paragraph, const Names& names, std::string_view link) {
  if (!is_link(paragraph)) return with_names(paragraph, names) + "\n\n";
  return std::string(words_of_link(paragraph)) + ":\n" + std::string(link) + "\n\n";
}

LetterCatalogue read_catalogue(std::string_view text) {
  Result<LetterCatalogue> catalogue = parse_catalogue(text);
  LUSO_CHECK(catalogue.has_value());
  for (const LetterKind kind : kKinds) LUSO_CHECK(catalogue->contains(name_of(kind)));
  return *std::move(catalogue);
}

}  // namespace

std::string_view name_of(LetterKind kind) {
  switch (kind) {
    case LetterKind::confirm_account: return "confirm_account";
    case LetterKind::already_registered: return "already_registered";
    case LetterKind::reset_password: return "reset_password";
    case LetterKind::no_account: return "no_account";
    case LetterKind::password_changed: return "password_changed";
    case LetterKind::team_invited: return "team_invited";
    case LetterKind::team_joined: return "team_joined";
    case LetterKind::confirm_email: return "confirm_email";
    case LetterKind::email_in_use: return "email_in_use";
    case LetterKind::email_changed: return "email_changed";
    case LetterKind::two_factor_on: return "two_factor_on";
    case LetterKind::two_factor_off: return "two_factor_off";
    case LetterKind::recovery_code_used: return "recovery_code_used";
    case LetterKind::recovery_codes_renewed: return "recovery_codes_renewed";
    case LetterKind::account_closed: return "account_closed";
    case LetterKind::account_reopened: return "account_reopened";
    case LetterKind::account_erased: return "account_erased";
  }
  return {};
}

Result<LetterCatalogue> parse_catalogue(std::string_view text) {
  LetterCatalogue catalogue;
  LetterTemplate* letter = nullptr;
  int number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with("== ")) {
      const auto [place, is_new] = catalogue.try_emplace(std::string(line.substr(3)));
      if (!is_new)
        return fail(gen::reasons::kApiInternal, "line " + std::to_string(number) + ": written twice");
      letter = &place->second;
    } else if (letter == nullptr) {
      return fail(gen::reasons::kApiInternal, "line " + std::to_string(number) + ": before the first letter");
    } else if (letter->subject.empty()) {
      letter->subject = line;
    } else {
      letter->paragraphs.emplace_back(line);
    }
  }
  return catalogue;
}

LetterWriter::LetterWriter(std::string public_url) : public_url_(std::move(public_url)) {
  while (public_url_.ends_with('/')) public_url_.pop_back();
  catalogues_.emplace(Locale::pt_pt, read_catalogue(internal::kLettersPtPt));
  catalogues_.emplace(Locale::pt_br, read_catalogue(internal::kLettersPtBr));
  catalogues_.emplace(Locale::en, read_catalogue(internal::kLettersEn));
}

WrittenLetter LetterWriter::write(const Letter& letter) const {
  const LetterTemplate& words = catalogues_.at(letter.locale).at(std::string(name_of(letter.kind)));
  const std::string link = link_of(letter);
  std::string text;
  std::string body;
  const Names names{.reader = letter.name, .about = letter.about};
  for (const std::string& paragraph : words.paragraphs) {
    text += text_paragraph(paragraph, names, link);
    body += html_paragraph(paragraph, names, link);
  }
  text += "LusoTown\n" + public_url_ + "\n";
  std::string html = replaced(internal::kFrameHtml, "{lang}", gen::to_text(letter.locale));
  html = replaced(html, "{subject}", html_escape(words.subject));
  html = replaced(html, "{body}", body);
  return {.kind = std::string(name_of(letter.kind)),
          .to = letter.to,
          .subject = words.subject,
          .text = std::move(text),
          .html = std::move(html)};
}

std::string LetterWriter::link_of(const Letter& letter) const {
  switch (letter.kind) {
    case LetterKind::confirm_account:
      return public_url_ + std::string(kConfirmPage) + percent_encode(letter.token);
    case LetterKind::already_registered:
    case LetterKind::reset_password:
      return public_url_ + std::string(kResetPage) + percent_encode(letter.token);
    case LetterKind::no_account: return public_url_ + std::string(kRegisterPage);
    case LetterKind::two_factor_on:
    case LetterKind::two_factor_off:
    case LetterKind::account_reopened:
    case LetterKind::password_changed: return public_url_ + std::string(kForgotPage);
    case LetterKind::team_invited:
    case LetterKind::team_joined: return public_url_ + std::string(kTeamPage);
    case LetterKind::confirm_email:
      return public_url_ + std::string(kConfirmEmailPage) + percent_encode(letter.token);
    case LetterKind::email_changed:
      return public_url_ + std::string(kUndoEmailPage) + percent_encode(letter.token);
    case LetterKind::email_in_use:
    case LetterKind::account_closed: return public_url_ + std::string(kSignInPage);
    case LetterKind::recovery_code_used:
    case LetterKind::recovery_codes_renewed: return public_url_ + std::string(kSecurityPage);
    case LetterKind::account_erased: return public_url_ + std::string(kRegisterPage);
  }
  return public_url_;
}

}  // namespace luso::notify

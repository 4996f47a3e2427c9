#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/text.h"
#include "io/mail_transport.h"

namespace luso::io {
namespace {

constexpr std::size_t kBase64Line = 76;      // RFC 2045, 6.8
constexpr std::size_t kEncodedWordRaw = 42;  // RFC 2047, 2: 75 characters with the frame, whole code points.
constexpr std::size_t kReadableLine = 900;   // RFC 5322, 2.1.1: at most 998 octets.

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

// A header's value never holds a line end: that would begin a header of somebody else's choosing.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(line, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }, ' ');
  return line;
}

// RFC 2047: =?UTF-8?B?…?=, folded between words.
std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t take = 0;
    for (;;) {
      const std::size_t next = first_code_points(text.substr(take), 1).size();
      if (next == 0 || take + next > kEncodedWordRaw) break;
      take += next;
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64_encode(as_bytes(text.substr(0, take))) + "?=";
    text.remove_prefix(take);
  }
  return out;
}

std::string header_text(std::string_view raw) {
  const std::string text = one_line(raw);
  return is_printable_ascii(text) ? text : encoded_words(text);
}

std::string mailbox_header(std::string_view mailbox) {
  const std::string_view address = mail_address(mailbox);
  const std::string_view name = trim(mailbox.substr(0, mailbox.find('<')));
  if (name.empty() || name == address) return one_line(address);
  if (!is_printable_ascii(name)) return encoded_words(one_line(name)) + " <" + one_line(address) + ">";
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return "\"" + quoted + "\" <" + one_line(address) + ">";
}

// CRLF line ends, and no line longer than the standard allows.
std::string crlf_lines(std::string_view text) {
  std::string out;
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (line.size() > kReadableLine) {
      std::size_t cut = line.rfind(' ', kReadableLine);
      if (cut == std::string_view::npos || cut == 0) cut = first_code_points(line, kReadableLine / 4).size();
      out += std::string(line.substr(0, cut)) + "\r\n";
      line.remove_prefix(cut);
    }
    out += std::string(line) + "\r\n";
  }
  return out;
}

std::string part(std::string_view type, std::string_view content, MailEncoding encoding) {
  std::string out = fmt::format("Content-Type: {}; charset=utf-8\r\n", type);
  if (encoding == MailEncoding::readable) {
    return out + "Content-Transfer-Encoding: 8bit\r\n\r\n" + crlf_lines(content);
  }
  out += "Content-Transfer-Encoding: base64\r\n\r\n";
  const std::string encoded = base64_encode(as_bytes(content));
  for (std::size_t at = 0; at < encoded.size(); at += kBase64Line)
    out += encoded.substr(at, kBase64Line) + "\r\n";
  return out;
}

}  // namespace

std::string_view mail_address(std::string_view mailbox) {
  const std::size_t open = mailbox.rfind('<');
  if (open == std::string_view::npos) return trim(mailbox);
  return trim(mailbox.substr(open + 1, mailbox.find('>', open) - open - 1));
}

std::string compose_mail(const Mail& mail, const MailEnvelope& envelope, MailEncoding encoding) {
  const std::string_view address = mail_address(envelope.from);
  const std::string_view domain = address.substr(std::min(address.rfind('@') + 1, address.size()));
  std::string out;
  out += fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\n",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(envelope.date)));
  out += "From: " + mailbox_header(envelope.from) + "\r\n";
  out += "To: " + one_line(mail.to) + "\r\n";
  out += "Subject: " + header_text(mail.subject) + "\r\n";
  out += fmt::format("Message-ID: <{}@{}>\r\n", envelope.unique_id, domain.empty() ? "localhost" : domain);
  out += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
  if (mail.html.empty()) return out + part("text/plain", mail.text, encoding);
  const std::string boundary = "=_" + envelope.unique_id;  // "=_" occurs in no encoded body.
  out += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary);
  out += "--" + boundary + "\r\n" + part("text/plain", mail.text, encoding);
  out += "--" + boundary + "\r\n" + part("text/html", mail.html, encoding);
  return out + "--" + boundary + "--\r\n";
}

}  // namespace luso::io

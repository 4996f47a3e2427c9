#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/config.h"
#include "base/random.h"
#include "io/task.h"

namespace luso::io {

class Reactors;

// One letter to one reader.
struct Mail {
  std::string to;       // An address: "ana@example.pt"
  std::string subject;  // Any language; one line.
  std::string text;
  std::string html;  // Empty: text alone.
};

enum class MailEncoding : std::uint8_t {
  readable,  // 8bit: for files that people open.
  portable   // base64: passes every mail server.
};

// What a letter needs beyond what it says.
struct MailEnvelope {
  std::string from;  // "LusoTown <nao-responder@lusotown.example>"
  WallTime date;
  std::string unique_id;  // For Message-ID and the boundary: letters and digits.
};

// RFC 5322 and MIME: headers, and text with HTML as its alternative. Line ends are CRLF.
[[nodiscard]] std::string compose_mail(const Mail& mail, const MailEnvelope& envelope, MailEncoding encoding);
// "nao-responder@lusotown.example" of "LusoTown <nao-responder@lusotown.example>".
[[nodiscard]] std::string_view mail_address(std::string_view mailbox);

// Takes letters away. Trying again is the caller's business: `unavailable` may work later, `invalid` never
// will.
class MailTransport {
 public:
  virtual ~MailTransport() = default;
  virtual Task<Result<void>> send(Mail mail) = 0;
};

// For development: each letter becomes an .eml file, and the log shows where it lies and the first link in
// it.
class FileTransport final : public MailTransport {
 public:
  struct Settings {
    std::string folder;
    std::string from;
  };

  FileTransport(Reactors& reactors, Clock& clock, Random& random, Settings settings);
  Task<Result<void>> send(Mail mail) override;

 private:
  Reactors& reactors_;
  Clock& clock_;
  Random& random_;
  Settings settings_;
};

// A mail server, spoken to on the blocking pool. smtps:// is TLS from the start; smtp:// turns to TLS when
// the server offers it, and insists on it when there is a password to protect, unless the server is this
// machine.
class SmtpTransport final : public MailTransport {
 public:
  struct Settings {
    std::string url;  // smtp[s]://[user:password@]host[:port]
    std::string from;
    std::chrono::seconds timeout{30};  // For one letter, connecting included.
  };

  SmtpTransport(Reactors& reactors, Clock& clock, Random& random, Settings settings);
  Task<Result<void>> send(Mail mail) override;

 private:
  Reactors& reactors_;
  Clock& clock_;
  Random& random_;
  Settings settings_;
};

// The one the configuration asks for: mail_mode, smtp_url, mail_from, data_dir.
[[nodiscard]] std::unique_ptr<MailTransport> make_mail_transport(const Config& config, Reactors& reactors,
                                                                 Clock& clock, Random& random);

}  // namespace luso::io

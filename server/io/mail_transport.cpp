#include "io/mail_transport.h"

#include <cstring>
#include <curl/curl.h>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "io/reactor.h"

namespace luso::io {
namespace {

constexpr std::size_t kUniqueIdBytes = 12;
constexpr int kPermanentFailureMin = 500;  // RFC 5321, 4.2.1: 5yz will not work later either.

MailEnvelope envelope_from(const std::string& from, Clock& clock, Random& random) {
  return {.from = from, .date = clock.now(), .unique_id = random.hex(kUniqueIdBytes)};
}

// An address goes into the protocol as it is: a line end would speak for us.
Result<void> check_address(const std::string& address) {
  if (address.find_first_of("\r\n<> ") == std::string::npos && address.find('@') != std::string::npos)
    return {};
  return fail(ErrorKind::invalid, "mail.refused", "not an address");
}

std::string first_link(std::string_view text) {
  const std::size_t start = std::min(text.find("https://"), text.find("http://"));
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start);
  return std::string(text.substr(0, text.find_first_of(" \t\r\n<>\"")));
}

// Never half a letter: written under another name first.
Result<void> write_letter(const std::filesystem::path& path, const std::string& content) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::string partial = path.string() + ".part";
  const int file = open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool good = file >= 0;
  std::string_view rest = content;
  while (good && !rest.empty()) {
    const ssize_t written = write(file, rest.data(), rest.size());
    good = written > 0;
    if (good) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file >= 0 && close(file) != 0) good = false;
  if (good && std::rename(partial.c_str(), path.c_str()) == 0) return {};
  return fail(ErrorKind::unavailable, "mail.unavailable", path.string() + ": " + std::strerror(errno));
}

struct Upload {
  std::string_view rest;
};

std::size_t give_more(char* buffer, std::size_t size, std::size_t count, void* context) {
  std::string_view& rest = static_cast<Upload*>(context)->rest;
  const std::size_t taken = std::min(size * count, rest.size());
  std::memcpy(buffer, rest.data(), taken);
  rest.remove_prefix(taken);
  return taken;
}

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

long tls_demand(const std::string& url) {
  std::string_view authority = std::string_view(url).substr(url.find("://") + 3);
  authority = authority.substr(0, authority.find('/'));
  const std::size_t at = authority.rfind('@');
  const bool has_password = at != std::string_view::npos;
  std::string_view host = has_password ? authority.substr(at + 1) : authority;
  if (host.rfind(':') > host.rfind(']') || host.find(']') == std::string_view::npos)
    host = host.substr(0, host.rfind(':'));
  return has_password && !is_this_machine(host) ? CURLUSESSL_ALL : CURLUSESSL_TRY;
}

Result<void> outcome_of(CURL* curl, CURLcode code, const char* message) {
  if (code == CURLE_OK) return {};
  long reply = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
  const std::string detail =
      fmt::format("{} (reply {})", *message == '\0' ? curl_easy_strerror(code) : message, reply);
  // Only an answer about this letter is final; a wrong password, a refused sender or a lost connection is
  // about us.
  const bool about_letter =
      (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_WEIRD_SERVER_REPLY) &&
      !std::string_view(message).starts_with("MAIL failed");
  if (about_letter && reply >= kPermanentFailureMin) return fail(ErrorKind::invalid, "mail.refused", detail);
  return fail(ErrorKind::unavailable, "mail.unavailable", detail);
}

Result<void> send_by_smtp(const SmtpTransport::Settings& settings, const std::string& to,
                          const std::string& letter) {
  static std::once_flag initialised;
  std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  const std::string from = "<" + std::string(mail_address(settings.from)) + ">";
  const std::string recipient = "<" + to + ">";
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> recipients(
      curl_slist_append(nullptr, recipient.c_str()), curl_slist_free_all);
  std::array<char, CURL_ERROR_SIZE> message{};
  Upload upload{.rest = letter};
  curl_easy_setopt(curl.get(), CURLOPT_URL, settings.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl.get(), CURLOPT_USE_SSL, tls_demand(settings.url));
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, give_more);
  curl_easy_setopt(curl.get(), CURLOPT_READDATA, &upload);
  curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, static_cast<long>(settings.timeout.count()));
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);  // Other threads have their own business.
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, message.data());
  const CURLcode code = curl_easy_perform(curl.get());
  return outcome_of(curl.get(), code, message.data());
}

}  // namespace

FileTransport::FileTransport(Reactors& reactors, Clock& clock, Random& random, Settings settings)
    : reactors_(reactors), clock_(clock), random_(random), settings_(std::move(settings)) {}

Task<Result<void>> FileTransport::send(Mail mail) {
  CO_TRY_VOID(check_address(mail.to));
  const MailEnvelope envelope = envelope_from(settings_.from, clock_, random_);
  const std::string stamp =
      fmt::format("{:%Y%m%dT%H%M%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(envelope.date)));
  const std::filesystem::path path =
      std::filesystem::path(settings_.folder) / (stamp + "-" + envelope.unique_id + ".eml");
  const std::string letter = compose_mail(mail, envelope, MailEncoding::readable);
  auto write_it = [&] { return write_letter(path, letter); };
  CO_TRY(const Result<void> written, co_await reactors_.run_blocking(write_it));
  CO_TRY_VOID(written);
  log::info(
      "mail.written",
      {{"path", path.string()}, {"to", mail.to}, {"subject", mail.subject}, {"link", first_link(mail.text)}});
  co_return Result<void>{};
}

SmtpTransport::SmtpTransport(Reactors& reactors, Clock& clock, Random& random, Settings settings)
    : reactors_(reactors), clock_(clock), random_(random), settings_(std::move(settings)) {}

Task<Result<void>> SmtpTransport::send(Mail mail) {
  CO_TRY_VOID(check_address(mail.to));
  const std::string letter =
      compose_mail(mail, envelope_from(settings_.from, clock_, random_), MailEncoding::portable);
  auto send_it = [&] { return send_by_smtp(settings_, mail.to, letter); };
  CO_TRY(const Result<void> sent, co_await reactors_.run_blocking(send_it));
  CO_TRY_VOID(sent);
  log::info("mail.sent", {{"bytes", letter.size()}});
  co_return Result<void>{};
}

std::unique_ptr<MailTransport> make_mail_transport(const Config& config, Reactors& reactors, Clock& clock,
                                                   Random& random) {
  if (config.mail_mode == MailMode::smtp) {
    return std::make_unique<SmtpTransport>(
        reactors, clock, random,
        SmtpTransport::Settings{
            .url = config.smtp_url, .from = config.mail_from, .timeout = std::chrono::seconds(30)});
  }
  return std::make_unique<FileTransport>(
      reactors, clock, random,
      FileTransport::Settings{.folder = config.data_dir + "/mail", .from = config.mail_from});
}

}  // namespace luso::io

#include "io/tls.h"

#include <filesystem>
#include <memory>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "io/internal/test_http.h"
#include "io/tcp.h"

namespace luso::io {
namespace {
namespace fs = std::filesystem;
using testing::RawClient;
using testing::TestServer;

// Writes a key and a self-signed certificate for `name`.
void make_certificate(const fs::path& certificate_file, const fs::path& key_file, const std::string& name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const auto write = [](const fs::path& path, auto&& print) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    print(file);
    std::fclose(file);
  };
  write(certificate_file, [&](std::FILE* file) { PEM_write_X509(file, certificate.get()); });
  write(key_file, [&](std::FILE* file) {
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

// A blocking TLS client.
class SecureClient {
 public:
  explicit SecureClient(std::uint16_t port)
      : tcp_(port),
        context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        tls_(SSL_new(context_.get()), SSL_free) {
    constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
    SSL_set_alpn_protos(tls_.get(), kProtocols, sizeof kProtocols - 1);
    SSL_set_fd(tls_.get(), tcp_.descriptor());
    connected_ = SSL_connect(tls_.get()) == 1;
  }

  [[nodiscard]] bool connected() const { return connected_; }

  [[nodiscard]] std::string server_name() const {
    const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(tls_.get()), X509_free);
    std::array<char, 64> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name.data(), name.size());
    return name.data();
  }

  [[nodiscard]] std::string protocol() const {
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(tls_.get(), &chosen, &size);
    return {reinterpret_cast<const char*>(chosen), size};
  }

  // All that comes until the server hangs up.
  [[nodiscard]] std::string ask(std::string_view text) {
    SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()));
    std::string all, block(65536, '\0');
    for (int size = 0; (size = SSL_read(tls_.get(), block.data(), 65536)) > 0;)
      all.append(block, 0, static_cast<std::size_t>(size));
    return all;
  }

 private:
  RawClient tcp_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_;
  bool connected_ = false;
};

class Tls : public ::testing::Test {
 protected:
  Tls() : folder_(fs::temp_directory_path() / ("luso_tls_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    make_certificate(certificate_, key_, "first.test");
    context_ =
        TlsContext::load({.certificate_file = certificate_.string(), .key_file = key_.string()}).value();
  }

  ~Tls() override { fs::remove_all(folder_); }

  [[nodiscard]] HttpServer::Settings settings() const {
    HttpServer::Settings made;
    made.tls = context_.get();
    return made;
  }

  fs::path folder_;
  fs::path certificate_ = folder_ / "certificate.pem";
  fs::path key_ = folder_ / "key.pem";
  std::unique_ptr<TlsContext> context_;
};

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

TEST_F(Tls, ServesRequestsAndKnowsTheyAreSecure) {
  TestServer server(
      [](HttpRequest& request) -> Task<HttpResponse> {
        co_return HttpResponse::text(200, "text/plain", request.secure ? "secure" : "plain");
      },
      settings());
  SecureClient client(server.port());

  EXPECT_TRUE(client.connected());
  EXPECT_EQ(client.server_name(), "first.test");
  EXPECT_EQ(client.protocol(), "http/1.1");
  EXPECT_TRUE(client.ask(kGet).ends_with("\r\n\r\nsecure"));
}

TEST_F(Tls, SendsLongBodiesWhole) {
  const auto piece = share(Bytes(1'000'001, 'x'));
  const fs::path file = folder_ / "file";
  std::FILE* out = std::fopen(file.c_str(), "w");
  std::fwrite(piece->data(), 1, piece->size(), out);
  std::fclose(out);
  TestServer server(
      [&](HttpRequest& request) -> Task<HttpResponse> {
        if (request.path == "/") co_return HttpResponse::shared("a/b", {piece, piece, piece});
        co_return HttpResponse{.status = 200,
                               .headers = {},
                               .body = FileBody{.path = file.string(), .offset = 1, .length = std::nullopt}};
      },
      settings());

  const std::string shared = SecureClient(server.port()).ask(kGet);
  const std::string from_file =
      SecureClient(server.port()).ask("GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(shared.size() - shared.find("\r\n\r\n") - 4, 3'000'003U);
  EXPECT_EQ(from_file.size() - from_file.find("\r\n\r\n") - 4, 1'000'000U);
}

TEST_F(Tls, AReloadedCertificateIsForNewConnections) {
  TestServer server(
      [](HttpRequest&) -> Task<HttpResponse> { co_return HttpResponse::text(200, "text/plain", "x"); },
      settings());
  SecureClient before(server.port());

  make_certificate(certificate_, key_, "second.test");
  ASSERT_TRUE(context_->reload());

  EXPECT_EQ(SecureClient(server.port()).server_name(), "second.test");
  EXPECT_TRUE(before.ask(kGet).ends_with("x"));
}

TEST_F(Tls, AFailedReloadKeepsTheOldCertificate) {
  TestServer server(
      [](HttpRequest&) -> Task<HttpResponse> { co_return HttpResponse::text(200, "text/plain", "x"); },
      settings());
  const fs::path other_key = folder_ / "other.pem";
  make_certificate(folder_ / "other_certificate.pem", other_key, "other.test");
  fs::copy_file(other_key, key_, fs::copy_options::overwrite_existing);

  const Result<void> outcome = context_->reload();

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, "io.bad_certificate");
  EXPECT_EQ(SecureClient(server.port()).server_name(), "first.test");
}

TEST_F(Tls, PlainTextIsNotAnswered) {
  TestServer server(
      [](HttpRequest&) -> Task<HttpResponse> { co_return HttpResponse::text(200, "text/plain", "x"); },
      settings());

  EXPECT_NE(RawClient(server.port()).ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

}  // namespace
}  // namespace luso::io

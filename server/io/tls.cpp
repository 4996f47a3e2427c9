#include "io/tls.h"

#include <string_view>

#include <boost/system/error_code.hpp>
#include <openssl/ssl.h>

namespace luso::io {
namespace ssl = boost::asio::ssl;

namespace {

// RFC 7301. A client that offers only what we do not speak goes on without a protocol, as if it had offered
// none.
int choose_http(SSL* /*connection*/, const unsigned char** chosen, unsigned char* chosen_size,
                const unsigned char* offered, unsigned offered_size, void* /*context*/) {
  constexpr std::string_view kOurs = "\x08http/1.1";
  auto* found = const_cast<unsigned char*>(offered);
  const int outcome =
      SSL_select_next_proto(&found, chosen_size, reinterpret_cast<const unsigned char*>(kOurs.data()),
                            static_cast<unsigned>(kOurs.size()), offered, offered_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

Result<std::shared_ptr<ssl::context>> make_context(const std::string& certificate_file,
                                                   const std::string& key_file, bool http) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate_file, error);
  if (error) return fail(ErrorKind::invalid, "io.bad_certificate", certificate_file + ": " + error.message());
  context->use_private_key_file(key_file, ssl::context::pem, error);
  if (error || SSL_CTX_check_private_key(native) != 1) {
    return fail(ErrorKind::invalid, "io.bad_certificate", key_file + ": not the certificate's key");
  }
  if (http) SSL_CTX_set_alpn_select_cb(native, choose_http, nullptr);
  return context;
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::load(Settings settings) {
  std::unique_ptr<TlsContext> made(new TlsContext(std::move(settings)));
  TRY_VOID(made->reload());
  return made;
}

Result<void> TlsContext::reload() {
  TRY(auto fresh, make_context(settings_.certificate_file, settings_.key_file, settings_.http));
  const std::scoped_lock lock(mutex_);
  current_ = std::move(fresh);
  return {};
}

std::shared_ptr<ssl::context> TlsContext::current() const {
  const std::scoped_lock lock(mutex_);
  return current_;
}

}  // namespace luso::io

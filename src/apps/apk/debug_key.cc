#include "apps/apk/debug_key.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>

#include "host/file.h"
#include "host/process.h"
#include "host/text.h"

namespace paw {

namespace fs = std::filesystem;

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;

// What a certificate of our own says: nothing of who or where, and no day of today.
constexpr const char *kSubject = "Pawprint Debug", *kFrom = "20200101000000Z", *kUntil = "21200101000000Z";

Certificate self_signed(EVP_PKEY* key) {
  Certificate out(X509_new());
  if (out == nullptr) return nullptr;
  X509_NAME* name = X509_get_subject_name(out.get());
  const bool made = X509_set_version(out.get(), X509_VERSION_3) == 1 &&
                    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), 1) == 1 &&
                    ASN1_TIME_set_string(X509_getm_notBefore(out.get()), kFrom) == 1 &&
                    ASN1_TIME_set_string(X509_getm_notAfter(out.get()), kUntil) == 1 &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                               reinterpret_cast<const unsigned char*>(kSubject), -1, -1, 0) == 1 &&
                    X509_set_issuer_name(out.get(), name) == 1 && X509_set_pubkey(out.get(), key) == 1 &&
                    X509_sign(out.get(), key, EVP_sha256()) > 0;
  return made ? std::move(out) : nullptr;
}

std::span<const std::byte> content(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return std::as_bytes(std::span(data, size < 0 ? 0 : static_cast<std::size_t>(size)));
}

// Key and certificate as files hold them; false when OpenSSL cannot.
bool make(BIO* key_out, BIO* certificate_out) {
  const Key key(EVP_RSA_gen(2048));
  if (key == nullptr) return false;
  const Certificate certificate = self_signed(key.get());
  return certificate != nullptr && i2d_PKCS8PrivateKeyInfo_bio(key_out, key.get()) == 1 &&
         PEM_write_bio_X509(certificate_out, certificate.get()) == 1;
}

// Making a key takes a second at most.
Result<FolderLock> take_patiently(const fs::path& folder) {
  for (int tries = 0;; ++tries) {
    Result<FolderLock> lock = FolderLock::take(folder);
    if (lock || tries == 100) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace

fs::path debug_key_folder() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && fs::path(data).is_absolute()) return fs::path(data) / "pawprint";
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "/" : home) / ".local/share/pawprint";
}

Result<SigningKey> debug_key(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(ErrorCode::kIo, printable(folder.string()), error.message());
  SigningKey out{folder / "android_debug.pk8", folder / "android_debug.pem"};
  // The certificate is written last: where it is, so is its key.
  const auto there = [&] { return fs::exists(out.certificate, error) && fs::exists(out.key, error); };
  if (there()) return out;
  PAW_ASSIGN_OR_RETURN(const FolderLock lock, take_patiently(folder));
  if (there()) return out;  // made by another call, while this one waited
  const Memory key(BIO_new(BIO_s_mem())), certificate(BIO_new(BIO_s_mem()));
  if (key == nullptr || certificate == nullptr || !make(key.get(), certificate.get())) {
    return fail(ErrorCode::kIo, printable(folder.string()), "no key could be made");
  }
  PAW_RETURN_IF_ERROR(write_file(out.key, content(key.get())));
  fs::permissions(out.key, fs::perms::owner_read | fs::perms::owner_write, error);
  if (error) return fail(ErrorCode::kIo, printable(out.key.string()), error.message());
  PAW_RETURN_IF_ERROR(write_file(out.certificate, content(certificate.get())));
  return out;
}

}  // namespace paw

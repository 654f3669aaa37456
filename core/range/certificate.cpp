#include "range/certificate.h"

#include "range/freed.h"

#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace sluice::range {
namespace {

using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free>>;

bool add_extension(X509* to, X509* issuer, int what, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, what, value));
    return extension && X509_add_ext(to, extension.get(), -1) == 1;
}

/// `issuer` null: signs itself.
Certificate issue(const char* name, EVP_PKEY* own, X509* issuer, EVP_PKEY* signer) {
    Certificate made(X509_new());
    std::uint64_t serial = 0;
    if (!made || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) {
        return {};
    }
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), serial >> 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 86400);
    X509_set_pubkey(made.get(), own);
    X509_NAME* subject = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(made.get(), issuer ? X509_get_subject_name(issuer) : subject);
    X509* above = issuer ? issuer : made.get();
    const bool extended = issuer
                              ? add_extension(made.get(), above, NID_basic_constraints, "critical,CA:FALSE") &&
                                    add_extension(made.get(), above, NID_ext_key_usage, "serverAuth") &&
                                    add_extension(made.get(), above, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost")
                              : add_extension(made.get(), above, NID_basic_constraints, "critical,CA:TRUE") &&
                                    add_extension(made.get(), above, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                                    add_extension(made.get(), above, NID_subject_key_identifier, "hash");
    return extended && X509_sign(made.get(), signer, EVP_sha256()) > 0 ? std::move(made) : Certificate();
}

std::string text(BIO* memory) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
    Memory memory(BIO_new(BIO_s_mem()));
    return PEM_write_bio_X509(memory.get(), certificate) == 1 ? text(memory.get()) : std::string();
}

} // namespace

Result<Identity> make_identity() {
    const PrivateKey authority_key(EVP_EC_gen("P-256"));
    const PrivateKey server_key(EVP_EC_gen("P-256"));
    const Certificate authority = issue("Sluice range authority", authority_key.get(), nullptr, authority_key.get());
    const Certificate server =
        authority ? issue("127.0.0.1", server_key.get(), authority.get(), authority_key.get()) : Certificate();
    Memory key(BIO_new(BIO_s_mem()));
    if (!server ||
        PEM_write_bio_PrivateKey_traditional(key.get(), server_key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        return fail(ErrorCode::internal, "OpenSSL could not make the range's certificate");
    }
    return Identity{pem(authority.get()), pem(server.get()), text(key.get())};
}

} // namespace sluice::range

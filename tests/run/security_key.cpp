/// A security key in software: what ssh-keygen loads where a FIDO key would be asked (OpenSSH's PROTOCOL.u2f and
/// sk-api.h, version 10). It never asks for a touch and says that somebody was there, as a key does after one. Its key
/// handle is the private key itself: for tests only.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <openssl/evp.h>
#include <openssl/sha.h>

// The names and the order of the members are those of sk-api.h.
struct sk_enroll_response {
    uint8_t flags;
    uint8_t* public_key;
    size_t public_key_len;
    uint8_t* key_handle;
    size_t key_handle_len;
    uint8_t* signature;
    size_t signature_len;
    uint8_t* attestation_cert;
    size_t attestation_cert_len;
    uint8_t* authdata;
    size_t authdata_len;
};
struct sk_sign_response {
    uint8_t flags;
    uint32_t counter;
    uint8_t* sig_r;
    size_t sig_r_len;
    uint8_t* sig_s;
    size_t sig_s_len;
};
struct sk_resident_key;
struct sk_option;

namespace {

constexpr int unsupported = -2, general = -1;
constexpr uint32_t ed25519 = 1;
constexpr size_t size = 32;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

/// Memory that ssh-sk-helper frees.
uint8_t* kept(size_t bytes) {
    return static_cast<uint8_t*>(std::calloc(1, bytes));
}

} // namespace

extern "C" {

uint32_t sk_api_version() {
    return 0x000a0000;
}

int sk_enroll(uint32_t alg, const uint8_t*, size_t, const char*, uint8_t flags, const char*, sk_option**,
              sk_enroll_response** response) {
    if (alg != ed25519) {
        return unsupported;
    }
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free);
    auto* made = static_cast<sk_enroll_response*>(std::calloc(1, sizeof(sk_enroll_response)));
    made->flags = flags;
    made->public_key_len = made->key_handle_len = size;
    made->public_key = kept(size);
    made->key_handle = kept(size);
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), made->public_key, &made->public_key_len) != 1 ||
        EVP_PKEY_get_raw_private_key(key.get(), made->key_handle, &made->key_handle_len) != 1) {
        return general;
    }
    *response = made;
    return 0;
}

/// Signs SHA-256 of the application, the flags, the counter and SHA-256 of the message.
int sk_sign(uint32_t alg, const uint8_t* data, size_t data_len, const char* application, const uint8_t* key_handle,
            size_t key_handle_len, uint8_t flags, const char*, sk_option**, sk_sign_response** response) {
    if (alg != ed25519 || key_handle_len != size) {
        return unsupported;
    }
    const Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, key_handle, key_handle_len), EVP_PKEY_free);
    uint8_t text[SHA256_DIGEST_LENGTH + 5 + SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const uint8_t*>(application), std::strlen(application), text);
    text[SHA256_DIGEST_LENGTH] = flags;
    const uint8_t counter[4] = {0, 0, 0, 7}; // big-endian
    std::memcpy(text + SHA256_DIGEST_LENGTH + 1, counter, sizeof counter);
    SHA256(data, data_len, text + SHA256_DIGEST_LENGTH + 5);
    auto* made = static_cast<sk_sign_response*>(std::calloc(1, sizeof(sk_sign_response)));
    made->flags = flags;
    made->counter = 7;
    made->sig_r_len = 2 * size;
    made->sig_r = kept(made->sig_r_len);
    const Digest digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (!key || EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(digest.get(), made->sig_r, &made->sig_r_len, text, sizeof text) != 1) {
        return general;
    }
    *response = made;
    return 0;
}

int sk_load_resident_keys(const char*, sk_option**, sk_resident_key***, size_t* count) {
    *count = 0;
    return unsupported;
}

} // extern "C"

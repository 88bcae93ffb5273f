#include "oci/digest.h"

#include "oci/excerpt.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define PREFIX      "sha256:"
#define PREFIX_SIZE (sizeof(PREFIX) - 1)
#define HASH_SIZE   ((size_t)32)
#define HEX_SIZE    (2 * HASH_SIZE)
#define DIGITS      "0123456789abcdef"

_Static_assert(PREFIX_SIZE + HEX_SIZE < sizeof((struct digest){0}.text), "a digest fits");

/* Is this "<algorithm>:<something>", with an algorithm as the specification writes it? */
static bool names_algorithm(const char *text)
{
	size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+._-");
	return size > 0 && text[size] == ':' && text[size + 1] != '\0';
}

static int check_encoded(const char *encoded, struct error *err)
{
	size_t size = strnlen(encoded, HEX_SIZE + 1);
	size_t valid = strspn(encoded, DIGITS);
	if (valid < size && strchr("ABCDEF", encoded[valid]) != NULL)
		return error_set(err, ERROR_INVALID, "the digits must be lower case");
	if (valid < size)
		return error_set(err, ERROR_INVALID,
				 "only digits and a to f may follow \"sha256:\"");
	if (size != HEX_SIZE)
		return error_set(err, ERROR_INVALID, "%s than 64 digits follow \"sha256:\"",
				 size < HEX_SIZE ? "fewer" : "more");
	return 0;
}

static int check_text(const char *text, struct error *err)
{
	if (text[0] == '\0')
		return error_set(err, ERROR_INVALID, "it is empty");
	if (strncmp(text, PREFIX, PREFIX_SIZE) == 0)
		return check_encoded(text + PREFIX_SIZE, err);
	if (names_algorithm(text))
		return error_set(err, ERROR_UNSUPPORTED, "only sha256 digests are supported");
	return error_set(err, ERROR_INVALID, "expected \"sha256:\" and 64 hexadecimal digits");
}

int digest_parse(const char *text, struct digest *ret_digest, struct error *err)
{
	if (check_text(text, err) < 0)
		return error_prefix(err, "digest \"%s\"", excerpt(text));
	*ret_digest = (struct digest){0};
	memcpy(ret_digest->text, text, PREFIX_SIZE + HEX_SIZE);
	return 0;
}

static struct digest of_hash(const unsigned char *hash)
{
	struct digest digest = {.text = PREFIX};
	char *out = digest.text + PREFIX_SIZE;
	for (size_t i = 0; i < HASH_SIZE; i++) {
		*out++ = DIGITS[hash[i] >> 4];
		*out++ = DIGITS[hash[i] & 0xf];
	}
	return digest;
}

/* OpenSSL's SHA-256 fails only where memory or the library's installation does. */
static void require(int succeeded)
{
	if (succeeded)
		return;
	fputs("ecr-mirror-sync: OpenSSL cannot compute SHA-256\n", stderr);
	abort();
}

struct digest digest_of(const void *data, size_t size)
{
	unsigned char hash[EVP_MAX_MD_SIZE] = {0};
	require(EVP_Digest(size > 0 ? data : "", size, hash, NULL, EVP_sha256(), NULL));
	return of_hash(hash);
}

bool digest_equal(const struct digest *left, const struct digest *right)
{
	return digest_is_set(left) && strcmp(left->text, right->text) == 0;
}

bool digest_is_set(const struct digest *digest)
{
	return digest->text[0] != '\0';
}

struct digest_stream {
	EVP_MD_CTX *context;
};

struct digest_stream *digest_stream_new(void)
{
	struct digest_stream *stream = memory_allocate(sizeof(*stream));
	stream->context = EVP_MD_CTX_new();
	require(stream->context != NULL);
	require(EVP_DigestInit_ex(stream->context, EVP_sha256(), NULL));
	return stream;
}

void digest_stream_free(struct digest_stream *stream)
{
	if (stream == NULL)
		return;
	EVP_MD_CTX_free(stream->context);
	free(stream);
}

void digest_stream_update(struct digest_stream *stream, const void *data, size_t size)
{
	require(EVP_DigestUpdate(stream->context, data, size));
}

struct digest digest_stream_finish(struct digest_stream *stream)
{
	unsigned char hash[EVP_MAX_MD_SIZE] = {0};
	require(EVP_DigestFinal_ex(stream->context, hash, NULL));
	return of_hash(hash);
}

/*
 * Content digests: "sha256:" and 64 lower-case hexadecimal digits.
 * OCI image specification, descriptor.md, "Digests". ECR knows no other algorithm, so neither do
 * we. No I/O; any thread.
 */
#ifndef OCI_DIGEST_H
#define OCI_DIGEST_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct digest {
	char text[72]; /* "sha256:…", NUL-terminated; "" stands for no digest */
};

/* Reads a digest. ERROR_INVALID for what is none, ERROR_UNSUPPORTED for another algorithm. */
int digest_parse(const char *text, struct digest *ret_digest, struct error *err);

/* The digest of `size` bytes. */
struct digest digest_of(const void *data, size_t size);

/* Are both set, and the same? An unset digest equals none, not even another unset one. */
bool digest_equal(const struct digest *left, const struct digest *right);
bool digest_is_set(const struct digest *digest);

/* Hashing what streams by. Owned by the caller; one thread at a time. */
struct digest_stream;

struct digest_stream *digest_stream_new(void) __attribute__((returns_nonnull));
void digest_stream_free(struct digest_stream *stream); /* NULL is fine */
void digest_stream_update(struct digest_stream *stream, const void *data, size_t size);

/* The digest of all bytes so far. May be called once. */
struct digest digest_stream_finish(struct digest_stream *stream);

static inline void digest_stream_release(struct digest_stream **stream)
{
	digest_stream_free(*stream);
}

#endif

/*
 * Names of images: [host[:port]/]repository[:tag][@digest].
 *
 * The grammar is that of the distribution project's reference package and of the OCI distribution
 * specification ("Pulling manifests"): a repository is lower-case path components separated by
 * "/", at most 255 characters with its host; a tag is [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}.
 * Docker's habits are applied when reading: no host means docker.io, a single component there
 * means library/<name>, and index.docker.io and registry-1.docker.io are docker.io.
 * A first component is a host if it holds "." or ":", is "localhost", or starts with "[" (IPv6).
 * No I/O; any thread.
 */
#ifndef OCI_REFERENCE_H
#define OCI_REFERENCE_H

#include "base/error.h"
#include "oci/digest.h"

#include <stdbool.h>

struct reference {
	char *host;           /* with port where one was given; lower case; owned */
	char *repository;     /* owned */
	char *tag;            /* owned; NULL where none was given */
	struct digest digest; /* unset where none was given */
};

void reference_release(struct reference *reference);
void reference_copy(const struct reference *from, struct reference *ret_reference);

/* Reads a reference; adds no default tag. ERROR_INVALID says which part is wrong and why
 * (upper case, tag too long, …) and quotes the text (cut at a sane length). */
int reference_parse(const char *text, struct reference *ret_reference, struct error *err);

/* Does the text begin with a host, by the rule above? What follows is not looked at. */
bool reference_names_host(const char *text);

/* The reference as text in full: "docker.io/library/nginx:1.25@sha256:…". Caller frees. */
char *reference_format(const struct reference *reference);

/* Is the text a tag? ERROR_INVALID says why not. */
int reference_check_tag(const char *tag, struct error *err);

/* Is the text a repository's name (2 to 255 characters, no host)? ERROR_INVALID says why not. */
int reference_check_repository(const char *repository, struct error *err);

#endif

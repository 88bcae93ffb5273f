/*
 * Trust policies: containers-policy.json(5).
 *
 * Requirements of type insecureAcceptAnything and reject are evaluated. Those that verify
 * signatures (signedBy, signedBaseLayer, sigstoreSigned) are refused when the file is read, with
 * an error that names the scope: a policy is never taken for weaker than it is.
 * The parser is as strict as containers/image's: keys are case-sensitive, unknown and duplicate
 * keys, wrong types, missing mandatory keys, empty requirement lists and trailing bytes are errors.
 * A policy does not change after loading; any thread may evaluate it.
 */
#ifndef TRUST_POLICY_H
#define TRUST_POLICY_H

#include "base/error.h"
#include "oci/reference.h"

struct policy;

void policy_free(struct policy *policy); /* NULL is fine */

static inline void policy_release(struct policy **policy)
{
	policy_free(*policy);
}

/* Reads a policy from `size` bytes. ERROR_CONFIGURATION says where and what. */
int policy_parse(const char *data, size_t size, struct policy **ret_policy, struct error *err);

/* Reads a policy file (at most 1 MiB). ERROR_CONFIGURATION: 'invalid policy in "PATH": …'. */
int policy_load(const char *path, struct policy **ret_policy, struct error *err);

/*
 * Reads the first file that exists of $CONTAINERS_POLICY_JSON (must exist if set),
 * ${XDG_CONFIG_HOME:-~/.config}/containers/policy.json, /etc/containers/policy.json and
 * /usr/share/containers/policy.json. Without any: *ret_policy accepts everything and *ret_path is
 * NULL. *ret_path (caller frees) is the file that was read.
 */
int policy_load_default(struct policy **ret_policy, char **ret_path, struct error *err);

/* The policy of --insecure-policy: everything is accepted. */
struct policy *policy_accept_anything(void) __attribute__((returns_nonnull));

/*
 * May this image be mirrored? Scopes of the transport "docker", the first that exists of:
 * host/repository:tag or host/repository@digest, host/repository, each parent path, the host,
 * wildcards "*.example.com" of the host without port (nearest first), "" of the transport, the
 * policy's default. Every requirement of the scope found must allow it. Of an image with tag and
 * digest the digest counts, and a scope of the tag may still reject. ERROR_REJECTED names the scope
 * that said no.
 */
int policy_check(const struct policy *policy, const struct reference *image, struct error *err);

#endif

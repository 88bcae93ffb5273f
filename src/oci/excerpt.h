/*
 * Foreign text in messages, cut at a sane length. No I/O; any thread.
 */
#ifndef OCI_EXCERPT_H
#define OCI_EXCERPT_H

#include <stddef.h>

/* Most bytes of a text that a message quotes. */
#define EXCERPT_LIMIT ((size_t)80)
#define EXCERPT_SIZE  (EXCERPT_LIMIT + sizeof("…"))

/* `text`, or its first `size` bytes: as it is where that is short, else its beginning, cut at a
 * character's boundary, and "…". The result lives as long as the block it is written in. */
#define excerpt(text)            excerpt_cut((text), (size_t)-1, (char[EXCERPT_SIZE]){0})
#define excerpt_size(text, size) excerpt_cut((text), (size), (char[EXCERPT_SIZE]){0})

/* What the macros above call: writes into `storage` of EXCERPT_SIZE bytes and returns it. */
const char *excerpt_cut(const char *text, size_t size, char *storage);

#endif

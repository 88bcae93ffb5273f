/*
 * Log lines on stderr: "2026-11-23T09:41:07Z warning: text".
 *
 * Rooms below cli log at debug level only; warnings and errors are said once, by cli. A line never
 * holds a secret: no header values, no query strings. Safe from any thread; a line is written in
 * one piece.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/memory.h"

#include <stdbool.h>

/* Whether log_debug() prints. Set once, before any thread is started. Off at first. */
void log_enable_debug(bool enabled);
bool log_debug_enabled(void);

void log_debug(const char *format, ...) printf_format(1, 2);
void log_info(const char *format, ...) printf_format(1, 2);
void log_warning(const char *format, ...) printf_format(1, 2);
void log_error(const char *format, ...) printf_format(1, 2);

#endif

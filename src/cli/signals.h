/*
 * SIGINT and SIGTERM, taken by a thread of their own.
 *
 * The first one lets what is in flight come to its end for 20 seconds, the second one cuts it off.
 * A signal that was ignored when the process was started (nohup, a job of a shell) stays so.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include "mirror/run.h"

/* Holds both signals back in this thread and in those it makes from now on, and ignores SIGPIPE: a
 * broken pipe is an error of the write. To be called before any thread is made. */
void signals_block(void);

struct signal_watch;

/* Starts to act on signals. `run` is borrowed until signal_watch_end(). ERROR_SYSTEM. */
int signal_watch_begin(struct run *run, struct signal_watch **ret_watch, struct error *err);

/* Stops acting, and frees the watch. Signals do from now on what they do by default. Returns the
 * first signal that came, or 0. */
int signal_watch_end(struct signal_watch *watch);

#endif

#include "cli/signals.h"

#include "cli/option_table.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define GRACE_MILLISECONDS 20000

struct signal_watch {
	pthread_t thread;
	sigset_t set;
	struct run *run;
	atomic_bool ended;
	int first; /* of the thread; read after it was joined */
};

static sigset_t watched_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < array_count(signals); i++) {
		struct sigaction action;
		sigaction(signals[i], NULL, &action);
		if (action.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	}
	return set;
}

void signals_block(void)
{
	sigset_t set = watched_signals();
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void act(struct signal_watch *watch, int signal)
{
	bool first = watch->first == 0;
	if (first) {
		watch->first = signal;
		fprintf(stderr,
			PROGRAM_NAME ": SIG%s: starting no further image, finishing what is in "
				     "flight (at most %d s; again to stop at once)\n",
			sigabbrev_np(signal), GRACE_MILLISECONDS / 1000);
	} else {
		fprintf(stderr, PROGRAM_NAME ": SIG%s: stopping at once\n", sigabbrev_np(signal));
	}
	run_stop(watch->run, first ? GRACE_MILLISECONDS : 0);
}

static void *watch_signals(void *context)
{
	struct signal_watch *watch = context;
	int signal;
	while (sigwait(&watch->set, &signal) == 0 && !atomic_load(&watch->ended))
		act(watch, signal);
	return NULL;
}

int signal_watch_begin(struct run *run, struct signal_watch **ret_watch, struct error *err)
{
	autofree struct signal_watch *watch = memory_allocate(sizeof(*watch));
	watch->run = run;
	watch->set = watched_signals();
	/* The thread's own way to be woken up, private to it because it is sent to it alone. */
	sigaddset(&watch->set, SIGUSR1);
	sigset_t before;
	pthread_sigmask(SIG_BLOCK, &watch->set, &before);
	int result = pthread_create(&watch->thread, NULL, watch_signals, watch);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (result != 0)
		return error_set(err, ERROR_SYSTEM, "cannot start a thread: %s", strerror(result));
	*ret_watch = take_pointer(watch);
	return 0;
}

int signal_watch_end(struct signal_watch *watch)
{
	atomic_store(&watch->ended, true);
	pthread_kill(watch->thread, SIGUSR1);
	pthread_join(watch->thread, NULL);
	int first = watch->first;
	sigdelset(&watch->set, SIGUSR1);
	pthread_sigmask(SIG_UNBLOCK, &watch->set, NULL);
	free(watch);
	return first;
}

#include "base/parallel.h"

#include "base/memory.h"

#include <pthread.h>
#include <stdatomic.h>

/* Address space, not memory: only what a thread touches is ever backed. Room for the deepest JSON
 * that the parser accepts, under the sanitizers too. */
#define STACK_SIZE ((size_t)2 * 1024 * 1024)

struct loop {
	void (*turn)(void *context, size_t index);
	void *context;
	size_t count;
	atomic_size_t next;
};

static void *take_turns(void *argument)
{
	struct loop *loop = argument;
	for (;;) {
		size_t index = atomic_fetch_add(&loop->next, 1);
		if (index >= loop->count)
			return NULL;
		loop->turn(loop->context, index);
	}
}

void parallel_for(size_t count, size_t limit, void (*turn)(void *context, size_t index),
		  void *context)
{
	struct loop loop = {.turn = turn, .context = context, .count = count};
	size_t wanted = count < limit ? count : limit;
	if (wanted > 1) {
		autofree pthread_t *threads = memory_allocate((wanted - 1) * sizeof(*threads));
		pthread_attr_t attributes;
		pthread_attr_init(&attributes);
		pthread_attr_setstacksize(&attributes, STACK_SIZE);
		size_t started = 0;
		while (started < wanted - 1 &&
		       pthread_create(&threads[started], &attributes, take_turns, &loop) == 0)
			started++;
		pthread_attr_destroy(&attributes);
		take_turns(&loop);
		for (size_t i = 0; i < started; i++)
			pthread_join(threads[i], NULL);
	} else {
		take_turns(&loop);
	}
}

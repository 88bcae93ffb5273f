#include "mirror/transfer_slots.h"

#include "base/memory.h"

#include <pthread.h>

struct transfer_slots {
	pthread_mutex_t mutex; /* guards the following */
	pthread_cond_t freed;
	size_t available;
};

struct transfer_slots *transfer_slots_new(size_t count)
{
	struct transfer_slots *slots = memory_allocate(sizeof(*slots));
	pthread_mutex_init(&slots->mutex, NULL);
	pthread_cond_init(&slots->freed, NULL);
	slots->available = count;
	return slots;
}

void transfer_slots_free(struct transfer_slots *slots)
{
	if (slots == NULL)
		return;
	pthread_cond_destroy(&slots->freed);
	pthread_mutex_destroy(&slots->mutex);
	free(slots);
}

void transfer_slots_take(struct transfer_slots *slots)
{
	pthread_mutex_lock(&slots->mutex);
	while (slots->available == 0)
		pthread_cond_wait(&slots->freed, &slots->mutex);
	slots->available--;
	pthread_mutex_unlock(&slots->mutex);
}

void transfer_slots_give(struct transfer_slots *slots)
{
	pthread_mutex_lock(&slots->mutex);
	slots->available++;
	pthread_cond_signal(&slots->freed);
	pthread_mutex_unlock(&slots->mutex);
}

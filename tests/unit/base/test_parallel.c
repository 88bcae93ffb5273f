#include "base/parallel.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#define MOST 2000

struct count {
	atomic_uint turns[MOST];
	atomic_size_t total;
	atomic_size_t running;
	atomic_size_t most_running;
	bool slow;
};

static void count_turn(void *context, size_t index)
{
	struct count *count = context;
	size_t running = atomic_fetch_add(&count->running, 1) + 1;
	size_t most = atomic_load(&count->most_running);
	while (running > most &&
	       !atomic_compare_exchange_weak(&count->most_running, &most, running))
		;
	if (count->slow)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	atomic_fetch_add(&count->turns[index], 1);
	atomic_fetch_add(&count->total, 1);
	atomic_fetch_sub(&count->running, 1);
}

static void runs_each_turn_once(void **state)
{
	(void)state;
	static const size_t limits[] = {0, 1, 2, 7, 64, SIZE_MAX};
	static const size_t counts[] = {0, 1, 2, 63, 200};
	for (size_t i = 0; i < array_count(limits); i++) {
		for (size_t j = 0; j < array_count(counts); j++) {
			autofree struct count *count = memory_allocate(sizeof(*count));
			parallel_for(counts[j], limits[i], count_turn, count);
			assert_int_equal(count->total, counts[j]);
			for (size_t index = 0; index < counts[j]; index++)
				assert_int_equal(count->turns[index], 1);
			assert_true(count->most_running <= (limits[i] > 0 ? limits[i] : 1));
		}
	}
}

static void shares_many_turns(void **state)
{
	(void)state;
	autofree struct count *count = memory_allocate(sizeof(*count));
	parallel_for(MOST, 16, count_turn, count);
	for (size_t index = 0; index < MOST; index++)
		assert_int_equal(count->turns[index], 1);
	assert_true(count->most_running <= 16);
}

static void respects_its_limit(void **state)
{
	(void)state;
	for (size_t limit = 1; limit <= 8; limit++) {
		autofree struct count *count = memory_allocate(sizeof(*count));
		count->slow = true;
		parallel_for(40, limit, count_turn, count);
		assert_int_equal(count->total, 40);
		assert_true(count->most_running <= limit);
		assert_int_equal(count->running, 0);
	}
}

/* Turns that meet at a barrier end only if that many really run side by side. */
static void meet(void *context, size_t index)
{
	(void)index;
	pthread_barrier_wait(context);
}

static void runs_side_by_side(void **state)
{
	(void)state;
	pthread_barrier_t barrier;
	assert_int_equal(pthread_barrier_init(&barrier, NULL, 6), 0);
	parallel_for(12, 6, meet, &barrier);
	assert_int_equal(pthread_barrier_destroy(&barrier), 0);
}

struct order {
	size_t indexes[100];
	size_t used;
};

static void note_order(void *context, size_t index)
{
	struct order *order = context;
	order->indexes[order->used++] = index;
}

static void runs_in_order_where_one_at_a_time(void **state)
{
	(void)state;
	struct order order = {0};
	parallel_for(100, 1, note_order, &order);
	assert_int_equal(order.used, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(order.indexes[i], i);
}

static void run_inner(void *context, size_t index)
{
	(void)index;
	parallel_for(10, 3, count_turn, context);
}

static void may_be_nested(void **state)
{
	(void)state;
	autofree struct count *count = memory_allocate(sizeof(*count));
	parallel_for(20, 4, run_inner, count);
	assert_int_equal(count->total, 200);
	assert_true(count->most_running <= 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_each_turn_once),
		cmocka_unit_test(shares_many_turns),
		cmocka_unit_test(respects_its_limit),
		cmocka_unit_test(runs_side_by_side),
		cmocka_unit_test(runs_in_order_where_one_at_a_time),
		cmocka_unit_test(may_be_nested),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

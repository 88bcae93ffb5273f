/* How many blobs may travel at once: each takes a slot. Any thread. */
#ifndef MIRROR_TRANSFER_SLOTS_H
#define MIRROR_TRANSFER_SLOTS_H

#include <stddef.h>

struct transfer_slots;

struct transfer_slots *transfer_slots_new(size_t count) __attribute__((returns_nonnull));
void transfer_slots_free(struct transfer_slots *slots); /* NULL is fine */

/* Waits for a free slot. */
void transfer_slots_take(struct transfer_slots *slots);
void transfer_slots_give(struct transfer_slots *slots);

#endif

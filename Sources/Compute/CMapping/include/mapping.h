// Mapped files that become unreadable while they are read.
//
// Where a file has been cut off, or its disk or network fails, reading a mapped page raises SIGBUS, which ends the process without a
// word. In ranges that are watched the rest of the range becomes zeros instead, and the loss is noted: what was computed from it is to
// be thrown away.
#pragma once
#include <stddef.h>

/// Watches a mapping, and takes over SIGBUS; returns its number, or -1 where 1,024 are watched already.
int rb_mapping_watch(const void *start, size_t size);

/// Ends the watch, before the range is unmapped.
void rb_mapping_forget(int number);

/// The number of a watched mapping that has become unreadable, or -1.
int rb_mapping_lost(void);

#include "mapping.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST = 1024, FREE = 0, TAKEN = 1, WATCHED = 2, LOST = 3 };

// The handler may run while a range is added or removed: it believes what it reads of one that is WATCHED.
static struct {
  _Atomic int state;
  _Atomic uintptr_t start, end;
} ranges[MOST];
static _Atomic int any_lost;
static uintptr_t page;

// Only calls of the system, which are safe in a signal handler.
static void on_bus_error(int signal_number, siginfo_t *info, void *context) {
  (void)context;
  uintptr_t address = (uintptr_t)info->si_addr;
  for (int i = 0; i < MOST; i++) {
    int state = atomic_load(&ranges[i].state);
    if (state < WATCHED || address < atomic_load(&ranges[i].start) || address >= atomic_load(&ranges[i].end)) continue;
    uintptr_t from = address & ~(page - 1);
    void *zeros = mmap((void *)from, atomic_load(&ranges[i].end) - from, PROT_READ,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    if (zeros == MAP_FAILED) break;
    atomic_store(&ranges[i].state, LOST);
    atomic_store(&any_lost, 1);
    return;
  }
  // Somebody else's memory: the instruction runs again, and ends the process as it would have.
  signal(signal_number, SIG_DFL);
}

static void install(void) {
  page = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, NULL);
}

int rb_mapping_watch(const void *start, size_t size) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  for (int i = 0; i < MOST; i++) {
    int expected = FREE;
    if (!atomic_compare_exchange_strong(&ranges[i].state, &expected, TAKEN)) continue;
    atomic_store(&ranges[i].start, (uintptr_t)start);
    atomic_store(&ranges[i].end, (uintptr_t)start + size);
    atomic_store(&ranges[i].state, WATCHED);
    return i;
  }
  return -1;
}

void rb_mapping_forget(int number) {
  if (number >= 0 && number < MOST) atomic_store(&ranges[number].state, FREE);
}

int rb_mapping_lost(void) {
  if (!atomic_load(&any_lost)) return -1;
  for (int i = 0; i < MOST; i++) {
    if (atomic_load(&ranges[i].state) == LOST) return i;
  }
  return -1;
}

// libFuzzer's entry for programs with a main of their own; the library comes with the compiler (-sanitize=fuzzer).
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*read)(const uint8_t *bytes, size_t count));

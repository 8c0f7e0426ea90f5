/* Commands that take nearly every frame, to see what the kernel does without. */
#include "errno.h"
#include "frames.h"
#include "probe.h"

#define RUNS 512
#define LONGEST_RUN 4096 /* frames */

static struct {
    paddr_t start;
    uint32_t count;
} run[RUNS];
static uint32_t run_count;

static uint32_t all_free(void) {
    return frames_free(ZONE_DMA) + frames_free(ZONE_NORMAL);
}

/* Takes runs of COUNT frames as long as LEFT frames stay free. */
static void take_runs(uint32_t count, uint32_t left) {
    while (run_count < RUNS && all_free() >= left + count &&
           !frame_alloc(count, ZONE_NORMAL, &run[run_count].start))
        run[run_count++].count = count;
}

PROBE(frames_hoard, "left",
      "takes all frames but so many, until frames_release: how many are left") {
    for (uint32_t count = LONGEST_RUN; count; count /= 2)
        take_runs(count, (uint32_t)call->number[0]);
    probe_hex(call, all_free());
    return all_free() == call->number[0] ? 0 : -ENOMEM;
}

PROBE(frames_release, "", "gives back what frames_hoard took: how many frames are free") {
    while (run_count) {
        run_count--;
        frame_free(run[run_count].start, run[run_count].count);
    }
    probe_hex(call, all_free());
    return 0;
}

/* A command that touches memory in a context of its own, which a bad fault ends. */
#include <stddef.h>

#include "context.h"
#include "probe.h"
#include "probe_mspace.h"

struct touch {
    volatile uint32_t *word;
    uint32_t value;
    bool write;
};

static int touch(void *argument) {
    struct touch *touch = argument;
    if (touch->write)
        *touch->word = touch->value;
    else
        touch->value = *touch->word;
    return 0;
}

PROBE(touch, "space address [value]",
      "reads or writes a word: 0 and the word, or 1, error code, address and EIP of the fault") {
    struct touch what = {(uint32_t *)(uint32_t)call->number[1], (uint32_t)call->number[2],
                         call->count > 2};
    struct context_end end;
    mspace_t *before = mspace_current;
    mspace_switch(probe_space(call->number[0]));
    int error = context_run(touch, &what, &end);
    mspace_switch(before);
    probe_hex(call, error != 0);
    probe_hex(call, error ? end.error : what.value);
    if (error) {
        probe_hex(call, end.address);
        probe_hex(call, end.eip);
    }
    return 0;
}

/* What the commands of this stage have in common. */
#ifndef MIROIR_PROBE_MSPACE_H
#define MIROIR_PROBE_MSPACE_H

#include "mspace.h"
#include "probe.h"

/* Returns the space that NUMBER names in a command. */
mspace_t *probe_space(uint64_t number);

/* Adds the counters of MSPACE to the answer. */
void probe_sizes(struct probe_call *call, const mspace_t *mspace);

/* Puts a frame that nobody else has at PAGE of VMA. Returns 0 or a negative errno. */
int probe_page_fill(vma_t *vma, uint32_t page, bool cow);

#endif

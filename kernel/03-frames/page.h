/* Pages and addresses, as numbers. */
#ifndef MIROIR_PAGE_H
#define MIROIR_PAGE_H

#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096u /* bytes in a page, and in a frame */

/* A physical address, or the size of something physical. The frame number of an address is the
 * address divided by PAGE_SIZE. */
typedef uint32_t paddr_t;

#endif

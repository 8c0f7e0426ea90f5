/* Descriptors that move together. Provided by the kit.
 *
 * Each entry needs two descriptors, and each free area one: they lie here and there in the entries
 * of the descriptors' size. When nearly everything has been freed, a few of them are left, and each
 * keeps an entry from being given back. But who points to a descriptor is known. So it can be moved.
 */
#ifndef MIROIR_SLAB_GATHER_H
#define MIROIR_SLAB_GATHER_H

/* Moves the descriptors that are chunks to the lowest addresses at which chunks of their size are
 * free; what becomes empty by this is given back as by chunk_put(). Not while area_alloc() or
 * area_free() is running. */
void slabs_gather(void);

#endif

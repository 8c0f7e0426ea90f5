/* Who lives where in the 4 GiB that an address can name.
 *
 *     00000000  page 0: never present, so that a null pointer is caught
 *     00001000  identity: kernel, boot data, frame descriptors; page = frame    | the same
 *     003ff000  the frame view (mapper.h)                                       | in every directory
 *     00400000  user space: each directory has its own
 *     c0000000  areas                                                           | the same
 *     e0000000  the kernel's own space                                          | in every directory
 *     ff800000  another directory's tables, when one is open (directory.h)
 *     ffc00000  the mirror: this directory's own tables (mirror.h)
 *
 * A slot is one of the 1024 entries of a directory; slot S is for the 4 MiB from S << 22.
 */
#ifndef MIROIR_LAYOUT_H
#define MIROIR_LAYOUT_H

#define IDENTITY_END 0x00400000
#define FRAME_VIEW 0x003ff000 /* the last page before IDENTITY_END */
#define USER_START 0x00400000
#define USER_END 0xc0000000
#define AREAS_START 0xc0000000
#define AREAS_END 0xe0000000
#define KSPACE_START 0xe0000000
#define KSPACE_END 0xff800000

#define SLOTS 1024
#define SLOT_SIZE 0x00400000
#define OTHER_SLOT 1022  /* from KSPACE_END: the tables of the directory that is open */
#define MIRROR_SLOT 1023 /* the last 4 MiB: the directory's own tables */

#define SLOT_OF(address) ((uint32_t)(address) >> 22)

#endif

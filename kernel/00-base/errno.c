/* Errors as words, for the probe and for messages. */
#include "errno.h"

const char *errno_name(int error) {
    switch (error < 0 ? -error : error) {
#define ERRNO_NAME(name, value, meaning)                                                           \
    case name:                                                                                     \
        return #name;
        ERRNO_LIST(ERRNO_NAME)
#undef ERRNO_NAME
    default:
        return "E?";
    }
}

const char *errno_meaning(int error) {
    switch (error < 0 ? -error : error) {
#define ERRNO_MEANING(name, value, meaning)                                                        \
    case name:                                                                                     \
        return meaning;
        ERRNO_LIST(ERRNO_MEANING)
#undef ERRNO_MEANING
    default:
        return "unknown error";
    }
}

/* What is known of each nature. */
#include "request.h"

struct request_format request_formats[DEVICE_KINDS][NATURE_NUMBERS] = {
#define NATURE_FORMAT(name, kind, number, unit, least, most, arguments, text)                      \
    [kind][number] = {text, UNIT_##unit, least, most, arguments},
    REQUEST_NATURES(NATURE_FORMAT)
#undef NATURE_FORMAT
};
